import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";

const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const door = new URL("../../../src/index.ts", import.meta.url).href;

/** A program that trains enough to start and use workers. */
const training = (engine: string): string => `
import { createEngine, sequential, lstm, dense } from ${JSON.stringify(door)};
import { createRequire } from "node:module";
const threads = createRequire(process.cwd() + "/")("node:worker_threads");
let workers = 0;
threads.Worker = class extends threads.Worker { constructor(...all) { super(...all); workers += 1; } };
const engine = ${engine};
const model = sequential([lstm({ units: 64, inputShape: [20, 8] }), dense({ units: 1 })], { engine });
model.compile({ optimizer: "adam", loss: "mse" });
const x = { shape: [128, 20, 8], data: new Float32Array(128 * 160).fill(0.5) };
const y = { shape: [128, 1], data: new Float32Array(128).fill(0.25) };
await model.fit(x, y, { epochs: 12, batchSize: 64 });
`;

interface Ending {
  readonly code: number | null;
  readonly output: string;
}

/** How a program ends; killed, with a code of null, when it has not after so many milliseconds. */
function run(source: string, patience = 30_000): Promise<Ending> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--import", tsx, "--input-type=module", "-e", source]);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        output += chunk.toString();
      });
    }
    const timer = setTimeout(() => child.kill("SIGKILL"), patience);
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ code, output });
    });
  });
}

describe("a program", () => {
  it("that never disposes of its engine ends", async () => {
    const source = `${training("await createEngine({ threads: 3 })")} console.log("trained", workers);`;
    expect(await run(source)).toEqual({ code: 0, output: "trained 2\n" });
  });

  it("that stands on the command line has threads", async () => {
    const source = `${training("await createEngine({ threads: 3 })")} console.log(engine.info.threads, "threads");`;
    expect(await run(source)).toEqual({ code: 0, output: "3 threads\n" });
  });

  it("on a host without process.getBuiltinModule, such as Node 20.0, has threads", async () => {
    const source = `process.getBuiltinModule = undefined; ${training("await createEngine({ threads: 3 })")}
console.log(engine.info.threads, "threads");`;
    expect(await run(source)).toEqual({ code: 0, output: "3 threads\n" });
  });

  it("that never heard of engines ends", async () => {
    const { code, output } = await run(`${training("undefined")} console.log("trained");`);
    expect({ code, output }).toEqual({ code: 0, output: "trained\n" });
  });

  it("that disposes of its engine ends", async () => {
    const source = `${training("await createEngine({ threads: 2 })")} engine.dispose(); console.log("trained", workers);`;
    expect(await run(source)).toEqual({ code: 0, output: "trained 1\n" });
  });

  it("that ends in an error tells it and ends, workers or not", async () => {
    const { code, output } = await run(
      `${training("await createEngine({ threads: 2 })")} throw new Error("mine");`,
    );
    expect(code).toBe(1);
    expect(output).toContain("Error: mine");
  });
});
