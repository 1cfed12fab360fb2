import { ConfigError, told } from "../errors.js";
import { oneOf, refuseUnknown } from "../options.js";
import { Call, Code, Spread, statement } from "./code-text.js";
import { type Framework, fixInPython } from "./fix-in-python.js";
import type { RecipePatch } from "./patch.js";
import { applyFix, optimizerOf, type Recipe, type SeriesRecipe } from "./recipe.js";

/** The parts of a recipe that become statements of their own. */
export type RecipePart = "series" | "layers" | "compile" | "fit";

const scalerNames = {
  standard: "standardScaler",
  minMax: "minMaxScaler",
  robust: "robustScaler",
} as const;

interface Step {
  /** What the values are called after it. */
  readonly name: string;
  readonly lines: (from: string) => string[];
  /** What brings a forecast back through it. */
  readonly back?: string;
}

/** The steps of a series' way to the model, in the order in which a recipe takes them. */
function stepsOf({ impute, log, difference, scale, clip }: SeriesRecipe): Step[] {
  const steps: Step[] = [];
  if (impute != null) {
    const fill = impute === "forward" ? "forwardFill" : "interpolate";
    steps.push({ name: "filled", lines: (from) => [`const filled = ${fill}(${from}); // no gap is left`] });
  }
  if (log === true)
    steps.push({
      name: "logged",
      lines: (from) => [`const logged = logTransform(${from});`],
      back: "inverseLogTransform",
    });
  if (difference === 1)
    steps.push({
      name: "changes",
      lines: (from) => [`const changes = difference(${from}); // from each value to the next`],
      back: "undifference",
    });
  if (scale != null)
    steps.push({
      name: "scaled",
      lines: (from) => [
        `const trainRows = Math.floor(0.8 * ${from}.length); // later rows unseen`,
        `const scaler = ${scalerNames[scale]}().fit(${from}.slice(0, trainRows));`,
        `const scaled = scaler.transform(${from});`,
      ],
      back: "scaler.inverseTransform",
    });
  if (clip != null)
    steps.push({
      name: "clipped",
      lines: (from) => [
        `const clipped = ${from}.map((value) => Math.max(-${clip}, Math.min(${clip}, value)));`,
      ],
    });
  return steps;
}

/** From the raw `series` to windows. @param windows what slidingWindows is given; undefined: nobody knows. */
function seriesLines(steps: readonly Step[], windows: object | undefined): string[] {
  let name = "series";
  const lines: string[] = [];
  for (const step of steps) {
    lines.push(...step.lines(name));
    name = step.name;
  }
  if (windows !== undefined)
    lines.push(statement("const { x, y } = ", new Call("slidingWindows", [new Code(name), windows])));
  const back = steps.flatMap((step) => step.back ?? []).reverse();
  if (back.length > 0) lines.push(`// forecasts come back through ${back.join(", then ")}`);
  return lines;
}

const called = (name: string, options: object): Call =>
  new Call(name, Object.keys(options).length === 0 ? [] : [options]);

/** `earlyStopping` of a recipe is a callback of `fit`, and needs something to watch. */
function fitOptions(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { earlyStopping, ...rest } = options;
  if (earlyStopping == null) return rest;
  return {
    ...rest,
    validationSplit: 0.2,
    callbacks: [called("earlyStopping", { monitor: "val_loss", ...(earlyStopping as object) })],
  };
}

const X = new Code("x");
const Y = new Code("y");
const FIT = "await model.fit";

/**
 * Parts of a recipe as code in Keras's words, statements that follow each other: `series` (a raw series' way to windows),
 * `layers` (the model), `compile`, `fit`.
 */
export function recipeAsCode(recipe: Recipe, parts: readonly RecipePart[]): string {
  const { series = {}, window = 1, horizon = 1, layers, compile, fit = {} } = recipe;
  const lines: string[] = [];
  if (parts.includes("series"))
    lines.push(...seriesLines(stepsOf(series), { window, ...(horizon === 1 ? {} : { horizon }) }));
  if (parts.includes("layers")) {
    const calls = layers.map(({ kind, ...options }, i) =>
      called(kind, i === 0 ? { ...options, inputShape: [window, 1] } : options),
    );
    lines.push(statement("const model = ", new Call("sequential", [calls])));
  }
  if (parts.includes("compile")) {
    const { name, config } = optimizerOf(recipe);
    const { optimizer: _, ...rest } = compile;
    const options = { optimizer: called(name, config), ...rest };
    lines.push(statement("model.compile", new Call("", [options])));
  }
  if (parts.includes("fit")) lines.push(statement(FIT, new Call("", [X, Y, fitOptions(fit)])));
  return lines.join("\n");
}

