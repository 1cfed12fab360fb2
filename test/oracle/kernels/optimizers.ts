/** assembly/optim/'s steps in float64, one weight at a time, in the form of Keras 3. */

/** A weight and its slots before or after a step. */
export type Slots = Readonly<Record<string, number>>;
export type Step = (state: Slots, g: number) => Record<string, number>;

export const sgd =
  (lr: number): Step =>
  ({ w }, g) => ({ w: w! - lr * g });

export const sgdMomentum =
  (lr: number, momentum: number, nesterov: boolean): Step =>
  ({ w, m }, g) => {
    const next = momentum * m! - lr * g;
    return { w: w! + (nesterov ? momentum * next - lr * g : next), m: next };
  };

export const adam =
  (alpha: number, beta1: number, beta2: number, epsilon: number): Step =>
  ({ w, m, v }, g) => {
    const moment = beta1 * m! + (1 - beta1) * g;
    const velocity = beta2 * v! + (1 - beta2) * g * g;
    return { w: w! - (alpha * moment) / (Math.sqrt(velocity) + epsilon), m: moment, v: velocity };
  };

export const amsgrad =
  (alpha: number, beta1: number, beta2: number, epsilon: number): Step =>
  ({ w, m, v, vhat }, g) => {
    const moment = beta1 * m! + (1 - beta1) * g;
    const velocity = beta2 * v! + (1 - beta2) * g * g;
    const largest = Math.max(vhat!, velocity);
    return {
      w: w! - (alpha * moment) / (Math.sqrt(largest) + epsilon),
      m: moment,
      v: velocity,
      vhat: largest,
    };
  };

/** Keras's momentum schedule u_t = β₁ (1 - 0.96^t / 2), at step t, after the product U_{t-1} of the ones before. */
export function nadamScales(t: number, productBefore: number, beta1: number, beta2: number) {
  const u = beta1 * (1 - 0.5 * 0.96 ** t);
  const uNext = beta1 * (1 - 0.5 * 0.96 ** (t + 1));
  const product = productBefore * u;
  return {
    product,
    momentScale: uNext / (1 - product * uNext),
    gradientScale: (1 - u) / (1 - product),
    velocityScale: 1 / (1 - beta2 ** t),
  };
}

export const nadam =
  (
    lr: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    momentScale: number,
    gradientScale: number,
    velocityScale: number,
  ): Step =>
  ({ w, m, v }, g) => {
    const moment = beta1 * m! + (1 - beta1) * g;
    const velocity = beta2 * v! + (1 - beta2) * g * g;
    const corrected = momentScale * moment + gradientScale * g;
    return {
      w: w! - (lr * corrected) / (Math.sqrt(velocity * velocityScale) + epsilon),
      m: moment,
      v: velocity,
    };
  };

export const rmsprop =
  (lr: number, rho: number, momentum: number, epsilon: number): Step =>
  ({ w, v, m, mean }, g) => {
    const velocity = rho * v! + (1 - rho) * g * g;
    const next: Record<string, number> = { w: w!, v: velocity };
    let denominator = velocity + epsilon;
    if (mean !== undefined) {
      next.mean = rho * mean + (1 - rho) * g;
      denominator -= next.mean ** 2;
    }
    let step = (lr * g) / Math.sqrt(denominator);
    if (m !== undefined) {
      step += momentum * m;
      next.m = step;
    }
    next.w = w! - step;
    return next;
  };

export const adagrad =
  (lr: number, epsilon: number): Step =>
  ({ w, v }, g) => {
    const sum = v! + g * g;
    return { w: w! - (lr * g) / Math.sqrt(sum + epsilon), v: sum };
  };

export const lion =
  (lr: number, beta1: number, beta2: number): Step =>
  ({ w, m }, g) => ({
    w: w! - lr * Math.sign(beta1 * m! + (1 - beta1) * g),
    m: beta2 * m! + (1 - beta2) * g,
  });

/** v: squares of gradients; d: squares of steps. */
export const adadelta =
  (lr: number, rho: number, epsilon: number): Step =>
  ({ w, v, d }, g) => {
    const velocity = rho * v! + (1 - rho) * g * g;
    const step = (Math.sqrt(d! + epsilon) / Math.sqrt(velocity + epsilon)) * g;
    return { w: w! - lr * step, v: velocity, d: rho * d! + (1 - rho) * step * step };
  };

export const adamax =
  (alpha: number, beta1: number, beta2: number, epsilon: number): Step =>
  ({ w, m, v }, g) => {
    const moment = beta1 * m! + (1 - beta1) * g;
    const largest = Math.max(beta2 * v!, Math.abs(g));
    return { w: w! - (alpha * moment) / (largest + epsilon), m: moment, v: largest };
  };
