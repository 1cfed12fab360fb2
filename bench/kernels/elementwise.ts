/** Activations and the optimizer's step. */
import { activations } from "../../test/oracle/kernels/activation.js";
import { adam } from "../../test/oracle/kernels/optimizers.js";
import { EPSILON, expectClose, randomValues } from "../../test/support/kernels.js";
import type { KernelCase } from "./case.js";

/** The documented errors of the activations are within 4 ULP of float64; what is checked here is that it is the function. */
const ACTIVATION_ULP = 8;

function activation(name: string, count: number): KernelCase {
  return {
    name: `activationForward ${name}`,
    size: String(count),
    floats: count,
    prepare(kernels, memory) {
      const code = activations.findIndex((item) => item.name === name);
      const z = randomValues(count, 1, 6);
      const [source, target] = [memory.input(z), memory.output(count)];
      const call = (): void => {
        kernels.activationForward!(code, source.ptr, target.ptr, count);
      };
      call();
      const expected = Float64Array.from(z, (value) => activations[code]!.value(value));
      // Near zero tanh is the difference of numbers near one.
      expectClose(target.values(), expected, { ulp: ACTIVATION_ULP, absolute: 4 * EPSILON });
      return call;
    },
  };
}

function adamStep(count: number): KernelCase {
  const [alpha, beta1, beta2, epsilon] = [0.001, 0.9, 0.999, 1e-7];
  return {
    name: "adamStep",
    size: String(count),
    bytes: 28 * count,
    prepare(kernels, memory) {
      const [w, g] = [memory.inout(randomValues(count, 1)), memory.input(randomValues(count, 2, 0.01))];
      const [m, v] = [memory.inout(new Float32Array(count)), memory.inout(new Float32Array(count))];
      const call = (): void => {
        kernels.adamStep!(w.ptr, g.ptr, m.ptr, v.ptr, count, alpha, beta1, beta2, epsilon);
      };
      call();
      const step = adam(alpha, beta1, beta2, epsilon);
      const expected = Float64Array.from(
        w.initial,
        (weight, i) => step({ w: weight, m: 0, v: 0 }, g.initial[i]!).w!,
      );
      // A weight near 1 is rounded once; the step is at most 0.032 (m and √v of one gradient), with a few roundings.
      expectClose(w.values(), expected, { absolute: 2 * EPSILON });
      return call;
    },
  };
}

export const elementwiseCases: readonly KernelCase[] = [
  activation("exponential", 16_384),
  activation("tanh", 16_384),
  activation("sigmoid", 16_384),
  adamStep(16_384),
  adamStep(329_728),
];
