import { execFile, spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { co2, dailyRows, root, scratch } from "./capture.js";

const run = promisify(execFile);
const { folder, file } = scratch();
const built = `${root}dist/cli/main.js`;
/** What is installed, if it has been built; else the sources. */
const program = existsSync(built) ? [built] : ["--import", "tsx", `${root}src/cli/main.ts`];

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}
const gateflow = (args: string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> =>
  run(process.execPath, [...program, ...args], { cwd: root, env: { ...process.env, ...env } }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: Ended) => error,
  );

describe("the program as it is installed", () => {
  it("prints help on standard output and ends with 0", async () => {
    const { code, stdout } = await gateflow(["--help"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: gateflow /);
  });

  it("says a mistake on standard error in one line and ends with 1", async () => {
    const { code, stdout, stderr } = await gateflow(["examine", co2, "-t", "valeu"]);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^gateflow: .*Did you mean "value"\?.*\n$/);
  });

  it("has colour when it is asked for, none with NO_COLOR", async () => {
    const args = [
      "train",
      file("daily.csv", `day,sales\n${dailyRows(100)}`),
      "-t",
      "sales",
      "--horizon",
      "3",
    ];
    const quick = [
      ...args,
      "--epochs",
      "1",
      "--units",
      "2",
      "--model",
      "lstm",
      "-q",
      "-o",
      join(folder, "out"),
    ];
    expect((await gateflow(quick, { FORCE_COLOR: "1", NO_COLOR: "" })).stdout).toContain("\u001b[1m");
    expect((await gateflow(quick, { FORCE_COLOR: "1", NO_COLOR: "1" })).stdout).not.toContain("\u001b");
  });

  it("is stopped by SIGINT with 130, in one line, and writes nothing", async () => {
    const out = join(folder, "stopped");
    const path = file("long.csv", `day,sales\n${dailyRows(600)}`);
    const options = ["--units", "4", "--epochs", "100000", "--model", "lstm", "-o", out];
    const child = spawn(process.execPath, [...program, "train", path, "-t", "sales", ...options], {
      cwd: root,
    });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      // The first epoch has been told: training is under way.
      if (!said.includes("epoch") && `${said}${text}`.includes("epoch")) child.kill("SIGINT");
      said += text;
    });
    const code = await new Promise((resolve) => child.on("close", resolve));
    expect(code).toBe(130);
    expect(said.split("\n").at(-2)).toBe("gateflow: stopped by Ctrl-C; nothing was written.");
    expect(existsSync(out)).toBe(false);
  });

  it("survives a reader that goes away", async () => {
    const child = spawn(process.execPath, [...program, "examine", co2, "-t", "value"], { cwd: root });
    child.stdout.destroy();
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    expect(await new Promise((resolve) => child.on("close", resolve))).toBe(0);
    expect(said).toBe("");
  });

  const quickTraining = (out: string): string[] => [
    ...["train", file("pipe.csv", `day,sales\n${dailyRows(100)}`), "-t", "sales", "--horizon", "3"],
    ...["--epochs", "1", "--units", "2", "--model", "lstm", "-o", join(folder, out)],
  ];
  const written = (out: string): string[] => readdirSync(join(folder, out));
  const shell = (line: string, args: readonly string[]): Promise<Ended> =>
    run("bash", ["-c", line, "gateflow", process.execPath, ...program, ...args], { cwd: root }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (error: Ended) => error,
    );
  const FILES = ["forecast.csv", "model.safetensors", "report.html"];

  it.skipIf(process.platform === "win32")("writes its files though nobody reads what it prints", async () => {
    // The reader ends before anything is printed; the code is the program's.
    const piped = await shell('"$@" | true; exit $PIPESTATUS', quickTraining("piped"));
    expect(piped.code).toBe(0);
    expect(written("piped")).toEqual(FILES);
    const unheard = await shell('"$@" 2> >(exec true)', quickTraining("unheard"));
    expect(unheard.code).toBe(0);
    expect(written("unheard")).toEqual(FILES);
    const closed = await shell('"$@" 2>&-', quickTraining("closed"));
    expect(closed.code).toBe(0);
    expect(written("closed")).toEqual(FILES);
  });

  it.skipIf(!existsSync("/dev/full"))("says in one line that its results cannot be printed", async () => {
    const { code, stderr } = await shell('exec "$@" > /dev/full', ["examine", co2, "-t", "value"]);
    expect([code, stderr]).toEqual([
      1,
      "gateflow: standard output cannot be written: no space left on the disk.\n",
    ]);
    const trained = await shell('exec "$@" > /dev/full', quickTraining("full"));
    expect(trained.code).toBe(1);
    expect(written("full")).toEqual(FILES);
  });
});
