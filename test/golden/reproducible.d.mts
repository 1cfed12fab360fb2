export interface GoldenRun {
  readonly simd: string;
  readonly threads: number;
  readonly loss: number;
  /** SHA-256 of the trained weights. */
  readonly hash: string;
}

export function trainGolden(
  gateflow: typeof import("../../src/index.js"),
  options: { threads?: number | "auto"; reproducible?: boolean },
): Promise<GoldenRun>;
