import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { buildStudio, root } from "./built-studio.js";

const built = join(root, "dist/studio");
const assets = join(built, "assets");
let names: string[];

beforeAll(async () => {
  await buildStudio();
  names = await readdir(assets);
}, 120_000);

/** The file of a chunk: `training` for `training-C5Q5JKEW.js`. */
function fileOf(chunk: string): string {
  const found = names.filter((name) => new RegExp(`^${chunk}-[\\w-]{8}\\.js$`).test(name));
  expect(found, chunk).toHaveLength(1);
  return found[0]!;
}

/** Files a script imports before it runs. */
const importsOf = (code: string): string[] =>
  [...code.matchAll(/(?:from|import)\s*["'`]\.\/([\w-]+\.js)["'`]/g)].map(([, file]) => file!);

/** Files and those they import, and so on. */
async function withImports(files: readonly string[]): Promise<Set<string>> {
  const all = new Set<string>();
  const take = async (file: string): Promise<void> => {
    if (all.has(file)) return;
    all.add(file);
    for (const name of importsOf(await readFile(join(assets, file), "utf8"))) await take(name);
  };
  for (const file of files) await take(file);
  return all;
}

describe("what of the studio is fetched", () => {
  it("a training begins with one file, which waits for no other", async () => {
    expect(await withImports([fileOf("training")])).toEqual(new Set([fileOf("training")]));
    const worker = await readFile(join(assets, fileOf("worker")), "utf8");
    expect(worker).toContain(fileOf("training"));
  });

  it("the page asks for its script at once, and for nothing that is folded away", async () => {
    const html = await readFile(join(built, "index.html"), "utf8");
    for (const file of await withImports([fileOf("main")])) expect(html).toContain(file);
    for (const part of ["closer", "export-list", "glossary", "more-controls", "slow-motion", "walk"])
      expect(html, part).not.toContain(fileOf(part));
    expect(html).not.toMatch(/<script>|<style|style="/);
  });

  it("shows the frames of all pictures before any script runs", async () => {
    const html = await readFile(join(built, "index.html"), "utf8");
    const names = [...html.matchAll(/<h2>([^<]+)<\/h2>/g)].map(([, name]) => name);
    expect(names).toEqual([
      "Loss",
      "Gradient flow",
      "Gates",
      "Forecast",
      "Cell trace",
      "Weights and updates",
    ]);
  });

  it("page, training and doctor come to less than 250 KB gzip", async () => {
    const html = await readFile(join(built, "index.html"), "utf8");
    const linked = [...html.matchAll(/\.\/assets\/([\w.-]+)/g)].map(([, file]) => file!);
    const scripts = ["worker", "training", "thread", "doctor"].map(fileOf);
    const files = new Set([...linked, ...(await withImports(scripts))]);
    const sizes = [...files].map(
      async (file) => gzipSync(await readFile(join(assets, file)), { level: 9 }).length,
    );
    const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, gzipSync(html).length);
    expect(bytes).toBeLessThan(250 * 1024);
    expect(bytes).toBeGreaterThan(150_000);
  });
});
