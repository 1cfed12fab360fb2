/**
 * npm run bench:compare <ref>: this tree beside an earlier commit, built in a work tree of its own, in alternating fresh
 * processes. Says what became slower by more than five per cent, and ends with 1 if anything did.
 */
import { existsSync } from "node:fs";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Command } from "commander";
import { type Shape, shapes } from "./shapes.js";
import { execute, rootPath } from "./support/child.js";
import { type Entrant, type Pace, race } from "./support/race.js";
import { median, quantile } from "./support/statistics.js";
import { asText, type Cell } from "./support/table.js";

/** A change by less is not told from noise, however often it is measured. */
const THRESHOLD = 0.05;

interface Options {
  readonly quick?: true;
  readonly shape?: string[];
  readonly rounds: string;
}

const list = (value: string): string[] => value.split(",");
const executor = new Command("npm run bench:compare --")
  .description("Compares this tree with an earlier commit.")
  .argument("<ref>", "a commit, branch or tag")
  .option("--quick", "short timings")
  .option("--shape <names>", `some of ${shapes.map(({ name }) => name).join(", ")}`, list)
  .option("--rounds <n>", "how often each is run", "7")
  .parse();
const [ref] = executor.args as [string];
const { quick, shape, rounds } = executor.opts<Options>();

/** Builds a commit in a temporary work tree that borrows this one's node_modules. */
async function built(folder: string): Promise<string> {
  await execute("git", ["worktree", "add", "--detach", "--force", folder, ref]);
  await symlink(join(rootPath, "node_modules"), join(folder, "node_modules"));
  try {
    await execute("npm", ["run", "build", "--silent", "--prefix", folder], 300_000);
  } catch (error) {
    // The type checker emits what it complains about; only a commit that gave nothing cannot be compared.
    if (!existsSync(join(folder, "dist", "index.js"))) throw error;
    process.stderr.write(`${ref} does not build cleanly; comparing with what it gave\n`);
  }
  return pathToFileURL(`${join(folder, "dist")}/`).href;
}

/** Slower or faster only where at least three quarters of the rounds agree, each round compared within itself. */
function verdict(ratios: readonly number[]): string {
  const middle = median(ratios);
  const [low, high] = [quantile(ratios, 0.25), quantile(ratios, 0.75)];
  if (Math.abs(middle - 1) <= THRESHOLD) return "same";
  if (middle > 1) return low > 1 ? "SLOWER" : "slower? (noise)";
  return high < 1 ? "faster" : "faster? (noise)";
}

const pace: Pace = {
  rounds: Number(rounds),
  ...(quick
    ? { warmSteps: 100, leastWarmSeconds: 0.6, warmSeconds: 1, seconds: 0.5 }
    : { warmSteps: 100, leastWarmSeconds: 2, warmSeconds: 4, seconds: 2 }),
};
const log = (line: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${line}`);
};
const home = await mkdtemp(join(tmpdir(), "gateflow-compare-"));
const folder = join(home, "tree");
try {
  log(`building ${ref} …`);
  const dists = { now: new URL("../dist/", import.meta.url).href, before: await built(folder) };
  const entrants = (["now", "before"] as const).map(
    (name): Entrant => ({
      name,
      script: "peers/gateflow.ts",
      task: { threads: "auto", dist: dists[name], leastWarmSteps: 8 },
    }),
  );
  const rows: Cell[][] = [];
  const compare = async (form: Shape, mode: "training" | "prediction" | "step"): Promise<void> => {
    const [now, before] = await race(form, mode, entrants, pace, log);
    const ratios = now!.rounds.map((time, round) => time / before!.rounds[round]!);
    const noise = (quantile(ratios, 0.75) - quantile(ratios, 0.25)) / 2;
    const unit = mode === "step" ? 1000 : 1;
    rows.push([
      `${mode} ${form.name}${mode === "step" ? " (µs)" : ""}`,
      before!.milliseconds * unit,
      now!.milliseconds * unit,
      `${(median(ratios) * 100 - 100).toFixed(1)} %`,
      `${(noise * 100).toFixed(1)} %`,
      verdict(ratios),
    ]);
  };
  for (const form of shapes.filter(({ name }) => shape === undefined || shape.includes(name))) {
    await compare(form, "training");
    await compare(form, "prediction");
    if (form.name === "online") await compare({ ...form, timesteps: 1 }, "step");
  }
  log("");
  const slower = rows.filter((row) => row.at(-1) === "SLOWER").map(([name]) => name);
  process.stdout.write(
    asText({
      title: `This tree beside ${ref}, default threads, ${rounds} rounds`,
      columns: ["what", `${ref} ms`, "now ms", "change", "spread", "verdict"],
      rows,
      notes: [slower.length === 0 ? "Nothing became slower." : `Slower: ${slower.join(", ")}.`],
    }),
  );
  process.exitCode = slower.length === 0 ? 0 : 1;
} catch (error) {
  log("");
  process.stderr.write(`bench:compare: ${ref} cannot be compared.\n${(error as Error).message}\n`);
  process.exitCode = 2;
} finally {
  await execute("git", ["worktree", "remove", "--force", folder]).catch(() => "");
  await rm(home, { recursive: true, force: true });
}
