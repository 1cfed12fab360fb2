import type * as core from "../../src/core.js";

export interface Told {
  readonly history: Record<string, number[]>;
  readonly weights: number[][];
  readonly prediction: number[];
  readonly evaluated: Record<string, number>;
  readonly gradients: number[][];
  readonly flow: [string, number[]][];
}

export const variants: Readonly<Record<string, unknown>>;

export function trainSmall(gateflow: typeof core, name: string, reproducible: boolean): Promise<Told>;
