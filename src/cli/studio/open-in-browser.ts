import { spawn } from "node:child_process";

/** What opens an address on each system, in the browser its user has chosen. */
function opener(url: string): readonly [program: string, ...args: string[]] | undefined {
  switch (process.platform) {
    case "darwin":
      return ["open", url];
    case "win32":
      return ["rundll32", "url.dll,FileProtocolHandler", url];
    default: {
      // Without a screen it would open one that works in text, if any, in this terminal.
      const { DISPLAY, WAYLAND_DISPLAY } = process.env;
      return (DISPLAY ?? WAYLAND_DISPLAY) ? ["xdg-open", url] : undefined;
    }
  }
}

/** Opens an address in the user's browser, and does nothing where there is none. */
export function openInBrowser(url: string): void {
  const command = opener(url);
  if (command === undefined) return;
  const [program, ...args] = command;
  const child = spawn(program, args, { stdio: "ignore", detached: true });
  child.on("error", () => {});
  child.unref();
}
