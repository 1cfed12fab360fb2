import { GATES, NEAR } from "../probe/record";
import { constant4 } from "../simd/constants";
import { store4x4 } from "../simd/lanes";

/**
 * How open the usual gates are: their activations summed and those near a bound counted, four units side by side.
 *
 * An activation y lies in [-1, 1], so 3 + y lies in [2, 4], where float32 is as fine as 2^-22: the bits of the sum are
 * y as a whole multiple of 2^-22, and integers add up the same in any order, whoever takes which rows.
 *
 *     tally:  | Σ i | Σ f | Σ g | Σ o |      i32x4 each
 *             | near i | near f | near g | near o |      four bytes each
 *
 * It stands in memory, not in registers: the cell's own sixteen are taken, and a load and a store cost no arithmetic.
 */
const FIXED_OFFSET: f32 = 3;
const FIXED_BITS: i32 = 0x40400000;
const FIXED_UNIT: f64 = 2.384185791015625e-7;
/** Rows after which a count could leave its byte; a sum could leave its 32 bits after twice as many. */
export const TALLY_ROWS: i32 = 255;
/** What a slope is at most where the activation is near a bound: y (1 - y) of a gate, 1 - y² of the candidate. */
const GATE_EDGE: f32 = NEAR * (1 - NEAR);
const CELL_EDGE: f32 = 1 - (1 - NEAR) * (1 - NEAR);
const AT_FIXED_OFFSET: usize = memory.data<f32>([FIXED_OFFSET]);
const AT_GATE_EDGE: usize = memory.data<f32>([GATE_EDGE]);
const AT_CELL_EDGE: usize = memory.data<f32>([CELL_EDGE]);

/** Adds a row of four units: activations and their slopes. */
// @ts-ignore: decorator
@inline
export function tallyGates(
  tally: usize, i: v128, f: v128, g: v128, o: v128, si: v128, sf: v128, sg: v128, so: v128,
): void {
  const offset = constant4(AT_FIXED_OFFSET);
  v128.store(tally, i32x4.add(f32x4.add(i, offset), v128.load(tally)));
  v128.store(tally, i32x4.add(f32x4.add(f, offset), v128.load(tally, 16)), 16);
  v128.store(tally, i32x4.add(f32x4.add(g, offset), v128.load(tally, 32)), 32);
  v128.store(tally, i32x4.add(f32x4.add(o, offset), v128.load(tally, 48)), 48);
  const gateEdge = constant4(AT_GATE_EDGE);
  // All ones where near: -1, packed from words to bytes.
  const inputAndForget = i16x8.narrow_i32x4_s(f32x4.le(si, gateEdge), f32x4.le(sf, gateEdge));
  const cellAndOutput = i16x8.narrow_i32x4_s(f32x4.le(sg, constant4(AT_CELL_EDGE)), f32x4.le(so, gateEdge));
  const near = i8x16.narrow_i16x8_s(inputAndForget, cellAndOutput);
  v128.store(tally, i8x16.sub(v128.load(tally, 64), near), 64);
}

/** Adds a tally of so many rows to a step's record, units outside of `valid` left out, and clears it. */
export function settleTally(tally: usize, step: usize, rows: i32, valid: v128): void {
  const base = i32x4.splat(rows * FIXED_BITS);
  addFour(step + GATES + 32, FIXED_UNIT, laneSums(
    v128.and(i32x4.sub(v128.load(tally), base), valid), v128.and(i32x4.sub(v128.load(tally, 16), base), valid),
    v128.and(i32x4.sub(v128.load(tally, 32), base), valid), v128.and(i32x4.sub(v128.load(tally, 48), base), valid),
  ));
  const near = v128.and(v128.load(tally, 64), i8x16.narrow_i16x8_s(
    i16x8.narrow_i32x4_s(valid, valid), i16x8.narrow_i32x4_s(valid, valid),
  ));
  // Four bytes of one gate: in pairs, and the pairs.
  addFour(step + GATES + 64, 1, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(near)));
  const zero = i32x4.splat(0);
  store4x4(tally, zero, zero, zero, zero);
  v128.store(tally, zero, 64);
}

/** The sums of the lanes of four vectors of i32. */
// @ts-ignore: decorator
@inline
function laneSums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7));
  const cd = i32x4.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7));
  return i32x4.add(v128.shuffle<i32>(ab, cd, 0, 1, 4, 5), v128.shuffle<i32>(ab, cd, 2, 3, 6, 7));
}

/** Adds four i32, times `unit`, to four float64. */
// @ts-ignore: decorator
@inline
function addFour(ptr: usize, unit: f64, values: v128): void {
  const low = f64x2.mul(f64x2.convert_low_i32x4_s(values), f64x2.splat(unit));
  const high = f64x2.mul(f64x2.convert_low_i32x4_s(v128.shuffle<i32>(values, values, 2, 3, 2, 3)), f64x2.splat(unit));
  v128.store(ptr, f64x2.add(v128.load(ptr), low));
  v128.store(ptr, f64x2.add(v128.load(ptr, 16), high), 16);
}
