import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const isThere = (): boolean => {
  try {
    execFileSync("redis-server", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};

/** Finds a Redis server, or installs Debian's where that is allowed. @throws with the line that says what to do. */
function findRedis(): void {
  if (isThere()) return;
  try {
    if (process.getuid?.() === 0) {
      execFileSync("apt-get", ["update", "-qq"], { stdio: "ignore" });
      execFileSync("apt-get", ["install", "-y", "-qq", "redis-server"], { stdio: "ignore" });
    }
  } catch {
    // The line below says what to do.
  }
  if (!isThere())
    throw new Error(
      "The queue's tests need a Redis server: install redis-server (apt-get install redis-server).",
    );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

/** A Redis server of a test's own, on loopback, with an append-only file. */
export interface TestRedis {
  readonly url: string;
  readonly port: number;
  /** Kills the server without warning, and starts it again on the same files. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startRedis(): Promise<TestRedis> {
  findRedis();
  const folder = mkdtempSync(join(tmpdir(), "redis-"));
  const port = await freePort();
  let server: ChildProcess;
  const start = async (): Promise<void> => {
    server = spawn("redis-server", [
      ...["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""],
      ...["--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "noeviction"],
    ]);
    let said = "";
    await new Promise<void>((resolve, reject) => {
      server.stdout!.on("data", (text: Buffer) => {
        said += text.toString();
        if (said.includes("Ready to accept connections")) resolve();
      });
      server.once("exit", () => reject(new Error(`redis-server did not start:\n${said}`)));
    });
  };
  const kill = async (): Promise<void> => {
    server.removeAllListeners("exit");
    const gone = once(server, "exit");
    server.kill("SIGKILL");
    await gone;
  };
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    async restart() {
      await kill();
      await start();
    },
    async stop() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
