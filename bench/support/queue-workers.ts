import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rootPath } from "./child.js";

/** Starts `count` built `gateflow worker` processes on a queue, and waits until each says that it waits for trials. */
export async function startQueueWorkers(count: number, redisUrl: string): Promise<ChildProcess[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const child = spawn(process.execPath, [`${rootPath}dist/cli/main.js`, "worker", "--redis", redisUrl]);
      let said = "";
      child.stderr.on("data", (text: Buffer) => {
        if (!said.includes("waiting")) said += text.toString();
      });
      while (!said.includes("waiting")) await once(child.stderr, "data");
      return child;
    }),
  );
}
