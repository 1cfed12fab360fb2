import { ConfigError, DataError } from "../../errors.js";

/** What is refused before a call begins; loaded when that happens. */

const kindOf = (value: unknown): string =>
  Array.isArray(value)
    ? `an array of ${value.length}`
    : typeof value === "object" && value !== null
      ? `an object with ${Object.keys(value).slice(0, 4).join(", ") || "nothing in it"}`
      : String(value);

export const noSignal = (where: string, signal: unknown): Error =>
  new ConfigError(
    `${where}: \`signal\` is ${signal === null ? "null" : typeof signal}, expected an AbortSignal, such as new AbortController().signal.`,
    { received: signal, expected: "AbortSignal" },
  );

export const noPair = (where: string, validationData: unknown): Error =>
  new ConfigError(
    `${where}: \`validationData\` is ${kindOf(validationData)}, expected [x, y], [x, y, sampleWeight] or a dataset.`,
    { received: validationData, expected: "[x, y]" },
  );

export const noLabels = (where: string): Error => {
  const call = where.slice(0, -1);
  return new DataError(`${where}: there are no labels: ${call}x, y), or ${call}dataset).`);
};

export const emptySplit = (where: string, split: number, count: number, at: number): Error =>
  new DataError(
    `${where}: validationSplit ${split} of ${count} samples leaves ${at} for training and ${count - at} for validation.`,
    { code: "insufficient_data", received: count },
  );
