const recurrent: readonly string[] = ["lstm", "gru", "simpleRNN"];

/** Whether a layer of this kind carries a state from step to step; a wrapper such as `bidirectional` does not by itself. */
export const isRecurrentKind = (kind: string): boolean => recurrent.includes(kind);

/** Whether a layer of this kind has a kernel that initializers and regularizers are given for. */
export const isWeightedKind = (kind: string): boolean => isRecurrentKind(kind) || kind === "dense";

/** Whether it may be what a model puts out: what stands behind it changes no number. */
export const isHeadKind = (kind: string): boolean => kind === "dense" || kind === "activation";
