import { existsSync } from "node:fs";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DataError, dense, fromSafetensors, sequential, toSafetensors } from "../../../src/index.js";
import { loadModel } from "../../../src/node/index.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gateflow-models-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("a model's file", () => {
  it.skipIf(!existsSync("/dev/zero"))("is no device, which never ends", async () => {
    const path = join(folder, "endless.safetensors");
    await symlink("/dev/zero", path);
    await expect(loadModel(path)).rejects.toThrow(/that is no file/);
  });

  it("with NaN among its weights is refused unless it is asked for", () => {
    const model = sequential([dense({ units: 1, inputShape: [2] })]);
    model.setWeights([[[1], [Number.NaN]], [0]], { allowNonFinite: true });
    const bytes = toSafetensors(model);
    expect(() => fromSafetensors(bytes)).toThrow(/holds NaN at place 1/);
    expect(fromSafetensors(bytes, { allowNonFinite: true }).getWeights()[0]!.data[1]).toBeNaN();
  });

  it("of safetensors is told from a pickle, whatever the first byte of its header's length", async () => {
    const model = sequential([dense({ units: 1, inputShape: [2] })]);
    const lengths = Array.from({ length: 256 }, (_, n) =>
      toSafetensors(model, { metadata: { filling: "x".repeat(n) } }),
    );
    const bytes = lengths.find(([first]) => first === 0x80)!;
    const path = join(folder, "first-byte.safetensors");
    await writeFile(path, bytes);
    expect((await loadModel(path)).getWeights()).toEqual(model.getWeights());
  });

  it("that links to itself, or has too long a name, is a DataError", async () => {
    const path = join(folder, "round.safetensors");
    await symlink(path, path);
    await expect(loadModel(path)).rejects.toThrow(DataError);
    await expect(loadModel(join(folder, `${"x".repeat(300)}.safetensors`))).rejects.toThrow(DataError);
  });
});
