import { readFileSync } from "node:fs";
import { expect } from "vitest";
import type { Tensor } from "../../../src/tensor.js";

const folder = new URL("../../golden/formats/", import.meta.url);

/** A file that another tool wrote; test/golden/formats.py says which. */
export const goldenFile = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, folder)));

export interface Figures {
  readonly input: readonly number[];
  readonly output: readonly number[];
  readonly values: readonly number[];
  readonly indices?: readonly number[];
}

const figures = JSON.parse(readFileSync(new URL("figures.json", folder), "utf8"));

/** What the tool computed with the model in the file. */
export const figuresOf = <Kind = Figures>(name: string): Kind => figures[name] as Kind;

/** The input the figures belong to: indices, or 0.5 + 0.45 sin(0.7 k + 0.3). */
export function inputOf({ input, indices }: Figures): Tensor {
  const size = input.reduce((a, b) => a * b, 1);
  const wave = (k: number): number => 0.5 + 0.45 * Math.sin(0.7 * k + 0.3);
  return { shape: input, data: Float32Array.from({ length: size }, (_, k) => indices?.[k] ?? wave(k)) };
}

/** @throws AssertionError unless the tensor is what the tool computed, to 1e-5 · (1 + |value|). */
export function expectFigures({ shape, data }: Tensor, expected: Figures): void {
  expect(shape).toEqual(expected.output);
  expected.values.forEach((value, i) => {
    expect(Math.abs(data[i]! - value), `value ${i}: ${data[i]} for ${value}`).toBeLessThanOrEqual(
      1e-5 * (1 + Math.abs(value)),
    );
  });
}
