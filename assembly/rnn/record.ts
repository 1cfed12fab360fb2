import {
  addGate, addTo, COUNTED, GATES, HIDDEN, highEdge, INPUT, laneSum, lowEdge, nearEdge, rowSquares, scaleFor, stepBytes,
} from "../probe/record";
import { addWide, hsumWide, laneMask, loadUpTo4 } from "../simd/lanes";
import { RnnDescriptor } from "./descriptor";

/** What rnnBackward writes down of each step: see ../probe/record. Reads only. The one gate is the new state itself. */
export const RNN_GATES: i32 = 1;

/** Before the cells of step t: what has arrived at h_t, and h_t. */
export function rnnRecordState(
  d: RnnDescriptor, record: usize, t: i32, hPtr: usize, dhPtr: usize, rowBytes: usize, maskPtr: usize, rows: i32,
): void {
  const step = record + <usize>t * stepBytes(RNN_GATES);
  const later = t + 1 < d.timesteps ? load<f64>(step + stepBytes(RNN_GATES), HIDDEN) : 0;
  addTo(step + HIDDEN, rowSquares(dhPtr, rowBytes, rows, d.units, scaleFor(later)));
  const low = f32x4.splat(lowEdge(d.activation)), high = f32x4.splat(highEdge(d.activation));
  let sum = f64x2.splat(0);
  let near = i32x4.splat(0);
  let counted = 0;
  for (let row = 0; row < rows; row++, hPtr += rowBytes) {
    if (maskPtr && load<f32>(maskPtr + (<usize>row << 2)) == 0) continue;
    for (let unit = 0; unit < d.units; unit += 4) {
      const left = d.units - unit;
      const h = loadUpTo4(hPtr + (<usize>unit << 2), left);
      sum = addWide(sum, h);
      near = i32x4.sub(near, v128.and(nearEdge(h, low, high), laneMask(left)));
    }
    counted++;
  }
  addTo(step + COUNTED, <f64>counted);
  addGate(step, RNN_GATES, 0, hsumWide(sum), laneSum(near));
}

/** After the cells of step t: dz, and dx where it is wanted. */
export function rnnRecordGradients(
  d: RnnDescriptor, record: usize, t: i32, dzPtr: usize, rowBytes: usize, dxPtr: usize, rows: i32,
): void {
  const step = record + <usize>t * stepBytes(RNN_GATES);
  const scale = scaleFor(load<f64>(step, HIDDEN));
  addTo(step + GATES, rowSquares(dzPtr, rowBytes, rows, d.units, scale));
  if (dxPtr) addTo(step + INPUT, rowSquares(dxPtr, <usize>d.dxStride << 2, rows, d.features, scale));
}
