import { norm } from "./tensor64.js";

/** At most one of them is given. */
export interface ClipOptions {
  readonly clipnorm?: number;
  readonly globalClipnorm?: number;
  readonly clipvalue?: number;
}

/** Each gradient times c / max(‖g‖, c). */
const byNorm = (gradients: readonly Float64Array[], limit: number): Float64Array[] =>
  gradients.map((gradient) => {
    const larger = Math.max(norm(gradient), limit);
    return gradient.map((g) => (g * limit) / larger);
  });

/** All gradients times c min(1/‖all‖, 1/c); NaN, all of them, when the norm is not finite. */
function byGlobalNorm(gradients: readonly Float64Array[], limit: number): Float64Array[] {
  const total = norm(gradients.map((gradient) => norm(gradient)));
  const scale = Number.isFinite(total) ? limit * Math.min(1 / total, 1 / limit) : Number.NaN;
  return gradients.map((gradient) => gradient.map((g) => g * scale));
}

/** Each element into [-c, c]; NaN stays NaN. */
const byValue = (gradients: readonly Float64Array[], limit: number): Float64Array[] =>
  gradients.map((gradient) => gradient.map((g) => Math.min(Math.max(g, -limit), limit)));

/** Clipped copies, as Keras clips. */
export function clipGradients(gradients: readonly Float64Array[], options: ClipOptions): Float64Array[] {
  if (options.clipnorm) return byNorm(gradients, options.clipnorm);
  if (options.globalClipnorm) return byGlobalNorm(gradients, options.globalClipnorm);
  if (options.clipvalue) return byValue(gradients, options.clipvalue);
  return gradients.map((gradient) => gradient.slice());
}
