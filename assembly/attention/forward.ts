import { ADDITIVE, AttentionDescriptor, padded4 } from "./descriptor";
import { additiveScores, dotScores, rowsTimes } from "./scores";
import { dropWeights, maskRow, queryCounts, scoresToWeights } from "./weights";

/**
 * attentionForward: softmax(scores of query and key) · value, for the units [unitBegin, unitEnd): heads of samples.
 *
 * Math     MATH.md (47), (48), (50) (Bahdanau, Cho & Bengio 2015; Luong, Pham & Manning 2015; Vaswani et al. 2017)
 * Shapes   AttentionDescriptor
 * Writes   output (=) of these units, up to the column 4 ⌈valueDim/4⌉ of a head; attention (with keepsWeights of these
 *          units); the part's scratch
 * Alias    none; Align all rows 16. Reads value up to the column 16 ⌈valueDim/16⌉ of a head no further than its own row's
 *          4 ⌈valueDim/4⌉
 * Error    sums in order of the steps: <= (S + 12) eps Σ|terms|
 * Cost     2 T S (keyDim + valueDim) flops a unit, and a softmax
 * Oracle   test/assembly/attention/attention.test.ts  Bench bench/kernels
 */
export function attentionForward(descriptor: usize, unitBegin: i32, unitEnd: i32, part: i32): void {
  const d = changetype<AttentionDescriptor>(descriptor);
  const stride = padded4(d.valueSteps);
  const square = <usize>(d.querySteps * stride) << 2;
  const scratch = d.scratch + (<usize>(part * d.scratchFloats) << 2);
  // The row of the mask stands where backward has its second square.
  const dropped = scratch;
  const bias = scratch + square;
  const panels = bias + (<usize>stride << 2);
  const queryBytes = <usize>(d.batch * d.queryStride) << 2;
  const keyBytes = <usize>(d.batch * d.keyStride) << 2;
  const valueBytes = <usize>(d.batch * d.valueStride) << 2;
  const outputBytes = <usize>(d.batch * d.outputStride) << 2;
  for (let unit = unitBegin; unit < unitEnd; unit++) {
    const n = unit / d.heads;
    const head = unit % d.heads;
    const query = d.query + (<usize>(n * d.queryStride + head * d.queryHeadStride) << 2);
    const key = d.key + (<usize>(n * d.keyStride + head * d.keyHeadStride) << 2);
    const value = d.value + (<usize>(n * d.valueStride + head * d.valueHeadStride) << 2);
    const output = d.output + (<usize>(n * d.outputStride + head * d.outputHeadStride) << 2);
    let weights = d.attention + (d.keepsWeights ? <usize>unit : <usize>part) * square;
    let factor: f32 = 1;
    if (d.mode == ADDITIVE) additiveScores(d, query, queryBytes, key, keyBytes, weights, stride);
    else {
      dotScores(query, queryBytes, d.querySteps, key, keyBytes, d.valueSteps, d.keyDim, panels, weights, stride);
      if (d.scale) factor = load<f32>(d.scale);
    }
    maskRow(d, n, bias);
    scoresToWeights(d, n, weights, bias, factor);
    if (d.dropoutRate) {
      dropWeights(d, unit, weights, dropped);
      weights = dropped;
    }
    rowsTimes(
      weights, <usize>stride << 2, d.querySteps, value, valueBytes, d.valueSteps, d.valueDim, panels, output,
      outputBytes, 0,
    );
    if (d.zeroMaskedQueries && d.queryMask) {
      for (let i = 0; i < d.querySteps; i++) {
        if (!queryCounts(d, n, i)) memory.fill(output + <usize>i * outputBytes, 0, <usize>padded4(d.valueDim) << 2);
      }
    }
  }
}
