import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execute } from "../../bench/support/child.js";

/** Ten lines that train, and print threads and loss. The same in every host, but for how the library comes in. */
const lines = `
const engine = await createEngine({ reproducible: true, threads: 2 });
const model = sequential([lstm({ units: 9, inputShape: [12, 2] }), dense({ units: 1 })], { seed: 7, engine });
model.compile({ optimizer: adam({ learningRate: 0.01 }), loss: "mse", metrics: ["mae"] });
const wave = (n) => Math.abs((n % 17) - 8) / 8;
const x = tensor(Float32Array.from({ length: 960 }, (_, n) => wave(n)), [40, 12, 2]);
const y = tensor(Float32Array.from({ length: 40 }, (_, n) => wave(5 * n)), [40, 1]);
const { history } = await model.fit(x, y, { epochs: 3, validationSplit: 0.2 });
console.log(JSON.stringify({ threads: engine.info.threads, loss: history.loss.at(-1), flow: (await model.gradientFlow(x, y)).layers.length }));
engine.dispose();
`;
const names = "adam, createEngine, dense, lstm, sequential, tensor";

/** The program by how it takes the library. */
export const sources = {
  "main.mjs": `import { ${names} } from "gateflow";${lines}`,
  "required.cjs": `const { ${names} } = require("gateflow");\n(async () => {${lines}})();\n`,
  "threaded.mjs": `import { Worker } from "node:worker_threads";\nnew Worker(new URL("./main.mjs", import.meta.url));\n`,
  // For a page: the title says that it is over.
  "page.mjs": `import { ${names} } from "gateflow";${lines.replace("console.log(", "document.title = (")}`,
  // A page whose training runs in a worker of its own, made the way every bundler knows.
  "worker-page.mjs": `const worker = new Worker(new URL("./in-worker.mjs", import.meta.url), { type: "module" });
worker.onmessage = ({ data }) => { document.title = data; };
worker.onerror = ({ message }) => { document.title = "failed: " + message; };
`,
  "in-worker.mjs": `import { ${names} } from "gateflow";${lines.replace("console.log(", "postMessage(")}`,
} as const;

/** What the program prints. */
export interface Printed {
  readonly threads: number;
  readonly loss: number;
  readonly flow: number;
}

export const printed = (output: string): Printed => JSON.parse(output.trim().split("\n").at(-1)!) as Printed;

export interface Project {
  readonly folder: string;
  remove(): Promise<void>;
}

/** An empty project in which the packed library is installed, with the programs. @param others packages beside it. */
export async function makeProject(others: readonly string[] = []): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), "gateflow-host-"));
  // The build is there already, and the lines of `npm pack` end with the file's name.
  const packed = await execute("npm", [
    "pack",
    "--ignore-scripts",
    "--loglevel=error",
    "--pack-destination",
    folder,
  ]);
  await writeFile(join(folder, "package.json"), '{ "private": true, "type": "module" }');
  const flags = ["--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error", "--prefix", folder];
  await execute(
    "npm",
    ["install", ...flags, join(folder, packed.trim().split("\n").at(-1)!), ...others],
    600_000,
  );
  for (const [name, text] of Object.entries(sources)) await writeFile(join(folder, name), text);
  return { folder, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }) };
}

/** A folder for what a bundler makes, with a page that loads `entry`. */
export async function site(folder: string, name: string, entry: string): Promise<string> {
  const out = join(folder, name);
  await mkdir(out, { recursive: true });
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>training</title><link rel="icon" href="data:,"><script type="module" src="./${entry}"></script></html>`;
  await writeFile(join(out, "index.html"), html);
  return out;
}
