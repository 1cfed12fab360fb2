import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, readlink, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  ConfigError,
  dense,
  FormatError,
  input,
  lstm,
  model,
  type Sequential,
  sequential,
} from "../../../src/index.js";
import { csvLogger, loadModel, modelCheckpoint } from "../../../src/node/index.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gateflow-callbacks-"));
});
afterAll(() => rm(folder, { recursive: true }));

const x = Array.from({ length: 12 }, (_, n) => Array.from({ length: 4 }, (_, t) => [Math.sin(n + t)]));
const y = x.map((window) => [window[3]![0]! / 2]);

function make(): Sequential {
  const model = sequential([lstm({ units: 3, inputShape: [4, 1] }), dense({ units: 1 })], { seed: 4 });
  model.compile({ optimizer: "adam", loss: "mse" });
  return model;
}

const bits = (model: Sequential): string =>
  model
    .getWeights()
    .map(({ data }) => Buffer.from(data.buffer).toString("hex"))
    .join();

describe("modelCheckpoint of gateflow/node", () => {
  it("writes a model from which training goes on as if it had never stopped", async () => {
    const path = join(folder, "deep", "model-{epoch:02d}.safetensors");
    const whole = make();
    await whole.fit(x, y, { epochs: 4, callbacks: [modelCheckpoint({ filepath: path })] });
    expect((await readdir(join(folder, "deep"))).sort()).toEqual(
      [1, 2, 3, 4].map((epoch) => `model-0${epoch}.safetensors`),
    );
    const resumed = await loadModel(join(folder, "deep", "model-02.safetensors"));
    await resumed.fit(x, y, { epochs: 4, initialEpoch: 2 });
    expect(bits(resumed)).toBe(bits(whole));
  });

  it.each([".safetensors", ".keras"])("writes graphs too: %s", async (extension) => {
    const i = input({ shape: [4, 1] });
    const graph = model({ inputs: i, outputs: dense({ units: 1 }).apply(lstm({ units: 3 }).apply(i)) });
    graph.compile({ optimizer: "adam", loss: "mse" });
    const filepath = join(folder, `graph${extension}`);
    await graph.fit(x, y, { epochs: 2, callbacks: [modelCheckpoint({ filepath })] });
    expect(await (await loadModel(filepath)).predict(x)).toEqual(await graph.predict(x));
  });

  it("writes the weights alone where it is asked to", async () => {
    const filepath = join(folder, "weights.safetensors");
    const whole = make();
    await whole.fit(x, y, { callbacks: [modelCheckpoint({ filepath, saveWeightsOnly: true })] });
    const other = make();
    await other.loadWeights(await readFile(filepath));
    expect(bits(other)).toBe(bits(whole));
    await expect(loadModel(filepath)).rejects.toThrow(FormatError);
    expect(() => modelCheckpoint({ filepath, saveWeightsOnly: 1 as never })).toThrow(/saveWeightsOnly/);
  });

  it("refuses a path that names no format, before training", () => {
    expect(() => modelCheckpoint({ filepath: "model.txt" })).toThrow(FormatError);
  });
});

describe("csvLogger of gateflow/node", () => {
  it("writes a line an epoch, and goes on behind them with append", async () => {
    const filename = join(folder, "log.csv");
    const model = make();
    const { history } = await model.fit(x, y, { epochs: 2, callbacks: [csvLogger({ filename })] });
    const appended = await model.fit(x, y, {
      epochs: 3,
      initialEpoch: 2,
      callbacks: [csvLogger({ filename, append: true })],
    });
    const losses = [...history.loss!, ...appended.history.loss!];
    const lines = (await readFile(filename, "utf8")).trimEnd().split("\n");
    expect(lines).toEqual(["epoch,loss", ...losses.map((loss, epoch) => `${epoch},${loss}`)]);
  });

  it("starts the file anew without append", async () => {
    const filename = join(folder, "anew.csv");
    for (let run = 0; run < 2; run++)
      await make().fit(x, y, { callbacks: [csvLogger({ filename, separator: ";" })] });
    expect((await readFile(filename, "utf8")).split("\n")).toHaveLength(3);
  });

  it.skipIf(!existsSync("/proc/self/fd"))("leaves no file open when the fit fails", async () => {
    const filename = join(folder, "failed.csv");
    const failing = {
      onEpochEnd(epoch: number): void {
        if (epoch === 1) throw new Error("stopped");
      },
    };
    await expect(
      make().fit(x, y, { epochs: 3, callbacks: [csvLogger({ filename }), failing] }),
    ).rejects.toThrow("stopped");
    const links = await Promise.all(
      (await readdir("/proc/self/fd")).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => "")),
    );
    expect(links.filter((link) => link.endsWith("failed.csv"))).toEqual([]);
    expect((await readFile(filename, "utf8")).split("\n")).toHaveLength(4);
  });

  it("refuses an unknown option by the nearest name", () => {
    expect(() => csvLogger({ filename: "a.csv", seperator: ";" } as never)).toThrow(ConfigError);
    expect(() => csvLogger({ filename: "a.csv", seperator: ";" } as never)).toThrow("`separator`");
  });
});
