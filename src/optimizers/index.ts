/** Every optimizer, with the types of its options. */
export { type AdadeltaOptions, adadelta } from "./adadelta.js";
export { type AdagradOptions, adagrad } from "./adagrad.js";
export { type AdamOptions, type AmsgradOption, adam, adamw, nadam } from "./adam.js";
export { type AdamaxOptions, adamax } from "./adamax.js";
export type { ClipOptions } from "./clipping.js";
export { type LionOptions, lion } from "./lion.js";
export type { Optimizer, OptimizerOptions } from "./optimizer.js";
export { type RmspropOptions, rmsprop } from "./rmsprop.js";
export { type SgdOptions, sgd } from "./sgd.js";
export type { OptimizerLike, OptimizerName } from "./to-optimizer.js";
