import { execFileSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";

/** Programs a browser's tests need: by what names and where they are found, and which package of Debian brings them. */
export interface Program {
  readonly what: string;
  readonly names: readonly string[];
  readonly debian: string;
}

export const chromium: Program = {
  what: "Chromium",
  names: [
    ...["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"],
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
  ],
  debian: "chromium",
};

export const firefox: Program = {
  what: "Firefox",
  names: ["firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox"],
  debian: "firefox-esr",
};

export const webkitDriver: Program = {
  what: "WebKitGTK's driver",
  names: ["WebKitWebDriver"],
  debian: "webkit2gtk-driver",
};

export const miniBrowser: Program = {
  what: "WebKitGTK's MiniBrowser",
  names: ["x86_64", "aarch64"].flatMap((machine) => [
    `/usr/lib/${machine}-linux-gnu/webkit2gtk-4.1/MiniBrowser`,
    `/usr/lib/${machine}-linux-gnu/webkit2gtk-4.0/MiniBrowser`,
  ]),
  debian: "webkit2gtk-driver",
};

export const virtualScreen: Program = { what: "Xvfb", names: ["Xvfb"], debian: "xvfb" };

function pathOf({ names }: Program): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const paths = names.flatMap((name) =>
    isAbsolute(name) ? [name] : folders.map((folder) => join(folder, name)),
  );
  return paths.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Where a program is; it is installed from Debian's packages where that is allowed. @throws with the one line that says what to do. */
export function findProgram(program: Program): string {
  const there = pathOf(program);
  if (there !== undefined) return there;
  try {
    if (process.getuid?.() === 0) {
      execFileSync("apt-get", ["update", "-qq"], { stdio: "ignore" });
      // Another test may be installing another browser.
      const flags = ["install", "-y", "-qq", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"];
      const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
      execFileSync("apt-get", [...flags, program.debian], { stdio: "ignore", env });
    }
  } catch {
    // The line below says what to do.
  }
  const installed = pathOf(program);
  if (installed === undefined) {
    throw new Error(
      `The tests of pages need ${program.what}: install ${program.debian} (apt-get install ${program.debian}).`,
    );
  }
  return installed;
}
