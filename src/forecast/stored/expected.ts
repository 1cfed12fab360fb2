import { FormatError, told } from "../../errors.js";

/** Holds a value of a file against what is expected there. @param path names it. @throws FormatError that names it. */
export type Check = (value: unknown, path: string) => void;

/** Counts of a file: rows, steps, seasons, windows. What is larger nobody wrote, and a loop over it would not end. */
export const MOST = 10_000_000;

export function refuse(path: string, value: unknown, expected: string): never {
  throw new FormatError(`\`${path}\` is ${told(value)}, expected ${expected}`, { received: value, expected });
}

/** A finite number within bounds. */
export const number =
  (low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY): Check =>
  (value, path) => {
    if (typeof value === "number" && Number.isFinite(value) && value >= low && value <= high) return;
    refuse(
      path,
      value,
      low === Number.NEGATIVE_INFINITY ? "a finite number" : `a number from ${low} to ${high}`,
    );
  };

/** A whole number within bounds. */
export const whole =
  (low = 0, high = MOST): Check =>
  (value, path) => {
    if (Number.isInteger(value) && (value as number) >= low && (value as number) <= high) return;
    refuse(path, value, `a whole number from ${low} to ${high}`);
  };

const ofType =
  (type: "string" | "boolean", expected: string): Check =>
  (value, path) => {
    if (typeof value !== type) refuse(path, value, expected);
  };
export const text = ofType("string", "a text");
export const flag = ofType("boolean", "true or false");
export const anything: Check = () => {};

export const nullable =
  (check: Check): Check =>
  (value, path) => {
    if (value !== null) check(value, path);
  };

export const optional =
  (check: Check): Check =>
  (value, path) => {
    if (value !== undefined) check(value, path);
  };

export const among =
  (...known: readonly unknown[]): Check =>
  (value, path) => {
    if (!known.includes(value)) refuse(path, value, `one of ${known.join(", ")}`);
  };

/** @param size how many there must be; default: any number. */
export const list =
  (check: Check, size?: number): Check =>
  (value, path) => {
    if (!Array.isArray(value)) refuse(path, value, "a list");
    if (size !== undefined && value.length !== size) refuse(`${path}.length`, value.length, String(size));
    for (let i = 0; i < value.length; i++) check(value[i], `${path}[${i}]`);
  };

type Fields = Readonly<Record<string, Check>>;

/** An object with these fields; what else it holds nobody reads. */
export const record =
  (fields: Fields): Check =>
  (value, path) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) refuse(path, value, "an object");
    for (const [key, check] of Object.entries(fields)) {
      const inner = Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
      check(inner, path === "" ? key : `${path}.${key}`);
    }
  };

/** An object whose `kind` says which fields it has. */
export const kinds =
  (known: Readonly<Record<string, Fields>>): Check =>
  (value, path) => {
    const kind = (value as { kind?: unknown } | null)?.kind;
    if (typeof kind !== "string" || !Object.hasOwn(known, kind)) {
      refuse(`${path}.kind`, kind, `one of ${Object.keys(known).join(", ")}`);
    }
    record(known[kind]!)(value, path);
  };
