/**
 * Packing of Keras's weights for the GRU kernels, once an update.
 */

const GATES: i32 = 3;

/**
 * gruPackKernel: W [F, 3H] and R [H, 3H] (gates z, r, h side by side) into panels that interleave the gates of four
 * units, [G][F + H][12], and the biases into the four vectors where a row starts, [G][16].
 *
 *     panel of a group:  | W_z W_r W_h |  F rows        start:  | b_z + b'_z | b_r + b'_r | b_h | b'_h |
 *                        | R_z R_r R_h |  H rows
 *
 * Without resetAfter there is one bias, the last vector is 0, and R_h is 0 here: it comes in after the reset gate, in
 * plain panels of its own (packColumns).
 *
 * Shapes   kernel [F, 3H], recurrent [H, 3H], bias [2, 3H], without resetAfter [3H], or 0
 * Writes   panels, panelBias (=); padding is zero
 * Oracle   test/assembly/gru/gru.test.ts
 */
export function gruPackKernel(
  kernelPtr: usize,
  recurrentPtr: usize,
  biasPtr: usize,
  panelsPtr: usize,
  panelBiasPtr: usize,
  features: i32,
  units: i32,
  resetAfter: i32,
): void {
  const gateBytes = <usize>units << 2;
  const rowBytes: usize = 3 * gateBytes;
  let panel = panelsPtr;
  for (let unit = 0; unit < units; unit += 4) {
    const lanes = min(4, units - unit);
    const offset = <usize>unit << 2;
    for (let k = 0; k < features; k++) {
      for (let gate = 0; gate < GATES; gate++) {
        copyLanes(kernelPtr + <usize>k * rowBytes + <usize>gate * gateBytes + offset, panel, lanes);
        panel += 16;
      }
    }
    for (let k = 0; k < units; k++) {
      for (let gate = 0; gate < GATES; gate++) {
        const here = gate < 2 || resetAfter ? lanes : 0;
        copyLanes(recurrentPtr + <usize>k * rowBytes + <usize>gate * gateBytes + offset, panel, here);
        panel += 16;
      }
    }
    memory.fill(panelBiasPtr, 0, 64);
    if (biasPtr) {
      for (let gate = 0; gate < GATES; gate++) {
        copyLanes(biasPtr + <usize>gate * gateBytes + offset, panelBiasPtr + (<usize>gate << 4), lanes);
      }
      if (resetAfter) addRecurrentBias(biasPtr + rowBytes + offset, panelBiasPtr, gateBytes, lanes);
    }
    panelBiasPtr += 64;
  }
}

/** The state's bias joins the input's in z and r; the candidate's stays by itself, in the fourth vector. */
function addRecurrentBias(source: usize, start: usize, gateBytes: usize, lanes: i32): void {
  for (let lane = 0; lane < lanes; lane++) {
    const at = <usize>lane << 2;
    const z = start + at;
    store<f32>(z, load<f32>(z) + load<f32>(source + at));
    store<f32>(z, load<f32>(z, 16) + load<f32>(source + gateBytes + at), 16);
    store<f32>(z, load<f32>(source + 2 * gateBytes + at), 48);
  }
}

// @ts-ignore: decorator
@inline
function copyLanes(source: usize, target: usize, lanes: i32): void {
  if (lanes == 4) {
    v128.store(target, v128.load(source));
    return;
  }
  v128.store(target, f32x4.splat(0));
  memory.copy(target, source, <usize>lanes << 2);
}

/**
 * gruPackTransposed: the transpose of the first `gates` gates (3, or 2 for z and r alone) of a matrix [rows, 3H], for
 * the products with dz: panels of 16 of its rows, depth-major in the order of a row of dz: [⌈rows/16⌉][gates Hp][16].
 *
 * Shapes   matrix [rows, 3H]; panels [⌈rows/16⌉][gates Hp][16]
 * Writes   panels (=); padding is zero
 * Oracle   test/assembly/gru/gru.test.ts
 */
export function gruPackTransposed(matrixPtr: usize, panelsPtr: usize, rows: i32, units: i32, gates: i32): void {
  const groups = (units + 3) >> 2;
  const panelBytes = <usize>(groups * gates) << 8;
  let panel = panelsPtr;
  for (let first = 0; first < rows; first += 16) {
    const width = min(16, rows - first);
    if (width < 16 || (units & 3) != 0) memory.fill(panel, 0, panelBytes);
    for (let column = 0; column < width; column++) {
      let target = panel + (<usize>column << 2);
      for (let unit = 0; unit < units; unit += 4) {
        for (let gate = 0; gate < gates; gate++) {
          const source = matrixPtr + (<usize>((first + column) * GATES * units + gate * units + unit) << 2);
          const lanes = min(4, units - unit);
          for (let lane = 0; lane < lanes; lane++) {
            store<f32>(target + (<usize>lane << 6), load<f32>(source + (<usize>lane << 2)));
          }
          target += 256;
        }
      }
    }
    panel += panelBytes;
  }
}
