import { describe, expect, it } from "vitest";
import { importOnce } from "../../../src/model/import-once.js";

describe("a module loaded importOnce", () => {
  it("is loaded when it is asked for, once, and is at hand without waiting from then on", async () => {
    let loads = 0;
    const module = importOnce(async () => {
      loads += 1;
      return { answer: 42 };
    });
    expect(loads).toBe(0);
    expect(await module()).toEqual({ answer: 42 });
    expect(module()).toEqual({ answer: 42 });
    expect(loads).toBe(1);
  });

  it("is asked for again after it could not be loaded", async () => {
    let loads = 0;
    const module = importOnce(async () => {
      loads += 1;
      if (loads === 1) throw new Error("offline");
      return "there";
    });
    await expect(module()).rejects.toThrow("offline");
    expect(await module()).toBe("there");
  });
});
