import { loadUpTo4, storeUpTo4 } from "../simd/lanes";

/**
 * rmspropStep: RMSprop (Tieleman & Hinton 2012), with epsilon inside of the root as in Keras.
 *  Math     MATH.md (59): v = ρ v + (1 - ρ) g², d = v + ε; centered: a = ρ a + (1 - ρ) g, d = max(v - a², 0) + ε (the bound against
 *           rounding, where Keras gives NaN);  s = lr g / √d;  w -= s, or with momentum m = μ m + s, w -= m
 *  Shapes   w, g, v [n]; m [n], or 0 for no momentum; mean a [n], or 0 when not centered
 *  Writes   w, v, m, mean (=, in place)
 *  Alias    none; any n >= 0; no alignment needed
 *  Error    <= 1 ULP of w and 6 eps of the step (centered: cancellation in v - a² comes on top); NaN for NaN
 *  Cost     20 to 36 bytes, 9 to 16 flops with a square root and a division a float
 *  Oracle   test/oracle/kernels/optimizers.ts
 */
export function rmspropStep(
  wPtr: usize,
  gPtr: usize,
  vPtr: usize,
  mPtr: usize,
  meanPtr: usize,
  n: i32,
  learningRate: f64,
  rho: f64,
  momentum: f64,
  epsilon: f64,
): void {
  assert(n >= 0);
  const rate = f32x4.splat(<f32>learningRate);
  const keep = f32x4.splat(<f32>rho);
  const take = f32x4.splat(<f32>(1 - rho));
  const mu = f32x4.splat(<f32>momentum);
  const guard = f32x4.splat(<f32>epsilon);
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const left = n - i;
    const g = loadUpTo4(gPtr + at, left);
    const square = f32x4.mul(f32x4.mul(g, g), take);
    const v = f32x4.add(f32x4.mul(loadUpTo4(vPtr + at, left), keep), square);
    storeUpTo4(vPtr + at, v, left);
    let spread = v;
    if (meanPtr != 0) {
      const mean = f32x4.add(f32x4.mul(loadUpTo4(meanPtr + at, left), keep), f32x4.mul(g, take));
      storeUpTo4(meanPtr + at, mean, left);
      // pmax returns its first argument when it is NaN.
      spread = f32x4.pmax(f32x4.sub(v, f32x4.mul(mean, mean)), f32x4.splat(0));
    }
    let step = f32x4.div(f32x4.mul(g, rate), f32x4.sqrt(f32x4.add(spread, guard)));
    if (mPtr != 0) {
      step = f32x4.add(f32x4.mul(loadUpTo4(mPtr + at, left), mu), step);
      storeUpTo4(mPtr + at, step, left);
    }
    storeUpTo4(wPtr + at, f32x4.sub(loadUpTo4(wPtr + at, left), step), left);
  }
}

/**
 * adagradStep: Adagrad (Duchi, Hazan & Singer 2011), with epsilon inside of the root as in Keras.
 *  Math     v += g²;  w -= lr g / √(v + ε)
 *  Shapes   w, g, v [n]
 *  Writes   v (+=), w (=, in place)
 *  Alias    none; any n >= 0; no alignment needed
 *  Error    <= 1 ULP of w and 5 eps of the step; NaN for NaN
 *  Cost     20 bytes, 7 flops with a square root and a division a float
 *  Oracle   test/oracle/kernels/optimizers.ts
 */
export function adagradStep(
  wPtr: usize,
  gPtr: usize,
  vPtr: usize,
  n: i32,
  learningRate: f64,
  epsilon: f64,
): void {
  assert(n >= 0);
  const rate = f32x4.splat(<f32>learningRate);
  const guard = f32x4.splat(<f32>epsilon);
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const left = n - i;
    const g = loadUpTo4(gPtr + at, left);
    const v = f32x4.add(loadUpTo4(vPtr + at, left), f32x4.mul(g, g));
    storeUpTo4(vPtr + at, v, left);
    const step = f32x4.div(f32x4.mul(g, rate), f32x4.sqrt(f32x4.add(v, guard)));
    storeUpTo4(wPtr + at, f32x4.sub(loadUpTo4(wPtr + at, left), step), left);
  }
}

