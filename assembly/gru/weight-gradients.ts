import { addLanes, OUTER_ROWS, outerProduct, packPairs, pairsBytes } from "../linalg/outer-product";
import { packSteps } from "../linalg/pack-steps";
import { multiplyAdd } from "../linalg/panel-product";
import { GruDescriptor } from "./descriptor";

/** Byte offsets in a row of gates after backward: the candidate's gradient as W has it, and as R has it. */
const INPUT_CANDIDATE: usize = 32;
const RECURRENT_CANDIDATE: usize = 48;

/**
 * gruWeightGradients: dW, dR and db of the unit groups [groupBegin, groupEnd), from the dz that gruBackward left in the
 * gates' tape. Each element is one sum in one fixed order, whoever computes it.
 *
 * Math     MATH.md (24), (26)
 * Shapes   GruDescriptor; reads x, h (or hMasked), hReset, gates
 * Writes   dKernel, dRecurrent, dBias (+=), the columns of the given groups only; the part's own pairs scratch
 * Alias    none; without resetAfter reads up to 8 floats behind the gates (and ignores them)
 * Error    sums over B T rows in blocks of OUTER_ROWS
 * Cost     6 B T H (F + H) flops
 * Oracle   test/assembly/gru/gru.test.ts  Bench bench/kernels
 */
export function gruWeightGradients(descriptor: usize, groupBegin: i32, groupEnd: i32, part: i32): void {
  const d = changetype<GruDescriptor>(descriptor);
  const stride = ((d.units + 3) >> 2) << 2;
  const h = d.recurrentMask ? d.hMasked : d.h;
  const pairs = d.pairs + <usize>part * <usize>pairsBytes(max(d.features, d.units));
  const total = d.timesteps * d.batch;
  for (let first = 0; first < total; first += OUTER_ROWS) {
    const rows = min(OUTER_ROWS, total - first);
    const firstState = <usize>(first * stride) << 2;
    packSteps(d.x, d.xTimeStride, d.xStride, d.batch, first, rows, d.features, pairs);
    for (let group = groupBegin; group < groupEnd; group++) {
      threeGates(d, pairs, d.dKernel, d.features, group, first, rows, INPUT_CANDIDATE);
    }
    packPairs(h + firstState, stride, pairs, OUTER_ROWS, rows, d.units);
    for (let group = groupBegin; group < groupEnd; group++) {
      if (d.resetAfter) threeGates(d, pairs, d.dRecurrent, d.units, group, first, rows, RECURRENT_CANDIDATE);
      else plainGates(d, pairs, group, first, rows, 0, 2);
    }
    if (!d.resetAfter) {
      packPairs(d.hReset + firstState, stride, pairs, OUTER_ROWS, rows, d.units);
      for (let group = groupBegin; group < groupEnd; group++) plainGates(d, pairs, group, first, rows, 2, 1);
    }
    if (d.dBias) {
      for (let group = groupBegin; group < groupEnd; group++) addBias(d, group, first, rows);
    }
  }
}

// @ts-ignore: decorator
@inline
function dzBlock(d: GruDescriptor, group: i32, firstRow: i32): usize {
  return d.gates + (<usize>(group * d.timesteps * d.batch + firstRow) << 6);
}

/** dR += hᵀ dz for `vectors` gates from `gate` on, where the gates do not share their rows. */
function plainGates(d: GruDescriptor, pairs: usize, group: i32, first: i32, rows: i32, gate: i32, vectors: i32): void {
  outerProduct(
    pairs, OUTER_ROWS, dzBlock(d, group, first) + (<usize>gate << 4), 64,
    d.dRecurrent + (<usize>(gate * d.units + 4 * group) << 2), 3 * d.units, d.units,
    vectors, min(4, d.units - 4 * group), rows, d.units,
  );
}

/**
 * C += Aᵀ [dz | dr | dCandidate] for four units, with A packed by packPairs: linalg/outer-product.ts with three vectors,
 * of which the third stands at `third` bytes.
 */
function threeGates(
  d: GruDescriptor,
  pairs: usize,
  gradientPtr: usize,
  columns: i32,
  group: i32,
  first: i32,
  rows: i32,
  third: usize,
): void {
  const dz = dzBlock(d, group, first);
  const lanes = min(4, d.units - 4 * group);
  const gateBytes = <usize>d.units << 2;
  for (let column = 0; column < columns; column += 2) {
    let z0 = f32x4.splat(0), r0 = z0, g0 = z0, z1 = z0, r1 = z0, g1 = z0;
    let a = pairs + <usize>(column >> 1) * (<usize>OUTER_ROWS << 3);
    const end = a + (<usize>rows << 3);
    let row = dz;
    let candidate = dz + third;
    for (; a < end; a += 8) {
      const z = v128.load(row), r = v128.load(row, 16), g = v128.load(candidate);
      const e0 = v128.load32_splat(a);
      z0 = multiplyAdd(e0, z, z0);
      r0 = multiplyAdd(e0, r, r0);
      g0 = multiplyAdd(e0, g, g0);
      const e1 = v128.load32_splat(a, 4);
      z1 = multiplyAdd(e1, z, z1);
      r1 = multiplyAdd(e1, r, r1);
      g1 = multiplyAdd(e1, g, g1);
      row += 64;
      candidate += 64;
    }
    const c = gradientPtr + 3 * gateBytes * <usize>column + (<usize>group << 4);
    addGates(c, gateBytes, lanes, z0, r0, g0);
    if (column + 1 < columns) addGates(c + 3 * gateBytes, gateBytes, lanes, z1, r1, g1);
  }
}

// @ts-ignore: decorator
@inline
function addGates(ptr: usize, gateBytes: usize, lanes: i32, z: v128, r: v128, g: v128): void {
  addLanes(ptr, lanes, z);
  addLanes(ptr + gateBytes, lanes, r);
  addLanes(ptr + 2 * gateBytes, lanes, g);
}

/** db of four units; with resetAfter the state's bias has a row of its own. */
function addBias(d: GruDescriptor, group: i32, first: i32, rows: i32): void {
  let z = f32x4.splat(0), r = z, g = z, recurrent = z;
  let dz = dzBlock(d, group, first);
  const end = dz + (<usize>rows << 6);
  for (; dz < end; dz += 64) {
    z = f32x4.add(z, v128.load(dz));
    r = f32x4.add(r, v128.load(dz, 16));
    g = f32x4.add(g, v128.load(dz, INPUT_CANDIDATE));
    recurrent = f32x4.add(recurrent, v128.load(dz, RECURRENT_CANDIDATE));
  }
  const lanes = min(4, d.units - 4 * group);
  const gateBytes = <usize>d.units << 2;
  const bias = d.dBias + (<usize>group << 4);
  addGates(bias, gateBytes, lanes, z, r, g);
  if (d.resetAfter) addGates(bias + 3 * gateBytes, gateBytes, lanes, z, r, recurrent);
}
