type Rgb = readonly [number, number, number];

/** Stops from little to much, dark to light to the eye (after viridis, a little warmer at its end). */
const ramp: readonly Rgb[] = [
  [40, 22, 74],
  [59, 64, 132],
  [44, 113, 142],
  [32, 160, 134],
  [116, 201, 92],
  [253, 222, 60],
];
/** From negative over nothing to positive. */
const below: Rgb = [46, 121, 199];
const above: Rgb = [222, 99, 32];

const mix = (a: Rgb, b: Rgb, share: number): Rgb => [
  a[0] + (b[0] - a[0]) * share,
  a[1] + (b[1] - a[1]) * share,
  a[2] + (b[2] - a[2]) * share,
];

/** Colour of a share of 0 to 1. */
export function sequential(share: number): Rgb {
  const at = Math.max(0, Math.min(1, share)) * (ramp.length - 1);
  const i = Math.min(ramp.length - 2, Math.floor(at));
  return mix(ramp[i]!, ramp[i + 1]!, at - i);
}

/** Colour of -1 to 1 on a ground that is light or dark. */
export function diverging(value: number, isDark: boolean): Rgb {
  const ground: Rgb = isDark ? [32, 36, 44] : [250, 250, 248];
  const share = Math.min(1, Math.abs(value));
  return mix(ground, value < 0 ? below : above, share ** 0.7);
}

export const css = ([r, g, b]: Rgb): string => `rgb(${Math.round(r)} ${Math.round(g)} ${Math.round(b)})`;
