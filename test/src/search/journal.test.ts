import { spawn } from "node:child_process";
import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { int, uniform } from "../../../src/search/space.js";
import { tune } from "../../../src/search/tune.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "study-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const space = { x: uniform(0, 1), n: int(1, 9) };
const search = (storage: string, trials: number, count = { runs: 0 }) =>
  tune(
    ({ x, n }) => {
      count.runs++;
      return (x! as number) * (n! as number);
    },
    { space, trials, storage, seed: 5 },
  );
const withoutTimes = (trials: readonly { seconds: number }[]) =>
  trials.map(({ seconds: _, ...rest }) => rest);

describe("a study on disk", () => {
  it("goes on where it ended, and repeats nothing", async () => {
    const path = join(folder, "new", "study.jsonl");
    await search(path, 12);
    const count = { runs: 0 };
    const more = await search(path, 20, count);
    expect(count.runs).toBe(8);
    const whole = await search(join(folder, "whole.jsonl"), 20);
    expect(withoutTimes(more.trials)).toEqual(withoutTimes(whole.trials));
    const shorter = await search(path, 5, count);
    expect(count.runs).toBe(8);
    expect(shorter.trials).toHaveLength(5);
  });

  it("loses only the trial whose line was cut", async () => {
    const path = join(folder, "cut.jsonl");
    const first = await search(path, 6);
    const text = await readFile(path, "utf8");
    await writeFile(path, text.slice(0, -20));
    const count = { runs: 0 };
    const again = await search(path, 6, count);
    expect(count.runs).toBe(1);
    expect(withoutTimes(again.trials)).toEqual(withoutTimes(first.trials));
    expect((await readFile(path, "utf8")).split("\n")).toHaveLength(8);
  });

  it("refuses another study's file, a strange one and a broken line", async () => {
    const path = join(folder, "other.jsonl");
    await search(path, 3);
    await expect(tune(() => 1, { space: { x: uniform(0, 2) }, storage: path, seed: 5 })).rejects.toThrow(
      /another `space`/,
    );
    await expect(tune(() => 1, { space, storage: path, seed: 6 })).rejects.toThrow(/another `seed`/);
    await expect(tune(() => 1, { space, storage: path, seed: 5, sampler: "random" })).rejects.toThrow(
      /another `sampler`/,
    );
    const strange = join(folder, "notes.txt");
    await writeFile(strange, "milk\neggs\n");
    await expect(search(strange, 3)).rejects.toThrow(/no study's file/);
    expect(await readFile(strange, "utf8")).toBe("milk\neggs\n");
    await appendFile(path, '{"number":-1}\n');
    await expect(search(path, 3)).rejects.toThrow(/line 5 .* is no trial/);
  });

  it("is refused to a second study while one runs, and free after a process that was killed", async () => {
    const path = join(folder, "locked.jsonl");
    await writeFile(`${path}.lock`, `${process.pid}\n`);
    await expect(search(path, 3)).rejects.toThrow(/in use by process/);
    const dead = spawn(process.execPath, ["-e", ""]);
    await new Promise((resolve) => dead.on("exit", resolve));
    await writeFile(`${path}.lock`, `${dead.pid}\n`);
    expect((await search(path, 3)).trials).toHaveLength(3);
  });

  it("holds every finished trial when its process is killed", async () => {
    const path = join(folder, "killed.jsonl");
    const program = `
      const { tune, uniform, int } = await import(${JSON.stringify(new URL("../../../dist/index.js", import.meta.url).href)});
      const space = { x: uniform(0, 1), n: int(1, 9) };
      await tune(async ({ x, n }, trial) => {
        if (trial.number === 7) process.kill(process.pid, "SIGKILL");
        return x * n;
      }, { space, trials: 20, storage: ${JSON.stringify(path)}, seed: 5 });`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", program]);
    const signal = await new Promise((resolve) => child.on("exit", (_, how) => resolve(how)));
    expect(signal).toBe("SIGKILL");
    const count = { runs: 0 };
    const study = await search(path, 20, count);
    expect(count.runs).toBe(13);
    expect(withoutTimes(study.trials)).toEqual(
      withoutTimes((await search(join(folder, "whole.jsonl"), 20)).trials),
    );
  });
});
