import { describe, expect, it } from "vitest";
import { drawHealthyData, healthyData } from "../../../bench/faults/healthy-data.js";
import { examine } from "../../../src/index.js";

describe("examine says nothing of data with nothing wrong", () => {
  it.each(Object.keys(healthyData))("%s", (name) => {
    for (const seed of [21, 22]) expect(examine(drawHealthyData(name, seed)), `seed ${seed}`).toEqual([]);
  });
});
