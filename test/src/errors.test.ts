import { describe, expect, it } from "vitest";
import { told } from "../../src/errors.js";
import { ConfigError, lstm } from "../../src/index.js";

const circle: Record<string, unknown> = {};
circle.self = circle;

describe("told", () => {
  it.each([
    ["text", '"text"'],
    [3, "3"],
    [Number.NaN, "NaN"],
    [null, "null"],
    [undefined, "undefined"],
    [[1, "a"], '[1,"a"]'],
    [3n, "3"],
    [Symbol("x"), "Symbol(x)"],
    [circle, "object"],
    [Object.create(null), "{}"],
    [{ toJSON: () => undefined }, "object"],
  ])("%# is a text", (value, text) => {
    expect(told(value)).toBe(text);
  });

  it("ends a long text", () => {
    expect(told("x".repeat(1e6)).length).toBeLessThan(200);
  });

  it("lets options refuse what has no text", () => {
    for (const activation of [circle, 3n, Object.create(null), Symbol("relu"), new Proxy({}, {})]) {
      expect(() => lstm({ units: 2, activation: activation as never })).toThrow(ConfigError);
      expect(() => lstm({ units: activation as never })).toThrow(ConfigError);
      expect(() => lstm({ units: 2, useBias: activation as never })).toThrow(ConfigError);
    }
  });
});
