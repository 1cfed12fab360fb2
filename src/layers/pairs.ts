/** Rows of a weight gradient's product taken at a time; OUTER_ROWS of assembly/linalg/outer-product.ts. */
export const OUTER_ROWS = 256;

/** Floats of scratch in which so many columns are packed in pairs; pairsBytes of assembly/linalg/outer-product.ts. */
export const pairsFloats = (columns: number): number => Math.ceil(columns / 2) * 2 * OUTER_ROWS;
