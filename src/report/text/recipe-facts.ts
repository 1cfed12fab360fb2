import type { Recipe } from "../../recipe/recipe.js";
import { RECIPE_DEFAULTS } from "../../recipe/recipe.js";
import type { Fact } from "./describe-summary.js";
import { plural } from "./numbers.js";

const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

const optionsText = (options: Readonly<Record<string, unknown>>): string =>
  Object.entries(options)
    .map(([name, value]) => `${name} ${textOf(value)}`)
    .join(", ");

const called = (name: string, text: string): string => (text === "" ? name : `${name}(${text})`);

/** A recipe in a few lines for a reader. */
export function recipeFacts({ series = {}, window = 1, horizon = 1, layers, compile, fit }: Recipe): Fact[] {
  const { impute, log, difference, scale, clip } = series;
  const steps = [
    impute == null ? "" : `gaps filled (${impute})`,
    log === true ? "logarithm" : "",
    difference === 1 ? "differences" : "",
    scale == null ? "" : `${scale} scale, fitted on the training part`,
    clip == null ? "" : `cut at ±${clip}`,
  ].filter((step) => step !== "");
  const { optimizer = RECIPE_DEFAULTS.optimizer, loss, truncate } = compile;
  const { name, ...config } = typeof optimizer === "string" ? { name: optimizer } : optimizer;
  const { epochs = RECIPE_DEFAULTS.epochs, batchSize = RECIPE_DEFAULTS.batchSize, ...rest } = fit ?? {};
  return [
    { name: "values", text: steps.length === 0 ? "raw, as they are" : steps.join(", ") },
    { name: "window", text: `${plural(window, "row")} → the next ${horizon === 1 ? "one" : horizon}` },
    {
      name: "layers",
      text: layers
        .map(({ kind, units, ...options }) =>
          called(
            kind,
            [units === undefined ? "" : String(units), optionsText(options)].filter(Boolean).join(", "),
          ),
        )
        .join(" → "),
    },
    {
      name: "training",
      text: [
        `${loss}, ${called(name, optionsText(config))}`,
        truncate == null ? "" : `truncated after ${truncate} steps`,
        `${plural(epochs, "epoch")} of ${plural(batchSize, "window")} an update`,
        optionsText(rest),
      ]
        .filter((part) => part !== "")
        .join("; "),
    },
  ];
}

/** Every option of a recipe by its path: `compile.optimizer.learningRate`. */
function leaves(value: unknown, path: string): [string, string][] {
  if (typeof value !== "object" || value === null) return [[path, textOf(value)]];
  return Object.entries(value).flatMap(([key, part]) => {
    const isIndex = Array.isArray(value);
    return leaves(part, path === "" ? key : isIndex ? `${path}[${key}]` : `${path}.${key}`);
  });
}

/** What is different in a repaired recipe, one line an option: `window: 5 → 26`. */
export function recipeChanges(before: Recipe, after: Recipe): Fact[] {
  const [from, to] = [new Map(leaves(before, "")), new Map(leaves(after, ""))];
  return [...new Set([...from.keys(), ...to.keys()])]
    .filter((path) => from.get(path) !== to.get(path))
    .map((path) => ({ name: path, text: `${from.get(path) ?? "not set"} → ${to.get(path) ?? "not set"}` }));
}
