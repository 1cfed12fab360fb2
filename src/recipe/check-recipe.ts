import { ConfigError, DataError, GateflowError, told } from "../errors.js";
import { flag, numberIn, oneOf, refuseUnknown } from "../options.js";
import type { Recipe } from "./recipe.js";
import { buildRecipe } from "./train-recipe.js";

const whole = { min: 1, integer: true };

function checkParts(where: string, recipe: Recipe): void {
  refuseUnknown(where, recipe, ["series", "window", "horizon", "layers", "compile", "fit"]);
  if (!Array.isArray(recipe.layers) || recipe.layers.length === 0)
    throw new ConfigError(`${where}: layers needs at least one { "kind": "lstm", "units": 50 }.`, {
      received: recipe.layers,
    });
  if (recipe.compile?.loss === undefined)
    throw new ConfigError(`${where}: compile.loss is missing, for example "mse".`);
}

function checkSeries(where: string, series: Recipe["series"] = {}): void {
  const place = `${where}, series`;
  refuseUnknown(place, series, ["impute", "log", "difference", "scale", "clip"]);
  const { impute, log, difference, scale, clip } = series;
  if (impute != null) oneOf(place, "impute", impute, ["linear", "forward"]);
  if (log !== undefined) flag(place, "log", log);
  if (difference !== undefined) numberIn(place, "difference", difference, { min: 0, max: 1, integer: true });
  if (scale != null) oneOf(place, "scale", scale, ["standard", "minMax", "robust"]);
  if (clip != null) numberIn(place, "clip", clip, { above: 0 });
}

function checkFit(where: string, fit: Recipe["fit"] = {}): void {
  const place = `${where}, fit`;
  refuseUnknown(place, fit, ["epochs", "batchSize", "shuffle", "classWeight", "earlyStopping"]);
  const { epochs, batchSize, shuffle, classWeight, earlyStopping } = fit;
  if (epochs !== undefined) numberIn(place, "epochs", epochs, whole);
  if (batchSize !== undefined) numberIn(place, "batchSize", batchSize, whole);
  if (shuffle !== undefined) flag(place, "shuffle", shuffle);
  if (classWeight !== undefined) {
    refuseUnknown(`${place}.classWeight`, classWeight, Object.keys(classWeight ?? {}));
    for (const [label, weight] of Object.entries(classWeight))
      numberIn(`${place}.classWeight`, label, weight, { min: 0 });
  }
  if (earlyStopping === undefined) return;
  refuseUnknown(`${place}.earlyStopping`, earlyStopping, ["patience", "restoreBestWeights"]);
  numberIn(`${place}.earlyStopping`, "patience", earlyStopping.patience, { min: 0, integer: true });
  if (earlyStopping.restoreBestWeights !== undefined)
    flag(`${place}.earlyStopping`, "restoreBestWeights", earlyStopping.restoreBestWeights);
}

function checkCompile(where: string, compile: Recipe["compile"]): void {
  const place = `${where}, compile`;
  refuseUnknown(place, compile, ["optimizer", "loss", "truncate"]);
  const { optimizer, truncate, loss } = compile;
  if (typeof loss !== "string")
    throw new ConfigError(`${place}: \`loss\` is ${told(loss)}, expected a name such as "mse".`, {
      received: loss,
    });
  if (optimizer !== undefined && typeof optimizer !== "string" && typeof optimizer?.name !== "string")
    throw new ConfigError(
      `${place}: \`optimizer\` is ${told(optimizer)}, expected a name such as "adam" or { "name": "adam", "learningRate": 0.01 }.`,
      { received: optimizer },
    );
  if (truncate != null) numberIn(place, "truncate", truncate, whole);
}

/** What a layer wraps is written with its options apart, as in `getConfig()`. */
function checkLayer(where: string, name: string, layer: Recipe["layers"][number] | null): void {
  if (typeof layer?.kind !== "string")
    throw new ConfigError(`${where}: ${name} has no kind, expected { "kind": "lstm", "units": 50 }.`, {
      received: layer,
    });
  const inner = layer.layer as { kind?: unknown; config?: unknown } | null | undefined;
  if (inner === undefined) return;
  const { kind, config } = inner ?? {};
  if (typeof kind !== "string" || typeof config !== "object" || config === null)
    throw new ConfigError(
      `${where}: ${name}.layer is ${told(inner)}, expected { "kind": "lstm", "config": { "units": 50 } }.`,
      { received: inner },
    );
}

/** What one example looks like. */
export interface ExampleShapes {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

const nothing = (shape: readonly number[]) => ({
  shape: [1, ...shape],
  data: new Float32Array(shape.reduce((size, extent) => size * extent, 1)),
});

/** Layers, optimizer and loss say themselves what they do not know. */
function tryBuilding(where: string, recipe: Recipe, { x, y }: ExampleShapes): void {
  const part = {
    x: nothing(x),
    y: nothing(y),
    actual: new Float64Array(),
    restore: () => new Float64Array(),
  };
  try {
    buildRecipe(recipe, { train: part, validation: part }, 0).dispose();
  } catch (error) {
    if (!(error instanceof GateflowError)) throw error;
    // An error with a code is a fault the doctor explains.
    if (error.code !== undefined) return;
    const text = error.message.replace(/^repair\(\): /, "");
    const details = { received: error.received, expected: error.expected, cause: error };
    throw error instanceof DataError
      ? new DataError(`${where}: ${text}`, details)
      : new ConfigError(`${where}: ${text}`, details);
  }
}

/**
 * Checks a recipe to the last option, so that no slip of the keyboard is taken for an illness.
 * @param where what the recipe is called in a complaint: its file, or the call.
 * @param shapes of one example; default: a window of a single series.
 * @throws ConfigError naming the field and the nearest known one.
 */
export function checkWholeRecipe(where: string, recipe: Recipe, shapes?: ExampleShapes): void {
  checkParts(where, recipe);
  checkSeries(where, recipe.series);
  const { window, horizon } = recipe;
  if (window !== undefined) numberIn(where, "window", window, whole);
  if (horizon !== undefined) numberIn(where, "horizon", horizon, whole);
  for (const [i, layer] of recipe.layers.entries()) checkLayer(where, `layers[${i}]`, layer);
  checkCompile(where, recipe.compile);
  checkFit(where, recipe.fit);
  tryBuilding(where, recipe, shapes ?? { x: [window ?? 1, 1], y: [horizon ?? 1] });
}
