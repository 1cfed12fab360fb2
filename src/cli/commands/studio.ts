import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { StateError } from "../../errors.js";
import type { Io } from "../files/io.js";
import { openInBrowser } from "../studio/open-in-browser.js";
import { startStudioServer } from "../studio/studio-server.js";

export interface StudioOptions {
  /** 0 for any that is free. */
  readonly port: number;
  /** Whether the user's browser is to show it. */
  readonly open: boolean;
  readonly json?: boolean;
}

/** The built page, in dist/ whether this file runs as source or as built. */
const BUILT = fileURLToPath(new URL("../../../dist/studio/", import.meta.url));

/**
 * `gateflow studio`: serves the page on this machine until Ctrl-C.
 * @param folder the built page.
 * @throws StateError where it is not built, ConfigError where the port is taken.
 */
export async function studio({ port, open, json }: StudioOptions, io: Io, folder = BUILT): Promise<void> {
  if (!existsSync(join(folder, "index.html"))) {
    throw new StateError(
      `The studio is not built: ${join(folder, "index.html")} is missing. Build it with \`npm run studio:build\`.`,
    );
  }
  const server = await startStudioServer(folder, port);
  io.out(
    json === true
      ? `${JSON.stringify({ url: server.url })}\n`
      : `The studio is at ${server.url} (Ctrl-C ends it)\n`,
  );
  // Who has it opened sees a training at once; who follows the address begins it.
  if (open) openInBrowser(`${server.url}#run`);
  if (!io.signal.aborted) {
    await new Promise<void>((resolve) => {
      io.signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }
  await server.close();
}
