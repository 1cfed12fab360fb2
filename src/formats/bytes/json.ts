import { FormatError, told } from "../../errors.js";

const DEEPEST = 100;

/** Deepest nesting of brackets outside of texts. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inText = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (inText) {
      if (code === 0x5c) i++;
      else if (code === 0x22) inText = false;
    } else if (code === 0x22) inText = true;
    else if (code === 0x5b || code === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (code === 0x5d || code === 0x7d) depth--;
  }
  return deepest;
}

const namesPrototype = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  (Object.hasOwn(value, "__proto__") || Object.values(value).some(namesPrototype));

/** Whether a value from JSON is an object with keys. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * JSON of a file nobody has checked yet. NaN and Infinity, which Python writes, are read as null.
 * @param what stands before every error, such as `keras, config.json`.
 * @throws FormatError for what is no JSON, is nested deeper than 100, or has a key `__proto__`.
 */
export function parseJson(what: string, text: string): unknown {
  if (depthOf(text) > DEEPEST) throw new FormatError(`${what}: the JSON is nested deeper than ${DEEPEST}.`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const python = text.replaceAll(/"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g, (part) =>
      part.startsWith('"') ? part : "null",
    );
    try {
      value = JSON.parse(python);
    } catch {
      throw new FormatError(`${what}: this is no JSON: ${(cause as Error).message.slice(0, 120)}`, { cause });
    }
  }
  if (namesPrototype(value)) throw new FormatError(`${what}: a key is named \`__proto__\`.`);
  return value;
}

/** @throws FormatError unless it is an object with keys. */
export function recordOf(what: string, value: unknown): Record<string, unknown> {
  if (isRecord(value)) return value;
  const kind = value === null ? "null" : Array.isArray(value) ? "an array" : typeof value;
  throw new FormatError(`${what} is ${kind === "undefined" ? "missing" : kind}, expected an object.`, {
    received: value,
  });
}

/** @throws FormatError unless it is an array of at most `most` elements. */
export function listOf(what: string, value: unknown, most = 10_000): readonly unknown[] {
  if (Array.isArray(value) && value.length <= most) return value;
  const came = Array.isArray(value)
    ? `${value.length} elements`
    : value === undefined
      ? "missing"
      : `${typeof value}`;
  throw new FormatError(`${what} is ${came}, expected an array of at most ${most}.`, { received: value });
}

/** @throws FormatError unless it is a text. */
export function textOf(what: string, value: unknown): string {
  if (typeof value === "string") return value;
  throw new FormatError(`${what} is ${value === undefined ? "missing" : told(value)}, expected a text.`, {
    received: value,
  });
}
