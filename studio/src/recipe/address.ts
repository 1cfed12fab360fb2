import { sources } from "../data/sources.ts";
import { recipeOfCase } from "./cases.ts";
import { DEFAULT_RECIPE, type StudioRecipe } from "./studio-recipe.ts";

/** What an address asks for besides a recipe. */
export interface Asked {
  readonly recipe: StudioRecipe;
  /** Trains as soon as the page is there. */
  readonly run: boolean;
  /** What is wrong with the address; the recipe is then the usual one. */
  readonly problem: string | null;
}

/** The part of an address behind `#` that holds a whole recipe. */
export const toAddress = (studio: StudioRecipe): string =>
  `#recipe=${encodeURIComponent(JSON.stringify(studio))}`;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);

/** @throws Error that says in a few words what is wrong. */
function checked(value: unknown): StudioRecipe {
  const refuse = (what: string): never => {
    throw new Error(what);
  };
  if (!isObject(value)) return refuse("it is no recipe");
  const known = [
    "data",
    "target",
    "knobs",
    "fault",
    "case",
    "seed",
    "trainShare",
    "gateBias",
    "reproducible",
    "recipe",
  ];
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown !== undefined) refuse(`it knows no "${unknown}"`);
  const { data, knobs, seed, trainShare, gateBias, reproducible, recipe, fault } = value;
  if (typeof data !== "string" || (data !== "file" && !Object.hasOwn(sources, data)))
    refuse(`there are no data "${String(data)}"`);
  if (value.target !== undefined && typeof value.target !== "string") refuse("its target is no name");
  if (!isObject(knobs) || !Object.values(knobs).every(isNumber)) refuse("its knobs are no numbers");
  if (!isNumber(seed) || !Number.isInteger(seed) || seed < 0) refuse("its seed is no whole number");
  if (!isNumber(trainShare) || trainShare <= 0 || trainShare >= 1)
    refuse("its trainShare is not between 0 and 1");
  if (typeof reproducible !== "boolean") refuse("its reproducible is neither true nor false");
  if (gateBias !== undefined && (!isObject(gateBias) || !Object.values(gateBias).every(isNumber)))
    refuse("its gateBias holds no numbers");
  if (fault !== undefined && typeof fault !== "string") refuse("its fault is no name");
  if (!isObject(recipe) || !isObject(recipe.compile) || typeof recipe.compile.loss !== "string")
    return refuse("it names no loss");
  const { layers, window, fit } = recipe;
  if (
    !Array.isArray(layers) ||
    layers.length === 0 ||
    !layers.every((layer) => isObject(layer) && typeof layer.kind === "string")
  )
    refuse("its layers are none");
  if (window !== undefined && !(isNumber(window) && window >= 1)) refuse("its window is no number of steps");
  if (fit !== undefined && !isObject(fit)) refuse("its fit is no record");
  return value as unknown as StudioRecipe;
}

/** What an address asks for: `#recipe=…` or `#case=…`, with `run` trained at once. Without either: the default. */
export function fromAddress(hash: string): Asked {
  const given = new URLSearchParams(hash.replace(/^#/, "").replaceAll("+", "%2B"));
  const run = given.has("run");
  const usual = { recipe: DEFAULT_RECIPE, run, problem: null };
  const name = given.get("case");
  if (name !== null) {
    const recipe = recipeOfCase(name);
    return recipe === undefined
      ? { ...usual, run: false, problem: `The address names a case the clinic does not have: "${name}".` }
      : { recipe, run, problem: null };
  }
  const text = given.get("recipe");
  if (text === null) {
    const isStrange = [...given.keys()].some((key) => key !== "run" && key !== "");
    return isStrange
      ? { ...usual, run: false, problem: "The address holds no recipe that can be read." }
      : usual;
  }
  try {
    return { recipe: checked(JSON.parse(text)), run, problem: null };
  } catch (error) {
    const why = error instanceof SyntaxError ? "a part of it is missing" : (error as Error).message;
    return {
      ...usual,
      run: false,
      problem: `The recipe in the address is broken (${why}). This is the usual one.`,
    };
  }
}
