import { ConfigError } from "../../errors.js";
import { GruLayer } from "../../layers/recurrent/gru.js";
import { LstmLayer } from "../../layers/recurrent/lstm.js";
import type { RecurrentLayer } from "../../layers/recurrent/recurrent-layer.js";
import { SimpleRnnLayer } from "../../layers/recurrent/simple-rnn.js";
import type { Variable } from "../../layers/variable.js";
import { type Cell64, type CellWeights, gru64, simpleRnn64 } from "./cells64.js";
import { lstm64 } from "./lstm64.js";

const wide = (variable: Variable): Float64Array => Float64Array.from(variable.read());
const wideOrNull = (variable: Variable | undefined): Float64Array | null =>
  variable === undefined ? null : wide(variable);

/**
 * A recurrent layer's cell in float64, with the weights it has now.
 * @throws ConfigError for a layer whose cell is none of these.
 */
export function cellOf(layer: RecurrentLayer): Cell64 {
  const [kernel, recurrent, bias] = layer.variables;
  const weights: CellWeights = {
    units: layer.units,
    features: layer.features,
    kernel: wide(kernel!),
    recurrent: wide(recurrent!),
    bias: layer.useBias ? wide(bias!) : null,
    activation: layer.activation,
    recurrentActivation: "sigmoid",
  };
  if (layer instanceof SimpleRnnLayer) return simpleRnn64(weights);
  if (layer instanceof GruLayer) {
    const { recurrentActivation, resetAfter } = layer;
    return gru64({ ...weights, recurrentActivation, resetAfter });
  }
  if (layer instanceof LstmLayer) {
    return lstm64({
      ...weights,
      recurrentActivation: layer.recurrentActivation,
      peepholes: wideOrNull(layer.weight("peephole_kernel")),
      projection: wideOrNull(layer.weight("projection_kernel")),
    });
  }
  throw new ConfigError(
    `trace(): \`${layer.name}\` is a ${layer.kind}, whose equations trace does not have; it follows lstm, gru and simpleRNN.`,
    { received: layer.kind, expected: ["lstm", "gru", "simpleRNN"] },
  );
}
