import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { writeNpy } from "../../../src/formats/numpy/npy.js";
import { dense, gru, lstm, type Sequential, sequential, type Tensor } from "../../../src/index.js";
import { loadModel, saveModel } from "../../../src/node/index.js";
import { gateflow } from "./capture.js";

let folder: string;
let model: Sequential;
const x: Tensor = { shape: [2, 3, 2], data: Float32Array.from({ length: 12 }, (_, k) => Math.sin(k)) };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gateflow-models-"));
  model = sequential([lstm({ units: 3, inputShape: [3, 2] }), dense({ units: 2 })], { seed: 2 });
});
afterAll(() => rm(folder, { recursive: true }));

const at = (name: string): string => join(folder, name);

describe("saveModel and loadModel", () => {
  it.each(["a.safetensors", "a.keras", "a.pt", "a.onnx", "a.json"])(
    "%s comes back the same to the bit",
    async (name) => {
      // TensorFlow.js and PyTorch have no resetAfter: true beside others; an LSTM is the same everywhere.
      await saveModel(model, at(name));
      const again = await loadModel(at(name));
      expect((await again.predict(x)).data).toEqual((await model.predict(x)).data);
      expect((await readdir(folder)).filter((file) => file.endsWith(".part"))).toEqual([]);
    },
  );

  it("the content says what a file is, whatever its name", async () => {
    await saveModel(model, at("b.keras"));
    await writeFile(at("renamed.onnx"), await readFile(at("b.keras")));
    expect((await loadModel(at("renamed.onnx"))).layers.length).toBe(2);
  });

  it("what cannot be written or read is refused with the file's name", async () => {
    await expect(saveModel(model, at("a.h5"))).rejects.toThrow(/Keras 3 reads .keras/);
    await expect(saveModel(model, at("a.keras"), { optimizer: true })).rejects.toThrow(/safetensors alone/);
    await expect(loadModel(at("nowhere.keras"))).rejects.toThrow(/nowhere.keras: there is no such file/);
    await expect(loadModel(folder)).rejects.toThrow(/that is a folder/);
    await writeFile(at("text.txt"), "hello");
    await expect(loadModel(at("text.txt"))).rejects.toThrow(/text.txt: neither its content/);
    const manifest = { modelTopology: {}, weightsManifest: [{ paths: ["../secret"], weights: [] }] };
    await writeFile(at("evil.json"), JSON.stringify(manifest));
    await expect(loadModel(at("evil.json"))).rejects.toThrow(/does not lie beside/);
  });
});

describe("gateflow convert, inspect, predict", () => {
  it("converts, and the result predicts the same from .npy and .csv", async () => {
    await saveModel(model, at("c.keras"));
    const converted = await gateflow(["convert", at("c.keras"), at("c.onnx")]);
    expect(converted.code).toBe(0);
    expect(converted.out).toBe(`Wrote ${at("c.onnx")}: 80 weights in onnx.\n`);
    await writeFile(at("x.npy"), writeNpy(x));
    const rows = [0, 1].map((n) => [...x.data.slice(n * 6, n * 6 + 6)].join(","));
    await writeFile(at("x.csv"), `a,b,c,d,e,f\n${rows.join("\n")}\n`);
    const fromNpy = await gateflow(["predict", at("c.onnx"), at("x.npy")]);
    const fromCsv = await gateflow(["predict", at("c.keras"), at("x.csv")]);
    expect(fromNpy.out).toBe(fromCsv.out);
    const { data } = await model.predict(x);
    const printed = fromNpy.out
      .trim()
      .split("\n")
      .flatMap((line) => line.split(",").map(Number));
    expect(printed.map(Math.fround)).toEqual([...data]);
  });

  it("takes samples packed or from a pipe, .npy or .csv told by their content", async () => {
    await saveModel(model, at("e.keras"));
    const rows = [0, 1].map((n) => [...x.data.slice(n * 6, n * 6 + 6)].join(","));
    const csv = `a,b,c,d,e,f\n${rows.join("\n")}\n`;
    await writeFile(at("e.npy"), writeNpy(x));
    const { out } = await gateflow(["predict", at("e.keras"), at("e.npy")]);
    expect(out.split("\n")).toHaveLength(3);
    await writeFile(at("e.csv.gz"), gzipSync(csv));
    await writeFile(at("e.npy.gz"), gzipSync(writeNpy(x)));
    await writeFile(at("e"), csv);
    for (const name of ["e.csv.gz", "e.npy.gz", "e"])
      expect((await gateflow(["predict", at("e.keras"), at(name)])).out, name).toBe(out);
    for (const bytes of [Buffer.from(csv), Buffer.from(writeNpy(x))]) {
      const stdin = vi.spyOn(process, "stdin", "get").mockReturnValue(Readable.from([bytes]) as never);
      expect((await gateflow(["predict", at("e.keras"), "-"])).out).toBe(out);
      stdin.mockRestore();
    }
    const device = await gateflow(["predict", at("e.keras"), "/dev/zero"]);
    expect([device.code, device.err]).toEqual([
      1,
      "gateflow: /dev/zero: is a device, expected samples as .npy or .csv.\n",
    ]);
  });

  it("inspects, as text and as JSON", async () => {
    await saveModel(model, at("d.pt"));
    expect((await gateflow(["inspect", at("d.pt")])).out).toContain("torch, takes [batch, any, 2]");
    const { out } = await gateflow(["inspect", at("d.pt"), "--json"]);
    expect(JSON.parse(out)).toMatchObject({ format: "torch", weights: 80, outputShape: [2] });
  });

  it("a mistake is one line that names the file", async () => {
    await writeFile(at("bad.csv"), "a,b\n1,two\n");
    const cell = await gateflow(["predict", at("c.keras"), at("bad.csv")]);
    expect([cell.code, cell.err]).toEqual([
      1,
      `gateflow: ${at("bad.csv")}: line 2, column 2: \`two\` is no number.\n`,
    ]);
    const own = sequential([gru({ units: 2, inputShape: [3, 1] })]);
    await saveModel(own, at("gru.keras"));
    const refused = await gateflow(["convert", at("gru.keras"), at("gru.json")]);
    expect(refused.code).toBe(1);
    expect(refused.err).toContain("resetAfter: true");
  });
});
