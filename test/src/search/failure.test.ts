import { describe, expect, it } from "vitest";
import { ConfigError, DataError, GateflowError, ShapeError } from "../../../src/errors.js";
import { errorOf, failureOf, failureText, readFailure } from "../../../src/search/failure.js";

describe("an error that travels", () => {
  it("comes back of its own class, with its code, as an object and as text", () => {
    for (const error of [
      new DataError("no values: at all", { code: "missing_values" }),
      new ShapeError("a\nb"),
      new ConfigError("`x` is 1."),
    ])
      for (const again of [errorOf(failureOf(error)), errorOf(readFailure(failureText(failureOf(error))))]) {
        expect(again).toBeInstanceOf(error.constructor);
        expect([again.name, again.message, again.code]).toEqual([error.name, error.message, error.code]);
      }
  });

  it("of a class of another's, or what is no error, is one of ours with the same message", () => {
    for (const thrown of [new RangeError("too far"), "too far"])
      expect(errorOf(failureOf(thrown))).toEqual(new GateflowError("too far"));
    // What another version or BullMQ itself wrote.
    for (const text of ["job stalled more than allowable limit", "TypeError: x", "toStringError: y"])
      expect(errorOf(readFailure(text))).toEqual(new GateflowError(text));
  });
});
