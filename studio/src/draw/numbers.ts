/** A number as a person reads it: about three digits, powers where there are many zeros. */
export function readable(value: number, digits = 3): string {
  if (Number.isNaN(value)) return "not a number";
  if (!Number.isFinite(value)) return value > 0 ? "infinite" : "minus infinite";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-3) return value.toExponential(digits - 1).replace("e+", "e");
  return String(Number(value.toPrecision(digits)));
}

/** A loss in the status: seven digits. */
export function exact(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "Infinity" : "-Infinity";
  return value !== 0 && Math.abs(value) < 1e-4 ? value.toExponential(6) : value.toPrecision(7);
}

/** Round numbers between two, about so many. */
export function ticksOf(min: number, max: number, count: number): number[] {
  if (!(max > min)) return [min];
  const raw = (max - min) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= raw)!;
  const ticks: number[] = [];
  for (let i = Math.ceil(min / step); i * step <= max + step * 1e-9; i++)
    ticks.push(Number((i * step).toPrecision(12)));
  return ticks;
}

/** Whole powers of ten between two, thinned out to about so many; where there are too few, 2 and 5 times one as well. */
export function decadesOf(min: number, max: number, count: number): number[] {
  const [from, to] = [Math.ceil(Math.log10(min) - 1e-9), Math.floor(Math.log10(max) + 1e-9)];
  const step = Math.max(1, Math.ceil((to - from) / Math.max(1, count)));
  const ticks: number[] = [];
  for (let power = from; power <= to; power += step) ticks.push(10 ** power);
  if (ticks.length > 1) return ticks;
  const between: number[] = [];
  for (let power = from - 1; power <= to; power++)
    for (const factor of [1, 2, 5]) {
      const tick = Number((factor * 10 ** power).toPrecision(1));
      if (tick >= min && tick <= max) between.push(tick);
    }
  // Less than a factor of two apart: round numbers as on any other scale.
  return between.length > 1 ? between : ticksOf(min, max, count).filter((tick) => tick > 0);
}

const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** 10⁻³ for a power of ten, otherwise the number. */
export function powerText(value: number): string {
  const power = Math.log10(value);
  if (!Number.isInteger(Number(power.toFixed(9)))) return readable(value, 2);
  const whole = Math.round(power);
  if (whole >= -2 && whole <= 3) return String(Number(value.toPrecision(1)));
  const digits = String(Math.abs(whole)).replace(/\d/g, (digit) => superscripts[Number(digit)]!);
  return `10${whole < 0 ? "⁻" : ""}${digits}`;
}
