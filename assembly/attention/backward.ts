import { hsum4 } from "../simd/lanes";
import { ADDITIVE, AttentionDescriptor, padded4 } from "./descriptor";
import { additiveScoresBackward, dotScores, rowsTimes } from "./scores";
import { transposeRows } from "./transpose";
import { dropWeights, maskRow, queryCounts, weightsToScores } from "./weights";

/**
 * attentionBackward: from dL/doutput to dL/dquery, dL/dkey, dL/dvalue and each unit's share of the score's weights, for
 * the units [unitBegin, unitEnd).
 *
 * Math     MATH.md (49), (51)
 * Shapes   AttentionDescriptor; attention of attentionForward with keepsWeights
 * Writes   dQuery, dKey, dValue (=) of these units, up to 4 ⌈dim/4⌉ columns of a head; shares (=); the part's scratch.
 *          Rows of dOutput whose query is masked are put to zero first, with zeroMaskedQueries
 * Alias    dKey may be dValue's neighbour but not the same
 * Error    sums in order of the steps
 * Cost     2 T S (2 keyDim + 2 valueDim) flops a unit
 * Oracle   test/assembly/attention/attention.test.ts  Bench bench/kernels
 */
export function attentionBackward(descriptor: usize, unitBegin: i32, unitEnd: i32, part: i32): void {
  const d = changetype<AttentionDescriptor>(descriptor);
  const stride = padded4(d.valueSteps);
  const long = padded4(d.querySteps);
  const square = <usize>(long * stride) << 2;
  const gradient = d.scratch + (<usize>(part * d.scratchFloats) << 2);
  const dropped = gradient + square;
  const turned = dropped + square;
  const panels = turned + max(square, <usize>(long * padded4(d.keyDim)) << 2);
  const queryBytes = <usize>(d.batch * d.queryStride) << 2;
  const keyBytes = <usize>(d.batch * d.keyStride) << 2;
  const valueBytes = <usize>(d.batch * d.valueStride) << 2;
  const outputBytes = <usize>(d.batch * d.outputStride) << 2;
  const rowBytes = <usize>stride << 2;
  const shareFloats = padded4(d.keyDim) + 4;
  for (let unit = unitBegin; unit < unitEnd; unit++) {
    const n = unit / d.heads;
    const head = unit % d.heads;
    const queryAt = <usize>(n * d.queryStride + head * d.queryHeadStride) << 2;
    const keyAt = <usize>(n * d.keyStride + head * d.keyHeadStride) << 2;
    const valueAt = <usize>(n * d.valueStride + head * d.valueHeadStride) << 2;
    const dOutput = d.dOutput + (<usize>(n * d.outputStride + head * d.outputHeadStride) << 2);
    const weights = d.attention + <usize>unit * (<usize>(d.querySteps * stride) << 2);
    if (d.zeroMaskedQueries && d.queryMask) {
      for (let i = 0; i < d.querySteps; i++) {
        if (!queryCounts(d, n, i)) memory.fill(dOutput + <usize>i * outputBytes, 0, <usize>padded4(d.valueDim) << 2);
      }
    }
    let applied = weights;
    if (d.dropoutRate) {
      dropWeights(d, unit, weights, dropped);
      applied = dropped;
    }
    if (d.dValue) {
      transposeRows(applied, stride, d.querySteps, d.valueSteps, turned, long);
      rowsTimes(
        turned, <usize>long << 2, d.valueSteps, dOutput, outputBytes, d.querySteps, d.valueDim, panels,
        d.dValue + valueAt, valueBytes, 0,
      );
    }
    if (!d.dQuery && !d.dKey && !d.shares) continue;
    dotScores(
      dOutput, outputBytes, d.querySteps, d.value + valueAt, valueBytes, d.valueSteps, d.valueDim, panels, gradient,
      stride,
    );
    if (d.dropoutRate) dropWeights(d, unit, gradient, gradient);
    // Behind the squares nothing is needed until the products below.
    maskRow(d, n, panels);
    weightsToScores(d, n, weights, gradient, panels);
    const dQuery = d.dQuery ? d.dQuery + queryAt : 0;
    const dKey = d.dKey ? d.dKey + keyAt : 0;
    const share = d.shares ? d.shares + (<usize>(unit * shareFloats) << 2) : 0;
    if (d.mode == ADDITIVE) {
      const keyWidth = <usize>padded4(d.keyDim) << 2;
      if (dKey) for (let j = 0; j < d.valueSteps; j++) memory.fill(dKey + <usize>j * keyBytes, 0, keyWidth);
      additiveScoresBackward(
        d, d.query + queryAt, queryBytes, d.key + keyAt, keyBytes, gradient, stride, dQuery, dKey, share,
      );
      continue;
    }
    if (share) {
      // dL/dscale = Σ dc (q · k) = Σ_i q_i · Σ_j dc_ij k_j, from the product without the scale.
      rowsTimes(
        gradient, rowBytes, d.querySteps, d.key + keyAt, keyBytes, d.valueSteps, d.keyDim, panels, turned,
        <usize>padded4(d.keyDim) << 2, 0,
      );
      store<f32>(share, dotOfRows(d.query + queryAt, queryBytes, turned, d.querySteps, d.keyDim));
    }
    if (d.scale) scaleFloats(gradient, d.querySteps * stride, load<f32>(d.scale));
    if (dQuery) {
      rowsTimes(
        gradient, rowBytes, d.querySteps, d.key + keyAt, keyBytes, d.valueSteps, d.keyDim, panels, dQuery, queryBytes,
        0,
      );
    }
    if (dKey) {
      transposeRows(gradient, stride, d.querySteps, d.valueSteps, turned, long);
      rowsTimes(
        turned, <usize>long << 2, d.valueSteps, d.query + queryAt, queryBytes, d.querySteps, d.keyDim, panels, dKey,
        keyBytes, 0,
      );
    }
  }
}

/** Σ a_i · b_i over rows of `width` floats, b's padded to whole vectors. */
function dotOfRows(aPtr: usize, aBytes: usize, bPtr: usize, rows: i32, width: i32): f32 {
  const bStride = padded4(width);
  let sum = f32x4.splat(0);
  for (let row = 0; row < rows; row++) {
    const a = aPtr + <usize>row * aBytes;
    const b = bPtr + (<usize>(row * bStride) << 2);
    for (let k = 0; k + 4 <= width; k += 4) {
      const at = <usize>k << 2;
      sum = f32x4.add(sum, f32x4.mul(v128.load(a + at), v128.load(b + at)));
    }
    let rest: f32 = 0;
    for (let k = width & ~3; k < width; k++) {
      const at = <usize>k << 2;
      rest += load<f32>(a + at) * load<f32>(b + at);
    }
    sum = f32x4.add(sum, f32x4.replace_lane(f32x4.splat(0), 0, rest));
  }
  return hsum4(sum);
}

function scaleFloats(ptr: usize, count: i32, factor: f32): void {
  const factors = f32x4.splat(factor);
  for (let at: usize = 0; at < <usize>count << 2; at += 16) {
    v128.store(ptr + at, f32x4.mul(v128.load(ptr + at), factors));
  }
}
