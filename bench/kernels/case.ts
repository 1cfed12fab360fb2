import type { Arena, Kernels } from "../../test/support/kernels.js";

/** One kernel on one size. */
export interface KernelCase {
  readonly name: string;
  readonly size: string;
  /** Work of a call: floating-point operations of products, bytes moved where memory is the bound, floats otherwise. */
  readonly flops?: number;
  readonly bytes?: number;
  readonly floats?: number;
  /** Lays the data out, runs the kernel once and compares with float64; throws when it differs. Returns a repeatable call. */
  prepare(kernels: Kernels, memory: Arena): () => void;
}
