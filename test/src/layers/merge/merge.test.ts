import { describe, expect, it } from "vitest";
import {
  add,
  average,
  concatenate,
  dot,
  maximum,
  minimum,
  multiply,
  subtract,
  type Tensor,
} from "../../../../src/index.js";
import { layerFromConfig } from "../../../../src/layers/from-config.js";
import * as several from "../../../oracle/layers/several.js";
import { errorOf, values } from "../../model/support.js";
import { applyStage } from "../apply-stage.js";
import { expectTwin } from "../several-agreement.js";

const of = (...shapes: readonly number[][]): Tensor[] => shapes.map((shape, i) => values(shape, 10 + i));
const combiners = { add, subtract, multiply, average, maximum, minimum };

describe.each(Object.entries(combiners))("%s", (kind, make) => {
  const pairs: readonly Tensor[][] = [
    of([3, 5], [3, 5]),
    of([2, 4, 5], [2, 4, 5]),
    of([2, 4, 5], [2, 4, 1]),
    of([2, 1, 5], [2, 4, 5]),
    of([2, 4, 5], [2, 5]),
    of([2, 5], [2, 4, 5]),
    of([2, 4, 1], [2, 1, 6]),
  ];
  const more = kind === "subtract" ? [] : [of([2, 4, 5], [2, 4, 5], [2, 4, 5]), of([2, 4, 5])];

  it.each([...pairs, ...more])("computes and carries gradients as the oracle does, %#", async (...inputs) => {
    await expectTwin(
      () => make(),
      { inputs },
      (all) => several.combine(kind as "add", all),
    );
  });

  it("writes no gradient where none is wanted", async () => {
    const inputs = of([2, 4, 5], [2, 4, 5]);
    const twin = (all: Parameters<typeof several.combine>[1]) => several.combine(kind as "add", all);
    for (const wanted of [
      [true, false],
      [false, true],
    ]) {
      await expectTwin(() => make(), { inputs, wanted }, twin);
    }
  });

  it("has a mask where every input has one: a step counts where it counts in any", async () => {
    const inputs = of([2, 3, 4], [2, 3, 4]);
    const masks = [
      [1, 0, 0, 1, 1, 0],
      [1, 1, 0, 0, 1, 0],
    ];
    const slopes = (shape: readonly number[]): Tensor => values(shape, 3);
    const both = await applyStage(make(), { inputs, masks }, slopes);
    expect(both.mask).toEqual([1, 1, 0, 1, 1, 0]);
    expect((await applyStage(make(), { inputs, masks: [masks[0]!, null] }, slopes)).mask).toBe(null);
    const [a, b] = inputs.map(({ data }) => data);
    const at = (row: number, k: number, from = both.output.data): number => from[row * 4 + k]!;
    for (let row = 0; row < 6; row++) {
      const [one, other] = [masks[0]![row] === 1, masks[1]![row] === 1];
      for (let k = 0; k < 4; k++) {
        const [p, q] = [at(row, k, a as Float32Array), at(row, k, b as Float32Array)];
        if (kind === "multiply") {
          expect(at(row, k)).toBe(Math.fround((one ? p : 1) * (other ? q : 1)));
          if (!one) expect(at(row, k, both.inputGradients[0]!.data as Float32Array)).toBe(0);
        } else if (kind === "maximum" || kind === "minimum") {
          const pick = kind === "maximum" ? Math.max : Math.min;
          expect(at(row, k)).toBe(one === other ? (one ? pick(p, q) : p) : one ? p : q);
        } else if (kind === "add") expect(at(row, k)).toBe(Math.fround(p + q));
      }
    }
  });

  it("is made again, and refuses what does not fit", async () => {
    const layer = make({ name: "merged" });
    expect(layerFromConfig({ kind, config: layer.getConfig() }).getConfig()).toEqual({ name: "merged" });
    const apply = (...shapes: number[][]) => errorOf(() => make().build(shapes));
    expect((await apply([4, 5], [4, 3])).message).toMatch(/features have to be equal, or 1/);
    expect((await apply([4, 5], [3, 5])).message).toMatch(/time steps/);
    expect((await errorOf(() => make({ axis: 1 } as never))).message).toMatch(/axis/);
    if (kind === "subtract") expect((await apply([4], [4], [4])).message).toMatch(/takes 2 inputs, got 3/);
  });
});

it("of equals the first gets an extreme's gradient", async () => {
  const inputs = [values([2, 3], 1), values([2, 3], 1)];
  const ones = (shape: readonly number[]): Tensor => ({ shape, data: new Float32Array(6).fill(1) });
  const { inputGradients } = await applyStage(maximum(), { inputs }, ones);
  expect(inputGradients.map((one) => [...one!.data])).toEqual([new Array(6).fill(1), new Array(6).fill(0)]);
});

