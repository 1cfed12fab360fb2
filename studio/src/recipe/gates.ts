/** Gates of an LSTM and of a GRU. */
export type Gate = "input" | "forget" | "cell" | "output" | "update" | "reset" | "candidate";

/** The gate that keeps the state, whose bias decides how long. */
export const keeperOf = (kind: string): Gate | undefined =>
  kind === "lstm" ? "forget" : kind === "gru" ? "update" : undefined;
