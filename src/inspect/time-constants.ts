import { log } from "../elementary.js";
import { numbersIn } from "../options.js";

/**
 * Steps in which a cell state fades to 1/e of itself when the forget gate stays at f: τ = -1 / ln f.
 * f = 0.73, the gate at a bias of 1, gives 3.2 steps; 0.99 gives 99.5.
 *
 * @param forget mean activations of the forget gate, as in `LayerFlow.gates.forget.mean`.
 * @returns steps, one entry for each given: 0 where f <= 0, Infinity where f >= 1 (nothing fades).
 * @throws DataError for what is no list of numbers.
 *
 * @example
 * timeConstants([0.5, 0.99]); // [1.4427, 99.4992]
 */
export const timeConstants = (forget: ArrayLike<number>): Float64Array =>
  Float64Array.from(numbersIn("timeConstants()", "forget", forget), (f) => {
    if (f <= 0) return 0;
    return f >= 1 ? Number.POSITIVE_INFINITY : -1 / log(f);
  });
