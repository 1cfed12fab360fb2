import { ConfigError, DataError, told } from "./errors.js";

/** Damerau-Levenshtein distance (adjacent transpositions count one), for «did you mean». */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [];
  for (let i = 0; i <= a.length; i++) {
    const above = rows[i - 1];
    const row: number[] = [];
    for (let j = 0; j <= b.length; j++) {
      // Before the first letter stands undefined, which is no letter.
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] =
        above === undefined || j === 0
          ? i + j
          : Math.min(
              above[j]! + 1,
              row[j - 1]! + 1,
              above[j - 1]! + Number(a[i - 1] !== b[j - 1]),
              swapped ? rows[i - 2]![j - 2]! + 1 : Infinity,
            );
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}

/** The known word nearest to `word`, or undefined when none is near enough to be a slip of the keyboard. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  // Comparing takes the product of the lengths, and a name of thousands of letters is no slip.
  const plain = (text: string): string => text.slice(0, 64).toLowerCase().replaceAll(/[_-]/g, "");
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(plain(word), plain(candidate));
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

const suggestion = (word: string, known: readonly string[]): string => {
  const near = nearest(word, known);
  return near === undefined ? "" : ` Did you mean \`${near}\`?`;
};

/**
 * Refuses options nobody reads.
 * @param where the call as the user wrote it, such as `lstm()`.
 * @throws ConfigError naming the option and the nearest known one.
 */
export function refuseUnknown(where: string, given: unknown, known: readonly string[]): void {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    const kind = given === null ? "null" : Array.isArray(given) ? "an array" : typeof given;
    throw new ConfigError(`${where}: expected an object of options, got ${kind}.`, {
      received: given,
      expected: known,
    });
  }
  for (const option of Object.keys(given)) {
    if (!known.includes(option)) {
      throw new ConfigError(
        `${where}: unknown option \`${option}\`.${suggestion(option, known)} Known: ${known.join(", ") || "none"}.`,
        { received: option, expected: known },
      );
    }
  }
}

/**
 * `value` if it is one of `allowed`.
 * @param hint stands at the end of the error.
 * @throws ConfigError naming the option and the nearest allowed value.
 */
export function oneOf<T extends string>(
  where: string,
  option: string,
  value: unknown,
  allowed: readonly T[],
  hint = "",
): T {
  if (allowed.includes(value as T)) return value as T;
  throw new ConfigError(
    `${where}: \`${option}\` is ${told(value)}.${typeof value === "string" ? suggestion(value, allowed) : ""} Allowed: ${allowed.join(", ") || "none"}.${hint}`,
    { received: value, expected: allowed },
  );
}

export interface NumberRange {
  readonly min?: number;
  readonly max?: number;
  /** The bounds themselves are refused: `above < value < below`. */
  readonly above?: number;
  readonly below?: number;
  readonly integer?: boolean;
}

/** `value` if it is a finite number in range. @throws ConfigError naming the option, the value and the range. */
export function numberIn(where: string, option: string, value: unknown, range: NumberRange = {}): number {
  const { min = -Infinity, max = Infinity, above = -Infinity, below = Infinity, integer = false } = range;
  const fits =
    typeof value === "number" &&
    Number.isFinite(value) &&
    value >= min &&
    value <= max &&
    value > above &&
    value < below &&
    (!integer || Number.isInteger(value));
  if (fits) return value;
  const bounds = [
    ["at least", min],
    ["greater than", above],
    ["at most", max],
    ["less than", below],
  ].flatMap(([word, bound]) => (Number.isFinite(bound) ? `${word} ${bound}` : []));
  const expected = `${integer ? "a whole number" : "a number"}${bounds.length > 0 ? ` ${bounds.join(" and ")}` : ""}`;
  throw new ConfigError(`${where}: \`${option}\` is ${told(value)}, expected ${expected}.`, {
    received: value,
    expected,
  });
}

/** `value` if it is a boolean. @throws ConfigError */
export function flag(where: string, option: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw new ConfigError(`${where}: \`${option}\` is ${told(value)}, expected true or false.`, {
    received: value,
    expected: "boolean",
  });
}

/** Whether a value is an array of the language, or a typed one. */
const isList = (value: unknown): value is ArrayLike<unknown> =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && "length" in value);

/** `value` if it is an array, typed or not. @throws DataError */
export function listIn<T extends ArrayLike<unknown>>(where: string, name: string, value: T): T {
  if (isList(value)) return value;
  throw new DataError(`${where}: \`${name}\` is ${told(value)}, expected an array.`, { received: value });
}

/** `value` if it is an array of numbers, NaN and Infinity among them. @throws DataError naming the first that is none. */
export function numbersIn(where: string, name: string, value: ArrayLike<number>): ArrayLike<number> {
  listIn(where, name, value);
  for (let i = 0; i < value.length; i++) {
    const number: unknown = value[i];
    if (typeof number === "number") continue;
    throw new DataError(`${where}: \`${name}\`[${i}] is ${told(number)}, expected a number.`, {
      received: number,
    });
  }
  return value;
}

/** `value` if it is text that can be a path. @throws ConfigError */
export function pathIn(where: string, value: unknown): string {
  if (typeof value === "string" && value !== "" && !value.includes("\0")) return value;
  throw new ConfigError(`${where}: the path is ${told(value)}, expected text, such as "model.safetensors".`, {
    received: value,
  });
}

/** `value` if it is bytes. @throws DataError */
export function bytesIn(where: string, value: Uint8Array): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new DataError(`${where}: got ${told(value)}, expected bytes, such as await readFile(path).`, {
    received: value,
  });
}

/** Steps a forecast may look ahead: beyond these it is a slip, and takes the memory of the machine. */
export const HORIZON = { min: 1, max: 100_000, integer: true } as const;
