import type { LayerFrame } from "./protocol.ts";

/** A recurrent layer's numbers of one update by the names the library's gradient flow has; nothing of other layers. */
export const namedGradients = (recurrent: LayerFrame["recurrent"]) =>
  recurrent === null
    ? {}
    : {
        hiddenGradient: recurrent.hidden,
        cellGradient: recurrent.cell,
        inputGradient: recurrent.input,
        gates: Object.fromEntries(recurrent.gates.map(({ name, ...numbers }) => [name, numbers])),
      };