/**
 * adadeltaStep: Adadelta (Zeiler 2012), with epsilon inside of both roots.
 *  Math     v = ρ v + (1 - ρ) g²;  s = √(d + ε) / √(v + ε) g;  d = ρ d + (1 - ρ) s²;  w -= lr s
 *  Shapes   w, g, v (squares of gradients), d (squares of steps) [n]
 *  Writes   w, v, d (=, in place)
 *  Alias    none; any n >= 0; no alignment needed
 *  Error    <= 1 ULP of w and 8 eps of the step; NaN for NaN
 *  Cost     28 bytes, 14 flops with two square roots and a division a float
 *  Oracle   test/oracle/kernels/optimizers.ts
 */
export function adadeltaStep(
  wPtr: usize,
  gPtr: usize,
  vPtr: usize,
  dPtr: usize,
  n: i32,
  learningRate: f64,
  rho: f64,
  epsilon: f64,
): void {
  assert(n >= 0);
  const rate = f32x4.splat(<f32>learningRate);
  const keep = f32x4.splat(<f32>rho);
  const take = f32x4.splat(<f32>(1 - rho));
  const guard = f32x4.splat(<f32>epsilon);
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const left = n - i;
    const g = loadUpTo4(gPtr + at, left);
    const v = f32x4.add(f32x4.mul(loadUpTo4(vPtr + at, left), keep), f32x4.mul(f32x4.mul(g, g), take));
    storeUpTo4(vPtr + at, v, left);
    const d = loadUpTo4(dPtr + at, left);
    const ratio = f32x4.div(f32x4.sqrt(f32x4.add(d, guard)), f32x4.sqrt(f32x4.add(v, guard)));
    const step = f32x4.mul(ratio, g);
    storeUpTo4(dPtr + at, f32x4.add(f32x4.mul(d, keep), f32x4.mul(f32x4.mul(step, step), take)), left);
    storeUpTo4(wPtr + at, f32x4.sub(loadUpTo4(wPtr + at, left), f32x4.mul(step, rate)), left);
  }
}

/**
 * adamaxStep: AdaMax (Kingma & Ba 2015, section 7.1), Adam with the largest gradient for its spread.
 *  Math     m += (g - m)(1 - β₁), u = max(β₂ u, |g|), w -= α m / (u + ε); the caller gives α = lr / (1 - β₁^t)
 *  Shapes   w, g, m, u [n]
 *  Writes   w, m, u (=, in place)
 *  Alias    none; any n >= 0; no alignment needed
 *  Error    <= 1 ULP of w and 5 eps of the step; NaN for NaN
 *  Cost     28 bytes, 9 flops with a division a float
 *  Oracle   test/oracle/kernels/optimizers.ts
 */
export function adamaxStep(
  wPtr: usize,
  gPtr: usize,
  mPtr: usize,
  uPtr: usize,
  n: i32,
  alpha: f64,
  beta1: f64,
  beta2: f64,
  epsilon: f64,
): void {
  assert(n >= 0);
  const size = f32x4.splat(<f32>alpha);
  const take = f32x4.splat(<f32>(1 - beta1));
  const keep = f32x4.splat(<f32>beta2);
  const guard = f32x4.splat(<f32>epsilon);
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const left = n - i;
    const g = loadUpTo4(gPtr + at, left);
    const m0 = loadUpTo4(mPtr + at, left);
    const m = f32x4.add(m0, f32x4.mul(f32x4.sub(g, m0), take));
    const u = f32x4.max(f32x4.mul(loadUpTo4(uPtr + at, left), keep), f32x4.abs(g));
    storeUpTo4(mPtr + at, m, left);
    storeUpTo4(uPtr + at, u, left);
    const step = f32x4.div(f32x4.mul(m, size), f32x4.add(u, guard));
    storeUpTo4(wPtr + at, f32x4.sub(loadUpTo4(wPtr + at, left), step), left);
  }
}
