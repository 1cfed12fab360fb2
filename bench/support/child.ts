import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = new URL("../../", import.meta.url);
export const rootPath = fileURLToPath(root);

export interface ChildOptions {
  /** The program that runs the script; default: this Node. */
  readonly node?: string;
  /** Milliseconds after which the process is given up. Default two minutes. */
  readonly timeout?: number;
  /** Arguments of the program itself. Default: tsx's loader. */
  readonly nodeArguments?: readonly string[];
}

/** Where tsx is, for processes whose folder is not this one. */
const tsx = import.meta.resolve("tsx");

/** Runs a program and gives what it printed. @throws Error with what it complained of when it fails. */
export function execute(command: string, args: readonly string[], timeout = 120_000): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: rootPath, stdio: ["ignore", "pipe", "pipe"] });
    const output = { stdout: "", stderr: "" };
    child.stdout.on("data", (chunk: Buffer) => {
      output.stdout += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      output.stderr += chunk.toString();
    });
    const timer = setTimeout(() => child.kill("SIGKILL"), timeout);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      if (code === 0) resolve(output.stdout);
      else {
        const reason = signal === "SIGKILL" ? `was ended after ${timeout / 1000} s` : `ended with ${code}`;
        reject(new Error(`${command} ${args[0] ?? ""} ${reason}\n${output.stderr.slice(-1500)}`));
      }
    });
  });
}

/** Runs a script of bench/ in a fresh process with a JSON argument; its last line of output is the JSON answer. */
export async function runScript<Answer>(
  script: string,
  task: unknown,
  options: ChildOptions = {},
): Promise<Answer> {
  const { node = process.execPath, timeout, nodeArguments = ["--import", tsx] } = options;
  const path = fileURLToPath(new URL(`bench/${script}`, root));
  const output = await execute(node, [...nodeArguments, path, JSON.stringify(task)], timeout);
  return JSON.parse(output.trimEnd().split("\n").at(-1) ?? "") as Answer;
}

/** The JSON argument of this process. */
export const taskOf = <Task>(): Task => JSON.parse(process.argv[2] ?? "{}") as Task;

/** Answers the process that started this one, and ends: peers may hold threads that would keep it alive. */
export function answer(result: unknown): void {
  process.stdout.write(`\n${JSON.stringify(result)}\n`, () => process.exit(0));
}
