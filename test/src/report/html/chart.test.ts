import { describe, expect, it } from "vitest";
import { drawChart } from "../../../../src/report/html/chart.js";

describe("a chart", () => {
  it.each(["constructor", "__proto__", "hasOwnProperty", "toString"])(
    "is drawn of a column that is called %s",
    async (name) => {
      const points = [1, 2, 3].map((x) => ({ x, y: x * x }));
      const lines = [
        { name, points },
        { name: "naive", points },
      ];
      const svg = await drawChart(
        { x: { title: name }, y: { title: name }, lines },
        { width: 300, height: 200 },
      );
      expect(svg.match(new RegExp(name, "g"))!.length).toBeGreaterThanOrEqual(3);
    },
  );
});
