import { addLanes, OUTER_ROWS, outerProduct, packPairs, pairsBytes } from "../linalg/outer-product";
import { packSteps } from "../linalg/pack-steps";
import { hasTap, TapsDescriptor } from "./descriptor";

/**
 * tapWeightGradients: dW_k += Σ x[step of tap k]ᵀ dy[t] and db += Σ dy[t] over all steps and samples, for the units
 * [unitBegin, unitEnd): a unit is sixteen columns of one tap of one group, counted [groups][taps][⌈columns/16⌉]. Each
 * element is one unit's sum, whoever computes it.
 *
 * Math     MATH.md (43)
 * Shapes   TapsDescriptor of the convolution itself (divisor 1), y being dL/dy
 * Writes   dKernel, dBias (+=), the given units only; pairs of this part (scratch). Reads up to 15 floats behind the last
 *          row of dy (and ignores them)
 * Alias    none
 * Error    sums over the rows a tap meets, in blocks of OUTER_ROWS
 * Cost     2 rows taps depth columns flops a group
 * Oracle   test/assembly/convolution/taps.test.ts  Bench bench/kernels
 */
export function tapWeightGradients(descriptor: usize, unitBegin: i32, unitEnd: i32, part: i32): void {
  const d = changetype<TapsDescriptor>(descriptor);
  assert(d.divisor == 1 && (d.yStride & 3) == 0);
  const panels = (d.columns + 15) >> 4;
  const pairs = d.pairs + <usize>part * <usize>pairsBytes(d.depth);
  const timeStride = d.positionStride * d.batch * d.xStride;
  let unit = unitBegin;
  while (unit < unitEnd) {
    const group = unit / (panels * d.taps);
    const tap = (unit / panels) % d.taps;
    const begin = unit % panels;
    const end = min(panels, begin + unitEnd - unit);
    unit += end - begin;
    let from = 0;
    while (from < d.steps && !hasTap(d, from, tap)) from++;
    let to = from;
    while (to < d.steps && hasTap(d, to, tap)) to++;
    const rows = (to - from) * d.batch;
    const step = from * d.positionStride + tap * d.tapStep - d.shift;
    const x = d.x + (<usize>(step * d.batch * d.xStride + group * d.xGroupStride + tap * d.xTapStride) << 2);
    const z = d.y + (<usize>(from * d.batch * d.yStride + group * d.yGroupStride) << 2);
    const kernel = d.dKernel + (<usize>(tap * d.dKernelTapStride + group * d.dKernelGroupStride) << 2);
    const zBytes = <usize>d.yStride << 2;
    for (let first = 0; first < rows; first += OUTER_ROWS) {
      const count = min(OUTER_ROWS, rows - first);
      if (d.positionStride == 1) {
        packPairs(x + (<usize>first * <usize>d.xStride << 2), d.xStride, pairs, OUTER_ROWS, count, d.depth);
      } else packSteps(x, timeStride, d.xStride, d.batch, first, count, d.depth, pairs);
      for (let panel = begin; panel < end; panel++) {
        const column = panel << 4;
        const vectors = min(4, (d.columns - column + 3) >> 2);
        const lanes = min(4, d.columns - column - 4 * (vectors - 1));
        outerProduct(
          pairs, OUTER_ROWS, z + <usize>first * zBytes + (<usize>column << 2), zBytes,
          kernel + (<usize>column << 2), d.dKernelStride, 4, vectors, lanes, count, d.depth,
        );
      }
    }
    if (tap == 0 && d.dBias) {
      const columns = group * d.columns;
      for (let column = begin << 4; column < min(d.columns, end << 4); column += 4) {
        const lanes = min(4, d.columns - column);
        sumColumn(d, group * d.yGroupStride + column, lanes, d.dBias + (<usize>(columns + column) << 2));
      }
    }
  }
}

/** Four columns of dy summed over all rows, in blocks of OUTER_ROWS. */
function sumColumn(d: TapsDescriptor, column: i32, lanes: i32, target: usize): void {
  const rowBytes = <usize>d.yStride << 2;
  const rows = d.steps * d.batch;
  let source = d.y + (<usize>column << 2);
  for (let first = 0; first < rows; first += OUTER_ROWS) {
    let sum = f32x4.splat(0);
    const count = min(OUTER_ROWS, rows - first);
    for (let row = 0; row < count; row++) {
      sum = f32x4.add(sum, v128.load(source));
      source += rowBytes;
    }
    addLanes(target, lanes, sum);
  }
}
