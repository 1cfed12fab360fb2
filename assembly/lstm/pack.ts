/**
 * Packing of Keras's weights for the LSTM kernels, once an update.
 */

/**
 * lstmPackKernel: W [F, 4H] and R [H, 4H] (gates i, f, c, o side by side) into panels that interleave the gates of
 * four units: [G][F + H][16], units beyond H as zeros.
 *
 * Shapes   kernel [F, 4H], recurrent [H, 4H], bias [4H] or 0; panels [G][F + H][16]; panelBias [G][16]
 * Writes   panels, panelBias (=)
 * Oracle   test/assembly/lstm/pack.test.ts
 */
export function lstmPackKernel(
  kernelPtr: usize,
  recurrentPtr: usize,
  biasPtr: usize,
  panelsPtr: usize,
  panelBiasPtr: usize,
  features: i32,
  units: i32,
): void {
  lstmPackProjected(kernelPtr, recurrentPtr, biasPtr, panelsPtr, panelBiasPtr, features, units, units);
}

/** lstmPackProjected: lstmPackKernel for R [width, 4H], where a projection has made h that wide: [G][F + width][16]. */
export function lstmPackProjected(
  kernelPtr: usize,
  recurrentPtr: usize,
  biasPtr: usize,
  panelsPtr: usize,
  panelBiasPtr: usize,
  features: i32,
  units: i32,
  width: i32,
): void {
  let panel = panelsPtr;
  const rowBytes = <usize>units << 4;
  for (let unit = 0; unit < units; unit += 4) {
    const lanes = min(4, units - unit);
    const offset = <usize>unit << 2;
    for (let k = 0; k < features; k++) {
      interleaveGates(kernelPtr + <usize>k * rowBytes + offset, panel, units, lanes);
      panel += 64;
    }
    for (let k = 0; k < width; k++) {
      interleaveGates(recurrentPtr + <usize>k * rowBytes + offset, panel, units, lanes);
      panel += 64;
    }
    if (biasPtr) interleaveGates(biasPtr + offset, panelBiasPtr, units, lanes);
    else memory.fill(panelBiasPtr, 0, 64);
    panelBiasPtr += 64;
  }
}

/** Four lanes of each gate, side by side: [i i i i | f f f f | c c c c | o o o o]. */
// @ts-ignore: decorator
@inline
function interleaveGates(source: usize, target: usize, units: i32, lanes: i32): void {
  const gateBytes = <usize>units << 2;
  if (lanes == 4) {
    v128.store(target, v128.load(source));
    v128.store(target, v128.load(source + gateBytes), 16);
    v128.store(target, v128.load(source + 2 * gateBytes), 32);
    v128.store(target, v128.load(source + 3 * gateBytes), 48);
    return;
  }
  memory.fill(target, 0, 64);
  for (let gate = 0; gate < 4; gate++) {
    for (let lane = 0; lane < lanes; lane++) {
      store<f32>(target + (<usize>(4 * gate + lane) << 2), load<f32>(source + <usize>gate * gateBytes + (<usize>lane << 2)));
    }
  }
}

/**
 * lstmPackTransposed: the transpose of a gate matrix [rows, 4H] for the products dz Rᵀ and dz Wᵀ: panels of 16 of its
 * rows, depth-major in the order in which a row of dz holds the gates: [⌈rows/16⌉][4Hp][16]. Padding is zero.
 *
 * Shapes   matrix [rows, 4H]; panels [⌈rows/16⌉][4Hp][16]
 * Writes   panels (=)
 * Oracle   test/assembly/lstm/pack.test.ts
 */
export function lstmPackTransposed(matrixPtr: usize, panelsPtr: usize, rows: i32, units: i32): void {
  const groups = (units + 3) >> 2;
  const depth = groups << 4;
  let panel = panelsPtr;
  for (let first = 0; first < rows; first += 16) {
    const width = min(16, rows - first);
    if (width < 16 || (units & 3) != 0) memory.fill(panel, 0, <usize>depth << 6);
    for (let column = 0; column < width; column++) {
      const row = matrixPtr + (<usize>((first + column) * units) << 4);
      for (let group = 0; group < groups; group++) {
        const lanes = min(4, units - 4 * group);
        for (let gate = 0; gate < 4; gate++) {
          let source = row + (<usize>(gate * units + 4 * group) << 2);
          let target = panel + (<usize>(16 * group + 4 * gate) << 6) + (<usize>column << 2);
          for (let lane = 0; lane < lanes; lane++) {
            store<f32>(target, load<f32>(source));
            source += 4;
            target += 64;
          }
        }
      }
    }
    panel += <usize>depth << 6;
  }
}
