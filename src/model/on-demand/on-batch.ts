/** Keras's `test_on_batch` and `predict_on_batch`: what is given is one batch, however long it is. */
import { isTensor, type TensorLike } from "../../tensor.js";
import type { Model } from "../model.js";

/** The samples of what stands for one tensor, or for several: in their order, or by name. */
function countOf(x: unknown, several: boolean): number {
  if (isTensor(x)) return x.shape[0] ?? 1;
  if (Array.isArray(x)) return several || isTensor(x[0]) ? countOf(x[0], false) : x.length;
  if (typeof x !== "object" || x === null || ArrayBuffer.isView(x)) return 1;
  return countOf(Object.values(x)[0], false);
}

const inOneBatch = (model: Model, x: unknown, options: unknown): object => {
  const { length } = (model as Model & { readonly inputs: readonly unknown[] }).inputs;
  return { ...(options as object | null | undefined), batchSize: Math.max(1, countOf(x, length > 1)) };
};

/** Loss and metrics of the batch. */
export const test = (model: Model, x?: unknown, y?: unknown, options?: unknown): Promise<unknown> =>
  model.evaluate(x as TensorLike, y as TensorLike, inOneBatch(model, x, options));

/** Predictions of the batch. */
export const predict = (model: Model, x?: unknown): Promise<unknown> =>
  model.predict(x as TensorLike, inOneBatch(model, x, undefined));
