import { StateError } from "../../errors.js";
import { Layer } from "../layer.js";
import { type Application, applicationsOf, applyLayer } from "./application.js";
import type { ApplyOptions, SymbolicTensor } from "./symbolic-tensor.js";

// What graphs add to every layer: `gateflow` brings it along, `gateflow/core` does without.
declare module "../layer.js" {
  interface Layer {
    /**
     * Applies the layer in a graph: Keras's `layer(x)`. Applied again it shares its weights.
     * @returns a symbolic tensor; an array of them from layers that put out several, such as `lstm({ returnState: true })`:
     *   `const [y, h, c] = layer.apply<SymbolicTensor[]>(x)`.
     * @throws ConfigError for what is no symbolic tensor or no option; ShapeError for inputs that do not fit.
     *
     * @example
     * const x = input({ shape: [20, 3] });
     * const y = dense({ units: 1 }).apply(lstm({ units: 16 }).apply(x));
     */
    apply<Output extends SymbolicTensor | SymbolicTensor[] = SymbolicTensor>(
      x: SymbolicTensor | readonly SymbolicTensor[],
      options?: ApplyOptions,
    ): Output;
    /** What the layer puts out where it was first applied: the first of its outputs. @throws StateError before. */
    readonly output: SymbolicTensor;
    /** What the layer is given where it was first applied: the first of its inputs. @throws StateError before. */
    readonly input: SymbolicTensor;
  }
}

/** Makes the applications of layers that stand in a chain: set by the room of models. */
let traceChain: (chain: object) => void = () => {};

export function onTrace(trace: (chain: object) => void): void {
  traceChain = trace;
}

function trace(layer: Layer): void {
  if (layer.home !== undefined && applicationsOf(layer).length === 0) traceChain(layer.home);
}

function first(layer: Layer): Application {
  trace(layer);
  const [application] = applicationsOf(layer);
  if (application !== undefined) return application;
  throw new StateError(`\`${layer.name}\` has not been applied to anything yet.`);
}

/** Gives every layer `apply`, `input` and `output`. */
export function registerApply(): void {
  Object.defineProperties(Layer.prototype, {
    apply: {
      value(this: Layer, x: unknown, options?: ApplyOptions): SymbolicTensor | SymbolicTensor[] {
        trace(this);
        const { outputs } = applyLayer(this, x, options);
        return outputs.length === 1 ? outputs[0]! : [...outputs];
      },
    },
    output: {
      get(this: Layer): SymbolicTensor {
        return first(this).outputs[0]!;
      },
    },
    input: {
      get(this: Layer): SymbolicTensor {
        return first(this).inputs[0]!;
      },
    },
  });
}
