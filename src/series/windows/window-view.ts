import type { Tensor } from "../../tensor.js";

/** Rows that are computed when somebody reads them. */
interface View {
  /** Rows `from` up to `to` of it. */
  readonly rows: (from: number, to: number) => Tensor;
}

const VIEWS = new WeakMap<object, View>();

/** What a tensor is a view of; undefined for one that holds its own numbers. */
export const viewOf = (x: object): View | undefined => VIEWS.get(x);

/**
 * A tensor whose numbers are gathered when `data` is first read: windows overlap, and a long series held once for every
 * step of a window fills the memory. Once read, they are kept.
 * @param fill writes rows `from` up to `to`, row-major.
 */
export function windowView(
  shape: readonly number[],
  fill: (into: Float32Array, from: number, to: number) => void,
  first = 0,
): Tensor {
  const [rows = 0, ...rowShape] = shape;
  const width = rowShape.reduce((size, extent) => size * extent, 1);
  let data: Float32Array | undefined;
  const tensor: Tensor = {
    shape: [...shape],
    get data() {
      if (data === undefined) {
        data = new Float32Array(rows * width);
        fill(data, first, first + rows);
      }
      return data;
    },
  };
  VIEWS.set(tensor, {
    rows: (from, to) => windowView([to - from, ...rowShape], fill, first + from),
  });
  return tensor;
}
