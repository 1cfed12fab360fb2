/** One gate, one entry a time step. */
export interface GateFlow {
  /** ‖dL/dz_t‖ of the gate's pre-activation z, over batch and units. */
  readonly gradient: Float32Array;
  /** Mean activation over the samples that are not masked; 0 where all are. */
  readonly mean: Float32Array;
  /** Share of activations within 0.05 of a bound of the activation function; 0 where it has none. */
  readonly saturated: Float32Array;
}

/** What reached one weight. */
export interface WeightFlow {
  /** As in `getWeights()`. */
  readonly name: string;
  /** ‖w‖ before the update. */
  readonly norm: number;
  /** ‖dL/dw‖ before clipping, regularization included; 0 where the layer is not trainable. */
  readonly gradientNorm: number;
  /** The same after the optimizer's clipping. */
  readonly clippedGradientNorm: number;
  /**
   * ‖Δw‖ / ‖w‖, where Δw is all that the optimizer's next update changes: clipping, moments, weight decay, learning rate
   * and constraints as they stand. 0 where nothing changes, Infinity where a weight that is all zeros does.
   */
  readonly updateRatio: number;
}

/** What flows back through one layer, or through one direction of a bidirectional one. */
export interface LayerFlow {
  readonly name: string;
  /** The factory's name, such as `lstm`. */
  readonly kind: string;
  readonly weights: readonly WeightFlow[];
  /**
   * The following are there for recurrent layers alone. One entry a time step in the order in which the layer processes
   * them (with `goBackwards`, and in the backward direction of `bidirectional`, the first entry is the sequence's last
   * step); Frobenius norms over batch and units.
   *
   * ‖dL/dh_t‖, the total derivative: by every way on which h_t reaches the loss.
   */
  readonly hiddenGradient?: Float32Array;
  /** ‖dL/dc_t‖, total derivative. Empty for cells without c: gru, simpleRNN. */
  readonly cellGradient?: Float32Array;
  /** ‖dL/dx_t‖ of the input read at that step. Empty in a training pass where nothing before the layer learns. */
  readonly inputGradient?: Float32Array;
  /** lstm: input, forget, cell, output; gru: update, reset, candidate; simpleRNN: cell. */
  readonly gates?: Readonly<Record<string, GateFlow>>;
}

/** What flowed back through a recurrent layer. */
export interface RecurrentLayerFlow extends LayerFlow {
  readonly hiddenGradient: Float32Array;
  readonly cellGradient: Float32Array;
  readonly inputGradient: Float32Array;
  readonly gates: Readonly<Record<string, GateFlow>>;
}

/** How a batch's gradient flows back through a model. */
export interface GradientFlow {
  /** The compiled loss, regularization included. */
  readonly loss: number;
  readonly layers: readonly LayerFlow[];
  /** Norm of all gradients together, before the optimizer's clipping and after. */
  readonly gradientNorm: { readonly before: number; readonly after: number };
}

/**
 * Whether a layer's flow has time steps.
 *
 * @example
 * const flow = await model.gradientFlow(x, y);
 * flow.layers.filter(isRecurrentFlow).map(({ hiddenGradient }) => hiddenGradient.length);
 */
export const isRecurrentFlow = (layer: LayerFlow): layer is RecurrentLayerFlow =>
  layer?.hiddenGradient !== undefined;

/** Told of a training pass: called after the update. */
export type FlowListener = (flow: GradientFlow) => void;