const made: Readonly<Record<string, readonly [call: string, where: string]>> = {
  recurrent: ["lstm", "every recurrent layer"],
  weighted: ["lstm", "every layer with weights"],
  last: ["dense", "the last layer"],
};

/** A change alone, in front of options nobody here knows: `{ ...fitOptions, epochs: 100 }`. */
function patchAsCode({ series, window, layers = [], compile, fit }: RecipePatch): string {
  const steps = stepsOf((series ?? {}) as SeriesRecipe);
  const lines = seriesLines(steps, window === undefined ? undefined : { window });
  for (const { kind, set } of layers) {
    const [name, where] = made[kind] ?? [kind, `every ${kind} layer`];
    lines.push(`// ${where}`, statement("", new Call(name, [new Spread("layerOptions", set)])));
  }
  if (compile !== undefined) {
    const { optimizer, ...rest } = compile;
    const { name, ...options } = (optimizer ?? {}) as Readonly<Record<string, unknown>>;
    const changed = {
      ...rest,
      ...(optimizer === undefined
        ? {}
        : {
            optimizer:
              name === undefined
                ? new Call("adam", [new Spread("optimizerOptions", options)])
                : called(String(name), options),
          }),
    };
    lines.push(statement("model.compile", new Call("", [new Spread("compileOptions", changed)])));
  }
  if (fit !== undefined)
    lines.push(statement(FIT, new Call("", [X, Y, new Spread("fitOptions", fitOptions(fit))])));
  return lines.join("\n");
}

/** Options of `fixAsCode`. */
export interface FixAsCodeOptions {
  /** Whose words the change is said in. Default `"gateflow"`. */
  readonly as?: "gateflow" | Framework;
}

/**
 * The change a diagnosis asks for as lines of TypeScript in Keras's words, made of names that `gateflow` exports and of
 * `series` (the raw values), `x`, `y` and `model`.
 *
 * @param patch a diagnosis's `fix`.
 * @param recipe what the change is made to: each call it touches is then written whole, for order matters (a scaler comes
 *   after a difference). Without it the rest stands as `...fitOptions`, and adam for the optimizer.
 * @param options `as`: the framework whose words are used; `"keras"` and `"pytorch"` give Python.
 * @returns statements, one a line or broken to 80 columns; empty for a patch that changes nothing.
 * @throws ConfigError for another framework.
 *
 * @example
 * fixAsCode({ window: 26 }, recipe); // const { x, y } = slidingWindows(series, { window: 26 });
 */
export function fixAsCode(patch: RecipePatch, recipe?: Recipe, options: FixAsCodeOptions = {}): string {
  refuseUnknown("fixAsCode()", options, ["as"]);
  const as = oneOf("fixAsCode()", "as", options.as ?? "gateflow", ["gateflow", "keras", "pytorch"]);
  for (const [name, value] of Object.entries({ patch, ...(recipe === undefined ? {} : { recipe }) })) {
    const isRecipe = name === "patch" || Array.isArray((value as Recipe | null)?.layers);
    if (typeof value === "object" && value !== null && isRecipe) continue;
    throw new ConfigError(
      `fixAsCode(): the ${name} is ${told(value)}, expected that of a diagnosis or a recipe.`,
      {
        received: value,
      },
    );
  }
  if (as !== "gateflow") return fixInPython(patch, as);
  if (recipe === undefined) return patchAsCode(patch);
  const { series, window, layers = [], compile, fit } = patch;
  const isNew = window !== undefined && window !== recipe.window;
  const parts: (RecipePart | false)[] = [
    (series !== undefined || isNew) && "series",
    // The first layer's inputShape holds the window.
    (layers.length > 0 || isNew) && "layers",
    compile !== undefined && "compile",
    fit !== undefined && "fit",
  ];
  return recipeAsCode(
    applyFix(recipe, patch),
    parts.filter((part) => part !== false),
  );
}