describe("concatenate", () => {
  it.each<[Tensor[], number]>([
    [of([3, 5], [3, 2]), -1],
    [of([3, 5], [3, 2], [3, 4]), 1],
    [of([2, 4, 5], [2, 4, 3]), -1],
    [of([2, 4, 5], [2, 4, 3]), 2],
    [of([2, 4, 5], [2, 3, 5]), 1],
    [of([2, 4, 5], [2, 3, 5], [2, 1, 5]), -2],
    [of([2, 4, 5]), -1],
  ])("computes and carries gradients as the oracle does, %#", async (inputs, axis) => {
    await expectTwin(
      () => concatenate({ axis }),
      { inputs },
      (all) => several.concatenate(all, axis === -2 ? 1 : axis),
    );
  });

  it("joins masks: side by side a step counts where it counts in any, in time each brings its own", async () => {
    const inputs = of([2, 3, 4], [2, 3, 4]);
    const masks = [[1, 0, 0, 1, 1, 0], null];
    const full = [masks[0]!, [0, 1, 0, 0, 1, 0]];
    const slopes = (shape: readonly number[]): Tensor => values(shape, 3);
    const run = async (axis: number, given: typeof masks) =>
      (await applyStage(concatenate({ axis }), { inputs, masks: given }, slopes)).mask;
    expect(await run(-1, full)).toEqual([1, 1, 0, 1, 1, 0]);
    expect(await run(-1, masks)).toBe(null);
    expect(await run(1, masks)).toEqual([1, 0, 0, 1, 1, 1, 1, 1, 0, 1, 1, 1]);
  });

  it("is made again, and refuses what does not fit", async () => {
    expect(concatenate({ axis: 1 }).getConfig()).toMatchObject({ axis: 1 });
    const apply = (axis: number, ...shapes: (number | null)[][]) =>
      errorOf(() => concatenate({ axis }).build(shapes));
    expect((await apply(-1, [4, 5], [3, 5])).message).toMatch(/all axes but the joined one/);
    expect((await apply(1, [4, 5], [4, 3])).message).toMatch(/all axes but the joined one/);
    expect((await apply(-1, [4, 5], [5])).message).toMatch(/all axes but the joined one/);
    expect((await errorOf(() => concatenate({ axis: 0 }))).message).toMatch(/0 is the batch/);
    expect(
      concatenate({ axis: 1 }).build([
        [null, 5],
        [4, 5],
      ]),
    ).toEqual([[null, 5]]);
    expect(
      concatenate().build([
        [null, 5],
        [4, 3],
      ]),
    ).toEqual([[4, 8]]);
  });
});

describe("dot", () => {
  it.each<[Tensor[], number | [number, number], readonly [number, number]]>([
    [of([3, 5], [3, 5]), 1, [1, 1]],
    [of([3, 5], [3, 5]), -1, [1, 1]],
    [of([2, 4, 5], [2, 3, 5]), 2, [2, 2]],
    [of([2, 4, 5], [2, 3, 5]), [-1, 2], [2, 2]],
    [of([2, 4, 5], [2, 4, 3]), 1, [1, 1]],
    [of([2, 4, 5], [2, 5, 3]), [2, 1], [2, 1]],
    [of([2, 4, 5], [2, 3, 4]), [1, 2], [1, 2]],
    [of([2, 4, 5], [2, 5]), [2, 1], [2, 1]],
    [of([2, 4, 5], [2, 4]), [1, 1], [1, 1]],
    [of([2, 5], [2, 4, 5]), [1, 2], [1, 2]],
    [of([2, 4], [2, 4, 5]), 1, [1, 1]],
    [of([1, 21, 17], [1, 19, 17]), 2, [2, 2]],
  ])("computes and carries gradients as the oracle does, %#", async (inputs, axes, counted) => {
    for (const normalize of [false, true]) {
      await expectTwin(
        () => dot({ axes, normalize }),
        { inputs },
        ([a, b]) => several.dot(a!, b!, counted, normalize),
      );
    }
  });

  it("lets no mask through, is made again, and refuses what does not fit", async () => {
    const inputs = of([2, 3, 4], [2, 3, 4]);
    const masks = [new Array(6).fill(1), new Array(6).fill(1)];
    const slopes = (shape: readonly number[]): Tensor => values(shape, 3);
    expect((await applyStage(dot({ axes: 2 }), { inputs, masks }, slopes)).mask).toBe(null);
    const config = JSON.parse(JSON.stringify(dot({ axes: [2, 1], normalize: true }).getConfig()));
    expect(layerFromConfig({ kind: "dot", config }).getConfig()).toEqual(config);
    const apply = (axes: number, ...shapes: (number | null)[][]) =>
      errorOf(() => dot({ axes }).build(shapes));
    expect((await apply(2, [4, 5], [4, 3])).message).toMatch(/5 and 3 numbers cannot be multiplied/);
    expect((await apply(2, [4], [4])).message).toMatch(/no such axis/);
    expect((await apply(1, [4])).message).toMatch(/takes two inputs, got 1/);
    expect((await apply(2, [4, 5], [null, 5])).message).toMatch(/not known/);
    expect((await errorOf(() => dot({ axes: 0 }))).message).toMatch(/`axes`/);
    expect((await errorOf(() => dot({} as never))).message).toMatch(/`axes`/);
  });
});
