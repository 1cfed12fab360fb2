import { InvalidArgumentError } from "commander";

interface Range {
  readonly min?: number;
  readonly max?: number | undefined;
  readonly above?: number;
  readonly below?: number;
}

function parse(text: string, { min, max, above, below }: Range, integer: boolean): number {
  const value = /^\s*$/.test(text) ? Number.NaN : Number(text);
  const fits =
    Number.isFinite(value) &&
    (!integer || Number.isInteger(value)) &&
    (min === undefined || value >= min) &&
    (max === undefined || value <= max) &&
    (above === undefined || value > above) &&
    (below === undefined || value < below);
  if (fits) return value;
  const bounds = [
    min === undefined ? "" : `at least ${min}`,
    max === undefined ? "" : `at most ${max}`,
    above === undefined ? "" : `greater than ${above}`,
    below === undefined ? "" : `less than ${below}`,
  ].filter((bound) => bound !== "");
  throw new InvalidArgumentError(
    `Expected ${integer ? "a whole number" : "a number"}${bounds.length === 0 ? "" : ` ${bounds.join(" and ")}`}.`,
  );
}

/** A whole number of at least `min`, and at most `max` if there is one. */
export const wholeNumber =
  (min: number, max?: number) =>
  (text: string): number =>
    parse(text, { min, max }, true);

export const positiveNumber = (text: string): number => parse(text, { above: 0 }, false);

/** A share strictly between 0 and 1. */
export const share = (text: string): number => parse(text, { above: 0, below: 1 }, false);

/** `32`, or `64,32` for layers above each other. */
export function unitsList(text: string): number[] {
  return text.split(",").map((part) => parse(part, { min: 1 }, true));
}

/** One character; `\t` and `tab` are a tab. */
export function oneCharacter(text: string): string {
  if (text === "\\t" || text === "tab") return "\t";
  if ([...text].length === 1) return text;
  throw new InvalidArgumentError("Expected one character, or tab.");
}

export function decimalMark(text: string): string {
  if (text === "." || text === ",") return text;
  throw new InvalidArgumentError("Expected . or a comma.");
}

/** Texts parted by commas. */
export const textList = (text: string): string[] => text.split(",").map((part) => part.trim());
