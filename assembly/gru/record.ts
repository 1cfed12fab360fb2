import { SIGMOID, TANH } from "../activation/activate";
import { activateAny4 } from "../activation/any";
import {
  addGate, addTo, COUNTED, HIDDEN, highEdge, INPUT, laneSum, lowEdge, nearEdge, recordGateGradients, rowSquares, scaleFor,
  stepBytes,
} from "../probe/record";
import { addWide, hsumWide, laneMask } from "../simd/lanes";
import { GruDescriptor } from "./descriptor";

/** What gruBackward writes down of each step: see ../probe/record. Reads only. Gates: update, reset, candidate. */
export const GRU_GATES: i32 = 3;

/** Before the cells of step t: what has arrived at h_t. */
export function gruRecordState(d: GruDescriptor, record: usize, t: i32, dhPtr: usize, rows: i32): void {
  const step = record + <usize>t * stepBytes(GRU_GATES);
  const later = t + 1 < d.timesteps ? load<f64>(step + stepBytes(GRU_GATES), HIDDEN) : 0;
  const rowBytes = <usize>((d.units + 3) >> 2) << 4;
  addTo(step + HIDDEN, rowSquares(dhPtr, rowBytes, rows, d.units, scaleFor(later)));
}

/** Before the cell of one group of units at step t, while its gates are still activations. */
export function gruRecordGates(
  d: GruDescriptor, record: usize, t: i32, group: i32, gatesPtr: usize, maskPtr: usize, rows: i32,
): void {
  const step = record + <usize>t * stepBytes(GRU_GATES);
  const valid = laneMask(d.units - 4 * group);
  const gateCode = d.recurrentActivation, cellCode = d.activation;
  const usual = cellCode == TANH && gateCode == SIGMOID;
  const low = f32x4.splat(lowEdge(gateCode)), high = f32x4.splat(highEdge(gateCode));
  const cellLow = f32x4.splat(lowEdge(cellCode)), cellHigh = f32x4.splat(highEdge(cellCode));
  let zSum = f64x2.splat(0), rSum = zSum, gSum = zSum;
  let zNear = i32x4.splat(0), rNear = zNear, gNear = zNear;
  let counted = 0;
  for (let row = 0; row < rows; row++, gatesPtr += 64) {
    if (maskPtr && load<f32>(maskPtr + (<usize>row << 2)) == 0) continue;
    let z = v128.load(gatesPtr), r = v128.load(gatesPtr, 16), g = v128.load(gatesPtr, 32);
    if (!usual) {
      z = activateAny4(gateCode, z);
      r = activateAny4(gateCode, r);
      g = activateAny4(cellCode, g);
    }
    zSum = addWide(zSum, v128.and(z, valid));
    rSum = addWide(rSum, v128.and(r, valid));
    gSum = addWide(gSum, v128.and(g, valid));
    zNear = i32x4.sub(zNear, nearEdge(z, low, high));
    rNear = i32x4.sub(rNear, nearEdge(r, low, high));
    gNear = i32x4.sub(gNear, nearEdge(g, cellLow, cellHigh));
    counted++;
  }
  if (group == 0) addTo(step + COUNTED, <f64>counted);
  addGate(step, GRU_GATES, 0, hsumWide(zSum), laneSum(v128.and(zNear, valid)));
  addGate(step, GRU_GATES, 1, hsumWide(rSum), laneSum(v128.and(rNear, valid)));
  addGate(step, GRU_GATES, 2, hsumWide(gSum), laneSum(v128.and(gNear, valid)));
}

/** After the cells of step t: dz, and dx where it is wanted. */
export function gruRecordGradients(d: GruDescriptor, record: usize, t: i32, dzInput: usize, dxPtr: usize, rows: i32): void {
  const step = record + <usize>t * stepBytes(GRU_GATES);
  const scale = scaleFor(load<f64>(step, HIDDEN));
  recordGateGradients(step, dzInput, rows, (d.units + 3) >> 2, GRU_GATES, scale);
  if (dxPtr) addTo(step + INPUT, rowSquares(dxPtr, <usize>d.dxStride << 2, rows, d.features, scale));
}
