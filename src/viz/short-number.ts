import { format } from "d3-format";

const threeDigits = format(".3~r");
const oneExponent = format(".1~e");

/** A number as short as it can be read: 0.25, 1e-5, 12000. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "-∞";
  const size = Math.abs(value);
  const text = size !== 0 && (size >= 1e5 || size < 1e-3) ? oneExponent(value) : threeDigits(value);
  // d3 writes the minus of typography, which programs do not read; a zero has no sign.
  return text.replaceAll("\u2212", "-").replace("e+", "e").replace(/^-0$/, "0");
}
