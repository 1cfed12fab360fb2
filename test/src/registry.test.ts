import { describe, expect, it } from "vitest";
import { ConfigError } from "../../src/errors.js";
import { Registry } from "../../src/registry.js";

const circle = (options: { radius?: number }): string => `circle ${options.radius ?? 1}`;
const square = (): string => "square";
const make = () => new Registry<string>("a shape such as circle()", { circle });

describe("a registry", () => {
  it("makes by name with no options, and by name and options", () => {
    expect(make().make("draw()", "shape", "circle")).toBe("circle 1");
    expect(make().make("draw()", "shape", { name: "circle", config: { radius: 3 } })).toBe("circle 3");
    expect(make().make("draw()", "shape", { name: "circle" })).toBe("circle 1");
  });

  it.each([undefined, null, 3, {}, { name: 3 }, []])("makes nothing of %o, which is no name", (value) => {
    expect(make().make("draw()", "shape", value)).toBeUndefined();
  });

  it("says of a name it has not where the others are, until it is complete", () => {
    const shapes = make();
    const ask = (): unknown => shapes.make("draw()", "shape", "squar", ["oval"]);
    expect(ask).toThrow(ConfigError);
    expect(ask).toThrow(
      /Allowed: circle, oval\. gateflow\/core knows no other names\. Give a shape such as circle\(\);/,
    );
    shapes.complete({ square });
    expect(ask).toThrow(/`shape` is "squar"\. Did you mean `square`\? Allowed: circle, square, oval\.$/);
    expect(shapes.make("draw()", "shape", "square")).toBe("square");
  });

  it("tells a factory that was not called from other functions", () => {
    const shapes = make();
    expect([shapes.holds(circle), shapes.holds(square), shapes.holds("circle")]).toEqual([
      true,
      false,
      false,
    ]);
    expect([shapes.has("circle"), shapes.has("square")]).toEqual([true, false]);
  });

  it("refuses with what was given and what may be", () => {
    expect(() => make().refuse("draw()", "`shape`", 3)).toThrow(
      "draw(): `shape` is 3, expected a name (circle), a shape such as circle().",
    );
    expect(() => make().refuse("draw()", "`shape`", 3, [])).toThrow(
      "is 3, expected a shape such as circle().",
    );
  });
});
