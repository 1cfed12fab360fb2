import { ConfigError, DataError, told } from "../../errors.js";
import { listIn, refuseUnknown } from "../../options.js";

/** What `oneHot` makes a column for. */
export type Category = string | number;

/** Options of `oneHot`. */
export interface OneHotOptions<C extends Category> {
  /** The categories in the order of the columns, the training part's for all parts. Default: those met, sorted. */
  readonly categories?: readonly C[];
}

/**
 * One column for each category: 1 where the value is that category, 0 elsewhere.
 *
 * @returns the categories and the rows; give the same categories again for later data, so that columns keep their place.
 * @throws DataError for a value that is none of `categories`, for NaN, null, or nothing at all.
 *
 * @example
 * oneHot(["wet", "dry", "wet"]); // { categories: ["dry", "wet"], rows: [[0, 1], [1, 0], [0, 1]] }
 */
export function oneHot<C extends Category>(
  values: readonly C[],
  options: OneHotOptions<C> = {},
): { categories: C[]; rows: number[][] } {
  const where = "oneHot()";
  refuseUnknown(where, options, ["categories"]);
  if (listIn(where, "values", values).length === 0) throw new DataError(`${where}: there are no values.`);
  values.forEach((value: unknown, i) => {
    if (typeof value === "string" || (typeof value === "number" && !Number.isNaN(value))) return;
    throw new DataError(`${where}: values[${i}] is ${told(value)}, expected text or a number.`, {
      received: value,
    });
  });
  const met = [...new Set(values)].sort((a, b) => (a < b ? -1 : 1));
  const categories = Array.from(listIn(where, "categories", options.categories ?? met));
  if (new Set(categories).size !== categories.length) {
    throw new ConfigError(`${where}: \`categories\` names one twice: ${told(categories)}.`);
  }
  const rows = values.map((value, i) => {
    if (!categories.includes(value)) {
      throw new DataError(
        `${where}: values[${i}] is ${told(value)}, which is none of the categories ${told(categories)}.`,
        { received: value, expected: categories },
      );
    }
    return categories.map((category) => (category === value ? 1 : 0));
  });
  return { categories, rows };
}
