import { loadUpTo4, storeUpTo4 } from "../simd/lanes";

/** a += (b - a) rate, the form Keras gives to moving averages. */
// @ts-ignore: decorator
@inline
function toward4(a: v128, b: v128, rate: v128): v128 {
  return f32x4.add(a, f32x4.mul(f32x4.sub(b, a), rate));
}

/** Four weights, or the last `left` of them; a `vhatPtr` of 0 is Adam, else AMSGrad. */
// @ts-ignore: decorator
@inline
function adam4(
  at: usize,
  left: i32,
  wPtr: usize,
  gPtr: usize,
  mPtr: usize,
  vPtr: usize,
  vhatPtr: usize,
  alpha: v128,
  rate1: v128,
  rate2: v128,
  epsilon: v128,
): void {
  const g = loadUpTo4(gPtr + at, left);
  const m = toward4(loadUpTo4(mPtr + at, left), g, rate1);
  const v = toward4(loadUpTo4(vPtr + at, left), f32x4.mul(g, g), rate2);
  storeUpTo4(mPtr + at, m, left);
  storeUpTo4(vPtr + at, v, left);
  let spread = v;
  if (vhatPtr != 0) {
    spread = f32x4.max(loadUpTo4(vhatPtr + at, left), v);
    storeUpTo4(vhatPtr + at, spread, left);
  }
  const step = f32x4.div(f32x4.mul(m, alpha), f32x4.add(f32x4.sqrt(spread), epsilon));
  storeUpTo4(wPtr + at, f32x4.sub(loadUpTo4(wPtr + at, left), step), left);
}

/**
 * adamStep: Adam (Kingma & Ba 2015), with epsilon outside of the bias correction as in Keras.
 *  Math     MATH.md (60): m += (g - m)(1 - β₁), v += (g² - v)(1 - β₂), w -= α m / (√v + ε); the caller gives
 *           α = lr √(1 - β₂^t) / (1 - β₁^t), in float64
 *  Shapes   w, g, m, v [n]
 *  Writes   w, m, v (=, in place)
 *  Alias    none; any n >= 0; no alignment needed
 *  Error    m, v: <= 3 eps of the sizes of their terms; w: <= 1 ULP and 5 eps of the step; NaN for NaN
 *  Cost     28 bytes, 11 flops with a square root and a division a float: bound by memory, by the division in cache
 *  Oracle   test/oracle/kernels/optimizers.ts
 */
export function adamStep(
  wPtr: usize,
  gPtr: usize,
  mPtr: usize,
  vPtr: usize,
  n: i32,
  alpha: f64,
  beta1: f64,
  beta2: f64,
  epsilon: f64,
): void {
  assert(n >= 0);
  const step = f32x4.splat(<f32>alpha);
  const rate1 = f32x4.splat(<f32>(1 - beta1));
  const rate2 = f32x4.splat(<f32>(1 - beta2));
  const guard = f32x4.splat(<f32>epsilon);
  const whole = n & ~3;
  for (let i = 0; i < whole; i += 4) {
    adam4((<usize>i) << 2, 4, wPtr, gPtr, mPtr, vPtr, 0, step, rate1, rate2, guard);
  }
  if (whole < n) adam4((<usize>whole) << 2, n - whole, wPtr, gPtr, mPtr, vPtr, 0, step, rate1, rate2, guard);
}

/**
 * adamAmsgradStep: Adam whose v never falls (Reddi, Kale & Kumar 2018).
 *  Math     as adamStep, with v̂ = max(v̂, v) in place of v in the step
 *  Shapes   w, g, m, v, vhat [n]
 *  Writes   w, m, v, vhat (=, in place)
 *  Alias    none; any n >= 0; no alignment needed
 *  Error    as adamStep
 *  Cost     36 bytes, 12 flops a float
 *  Oracle   test/oracle/kernels/optimizers.ts
 */
export function adamAmsgradStep(
  wPtr: usize,
  gPtr: usize,
  mPtr: usize,
  vPtr: usize,
  vhatPtr: usize,
  n: i32,
  alpha: f64,
  beta1: f64,
  beta2: f64,
  epsilon: f64,
): void {
  assert(n >= 0);
  const step = f32x4.splat(<f32>alpha);
  const rate1 = f32x4.splat(<f32>(1 - beta1));
  const rate2 = f32x4.splat(<f32>(1 - beta2));
  const guard = f32x4.splat(<f32>epsilon);
  for (let i = 0; i < n; i += 4) {
    adam4((<usize>i) << 2, n - i, wPtr, gPtr, mPtr, vPtr, vhatPtr, step, rate1, rate2, guard);
  }
}

/**
 * nadamStep: Adam with Nesterov momentum (Dozat 2016), in Keras's form.
 *  Math     m, v as adamStep;  w -= lr (a m + b g) / (√(c v) + ε); the caller gives, with u_t = β₁ (1 - 0.96^t / 2) and
 *           U_t = u_1 … u_t, a = u_{t+1} / (1 - U_{t+1}), b = (1 - u_t) / (1 - U_t), c = 1 / (1 - β₂^t)
 *  Shapes   w, g, m, v [n]
 *  Writes   w, m, v (=, in place)
 *  Alias    none; any n >= 0; no alignment needed
 *  Error    as adamStep, the step's error against the sizes of its two terms
 *  Cost     28 bytes, 15 flops a float
 *  Oracle   test/oracle/kernels/optimizers.ts
 */
export function nadamStep(
  wPtr: usize,
  gPtr: usize,
  mPtr: usize,
  vPtr: usize,
  n: i32,
  learningRate: f64,
  beta1: f64,
  beta2: f64,
  epsilon: f64,
  momentScale: f64,
  gradientScale: f64,
  velocityScale: f64,
): void {
  assert(n >= 0);
  const rate1 = f32x4.splat(<f32>(1 - beta1));
  const rate2 = f32x4.splat(<f32>(1 - beta2));
  const guard = f32x4.splat(<f32>epsilon);
  const a = f32x4.splat(<f32>(learningRate * momentScale));
  const b = f32x4.splat(<f32>(learningRate * gradientScale));
  const c = f32x4.splat(<f32>velocityScale);
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const left = n - i;
    const g = loadUpTo4(gPtr + at, left);
    const m = toward4(loadUpTo4(mPtr + at, left), g, rate1);
    const v = toward4(loadUpTo4(vPtr + at, left), f32x4.mul(g, g), rate2);
    storeUpTo4(mPtr + at, m, left);
    storeUpTo4(vPtr + at, v, left);
    const moment = f32x4.add(f32x4.mul(m, a), f32x4.mul(g, b));
    const step = f32x4.div(moment, f32x4.add(f32x4.sqrt(f32x4.mul(v, c)), guard));
    storeUpTo4(wPtr + at, f32x4.sub(loadUpTo4(wPtr + at, left), step), left);
  }
}
