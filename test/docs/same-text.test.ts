import { describe, expect, it } from "vitest";
import { firstDifference } from "./same-text.js";

describe("what a page says is printed, compared with what is", () => {
  it("is the same where the text is, and numbers are within one part in a hundred", () => {
    expect(firstDifference("LSTM  RMSE 0.0072\n", "LSTM RMSE 0.00723")).toBeUndefined();
    expect(firstDifference("a 1,234.5 (b)", "a 1,230 (b)")).toBeUndefined();
  });
  it("is another where a number is further off, a word differs, or a line is missing or too many", () => {
    expect(firstDifference("loss 0.5", "loss 0.6")).toBe("loss 0.6");
    expect(firstDifference("loss -0.5", "loss 0.5")).toBe("loss 0.5");
    expect(firstDifference("loss 0.5", "cost 0.5")).toBe("cost 0.5");
    expect(firstDifference("one", "one\ntwo")).toBe("two");
    expect(firstDifference("one\ntwo", "one")).toContain("two");
    expect(firstDifference("", "one")).toBe("one");
  });
  it("takes any text for …, in a line and for whole lines", () => {
    expect(firstDifference("in 3.4 s, loss 1", "in … s, loss 1")).toBeUndefined();
    expect(firstDifference("a\nb\nc\nd", "a\n…\nd")).toBeUndefined();
    expect(firstDifference("a\nb\nc", "a\n…\nd")).toBe("d");
    expect(firstDifference("a\nb\nc", "a\n…")).toBeUndefined();
  });
});
