import { describe, expect, it } from "vitest";
import { mulberry32, normalOf, sawtooth } from "../../../../bench/faults/series.js";
import { unexplainedByNeighbours } from "../../../../src/doctor/evidence/nearest-neighbours.js";

const noise = (n: number): Float64Array => {
  const normal = normalOf(mulberry32(6));
  return Float64Array.from({ length: n }, () => normal());
};

describe("forecasts by similar windows", () => {
  it("explain nothing of noise, and cost a fifth for the mean of five", () => {
    // Five independent answers: variance 1 + 1/5; 500 squares have a standard error of 0.08.
    expect(Math.abs(unexplainedByNeighbours(noise(520), 4, 1) - 1.2)).toBeLessThan(0.25);
  });

  it("explain a sawtooth without noise wholly, whose fall no line tells", () => {
    const values = Float64Array.from(sawtooth(300, 1, 11, 0));
    expect(unexplainedByNeighbours(values, 11, 1)).toBeLessThan(1e-20);
    // Its height tells the place without noise; a pulse train's flat stretch does not.
    expect(unexplainedByNeighbours(values, 3, 1)).toBeLessThan(1e-20);
    const pulses = Float64Array.from({ length: 300 }, (_, t) => (t % 11 === 0 ? 1 : 0));
    expect(unexplainedByNeighbours(pulses, 3, 1)).toBeGreaterThan(0.7);
    expect(unexplainedByNeighbours(pulses, 11, 1)).toBe(0);
  });

  it("say nothing of a constant, or of too few values", () => {
    expect(unexplainedByNeighbours(new Float64Array(100).fill(2), 4, 1)).toBe(1);
    expect(unexplainedByNeighbours(noise(12), 4, 1)).toBe(1);
  });
});
