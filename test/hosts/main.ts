/**
 * npm run hosts: the packed library in every host at hand. Node 20 to 26, Bun and Deno come from the npm registry as
 * programs; bundlers are installed beside the library, and what they make runs in Node and in three browsers.
 * `-- --only vite` runs those whose name holds the text.
 */
import { join } from "node:path";
import { pathOf, programs } from "../../bench/engines/programs.js";
import { execute } from "../../bench/support/child.js";
import { asText } from "../../bench/support/table.js";
import { type Browser, browserNames, openBrowser, serve } from "../browsers/open-browser.js";
import { bundlers, type PageEntry } from "./bundlers.js";
import { ISOLATED } from "./golden-page.js";
import { makeProject, type Printed, printed } from "./project.js";

const only = process.argv[process.argv.indexOf("--only") + 1] ?? "";
const isMeant = (name: string): boolean =>
  !process.argv.includes("--only") || name.toLowerCase().includes(only);
const rows: string[][] = [];
let failures = 0;

async function row(host: string, way: string, run: () => Promise<Printed | undefined>, expected?: Printed) {
  if (!isMeant(host.toLowerCase())) return undefined;
  process.stderr.write(`${host}, ${way} …\n`);
  try {
    const got = await run();
    if (got === undefined) return undefined;
    const isSame = expected === undefined || (got.loss === expected.loss && got.flow === expected.flow);
    if (!isSame) failures += 1;
    rows.push([host, way, String(got.threads), String(got.loss), isSame ? "same" : "DIFFERS"]);
    return got;
  } catch (error) {
    failures += 1;
    rows.push([
      host,
      way,
      "",
      "",
      `FAILED: ${(error as Error).message.trim().split("\n").at(-1)?.slice(0, 80)}`,
    ]);
    process.stderr.write(`${(error as Error).message}\n`);
    return undefined;
  }
}

async function inPage(browser: Browser, folder: string): Promise<Printed> {
  const { url, close } = await serve(folder, { headers: ISOLATED });
  const page = await browser.open(url);
  try {
    await page.waitForFunction(() => document.title !== "training", undefined, { timeout: 60_000 });
    const errors = await page.consoleErrors();
    if (errors.length > 0) throw new Error(errors.join(" "));
    return printed(await page.evaluate(() => document.title));
  } finally {
    await page.close();
    await close();
  }
}

const project = await makeProject(
  bundlers.filter(({ name }) => isMeant(name)).flatMap(({ packages }) => packages),
);
const file = (name: string): string => join(project.folder, name);
const here = printed(await execute(process.execPath, [file("main.mjs")]));

for (const program of programs) {
  for (const [way, name] of [
    ["import", "main.mjs"],
    ["require()", "required.cjs"],
    ["worker thread", "threaded.mjs"],
  ] as const) {
    await row(
      program.name,
      way,
      async () => printed(await execute(await pathOf(program), [...program.arguments, file(name)])),
      here,
    );
  }
}

const browsers: Browser[] = [];
for (const bundler of bundlers.filter(({ name }) => isMeant(name))) {
  await row(
    bundler.name,
    "server-side bundle",
    async () => printed(await execute(process.execPath, [await bundler.server(project.folder)])),
    here,
  );
  for (const entry of ["page.mjs", "worker-page.mjs"] as const satisfies readonly PageEntry[]) {
    const made = bundler.page(project.folder, entry).catch((error: Error) => error);
    for (const name of browserNames) {
      await row(
        bundler.name,
        `${entry === "page.mjs" ? "page" : "page with a worker"} in ${name}`,
        async () => {
          const folder = await made;
          if (folder instanceof Error) throw folder;
          if (folder === undefined) return undefined;
          let browser = browsers.find((open) => open.name === name);
          if (browser === undefined) {
            browser = await openBrowser(name);
            browsers.push(browser);
          }
          return inPage(browser, folder);
        },
        here,
      );
    }
  }
}
for (const browser of browsers) await browser.close();
await project.remove();

process.stdout.write(
  asText({
    title: "The packed library in its hosts",
    columns: ["host", "way", "threads", "loss", "bits"],
    rows,
  }),
);
process.exitCode = failures === 0 ? 0 : 1;
