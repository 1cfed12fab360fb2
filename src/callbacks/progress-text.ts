const WIDTH = 20;

/** A bar of 20 characters, `fraction` of them full. */
export function bar(fraction: number): string {
  const full = Math.round(Math.min(1, Math.max(0, fraction)) * WIDTH);
  return "━".repeat(full) + "╌".repeat(WIDTH - full);
}

const threeDigits = (x: number): string =>
  x >= 99.95 ? x.toFixed(0) : x >= 9.995 ? x.toFixed(1) : x.toFixed(2);

/** A short time in its natural unit: `350 µs`, `9.60 ms`, `1.25 s`. */
export function duration(ms: number): string {
  if (ms < 1) return `${(ms * 1000).toFixed(0)} µs`;
  return ms < 1000 ? `${threeDigits(ms)} ms` : `${threeDigits(ms / 1000)} s`;
}

/** A time to wait for: `0.8 s`, `42 s`, `3:05`, `2:03:05`. */
export function clock(ms: number): string {
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const two = (x: number): string => String(x).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

/** Four decimals, or a power of ten where these would hide the number. */
export function readable(x: number): string {
  const size = Math.abs(x);
  if (!Number.isFinite(x) || x === 0) return String(x);
  return size >= 1e-3 && size < 1e6 ? x.toFixed(4) : x.toExponential(4);
}
