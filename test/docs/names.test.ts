import { access, readdir, readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { causes } from "../../src/doctor/causes.js";
import { root } from "../house/source-files.js";
import { pages } from "./pages.js";

const doors = ["index", "node/index", "core", "series"];
const there = async (path: string): Promise<boolean> =>
  access(new URL(path, root)).then(
    () => true,
    () => false,
  );

describe("what pages name", () => {
  it("every function and class that a door exports stands in docs/names.md as code, and nothing else does", async () => {
    const text = (await pages()).find(({ path }) => path === "docs/names.md")!.text;
    const named = new Set([...text.matchAll(/`([A-Za-z]\w*)`/g)].map(([, name]) => name!));
    named.delete("gateflow");
    const exported = new Set<string>();
    for (const door of doors)
      for (const name of Object.keys(await import(/* @vite-ignore */ new URL(`dist/${door}.js`, root).href)))
        exported.add(name);
    expect(exported.size).toBeGreaterThan(250);
    expect([...exported].filter((name) => !named.has(name))).toEqual([]);
    expect([...named].filter((name) => !exported.has(name))).toEqual([]);
  });

  it("every file of the repository that a page names is there", async () => {
    const missing: string[] = [];
    let count = 0;
    for (const { path, text } of await pages())
      for (const [, file] of text.matchAll(
        /`((?:src|assembly|test|bench|examples|studio|docs)\/[\w./-]*)`/g,
      )) {
        count += 1;
        if (!(await there(file!))) missing.push(`${path}: ${file}`);
      }
    expect(count).toBeGreaterThan(50);
    // Where benchmarks put their numbers; no part of the repository.
    expect(missing.filter((one) => !one.endsWith(": bench/results/"))).toEqual([]);
  });

  it("every link to another page leads to one that is there, and its heading too", async () => {
    const all = await pages();
    const slug = (heading: string): string =>
      heading
        .toLowerCase()
        .replace(/[`*,.?:()]/g, "")
        .trim()
        .replace(/\s+/g, "-");
    const broken: string[] = [];
    for (const { path, text } of all)
      for (const [, link] of text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
        const [file, heading] = link!.split("#");
        // The studio is built beside the site.
        if (file!.includes("studio/index.html")) continue;
        const target = new URL(file || path.split("/").at(-1)!, new URL(path, root)).href.slice(
          root.href.length,
        );
        const page = all.find((one) => one.path === target);
        if (page === undefined && !(await there(target))) broken.push(`${path}: ${link}`);
        if (heading !== undefined && page !== undefined) {
          const headings = [...page.text.matchAll(/^#+ (.*)$/gm)].map(([, one]) => slug(one!));
          if (!headings.includes(heading)) broken.push(`${path}: ${link}`);
        }
      }
    expect(broken).toEqual([]);
  });

  it("every case of the studio that a page links to is a diagnosis", async () => {
    const cases = (await pages()).flatMap(({ text }) =>
      [...text.matchAll(/#case=(\w+):%20(?:sick|cured)/g)].map(([, code]) => code!),
    );
    expect(cases.length).toBeGreaterThan(3);
    expect(cases.filter((code) => !Object.hasOwn(causes, code))).toEqual([]);
  });

  it("the list of decisions names every decision", async () => {
    const folder = new URL("docs/decisions/", root);
    const list = await readFile(new URL("README.md", folder), "utf8");
    const decisions = (await readdir(folder)).filter((name) => name !== "README.md");
    expect(decisions.length).toBeGreaterThan(5);
    expect(decisions.filter((name) => !list.includes(`](./${name})`))).toEqual([]);
  });

  it("the mathematics count their equations upwards, and every equation that code or a page names is there", async () => {
    const text = await readFile(new URL("docs/MATH.md", root), "utf8");
    const numbers = [...text.matchAll(/\((\d+)\)$/gm)].map(([, number]) => Number(number));
    expect(numbers).toEqual(numbers.map((_, i) => i + 1));
    expect(numbers.length).toBeGreaterThan(50);
    const wrong: string[] = [];
    let count = 0;
    for (const folder of ["assembly", "src"])
      for (const path of await readdir(new URL(`${folder}/`, root), { recursive: true })) {
        if (!path.endsWith(".ts")) continue;
        const source = await readFile(new URL(`${folder}/${path.replaceAll("\\", "/")}`, root), "utf8");
        for (const [, list] of source.matchAll(/MATH\.md ((?:\(\d+\)(?:, |-| to )?)+)/g))
          for (const [, number] of list!.matchAll(/\((\d+)\)/g)) {
            count += 1;
            if (!numbers.includes(Number(number))) wrong.push(`${folder}/${path}: (${number})`);
          }
      }
    expect(count).toBeGreaterThan(40);
    expect(wrong).toEqual([]);
  });

  it("the menu names every page, and no page that is not there", async () => {
    const { sidebar } = (await import(
      /* @vite-ignore */ new URL("docs/.vitepress/sidebar.ts", root).href
    )) as { sidebar: { items: { link: string }[] }[] };
    const linked = sidebar.flatMap(({ items }) => items.map(({ link }) => link));
    const files = (await readdir(new URL("docs/", root), { recursive: true }))
      .filter((path) => path.endsWith(".md") && !path.includes("node_modules"))
      .map((path) => `/${path.replaceAll("\\", "/").replace(/\.md$/, "")}`);
    // Not the home page; decisions are linked from their list, which another check holds.
    const own = files.filter(
      (path) => path !== "/index" && (path === "/decisions/README" || !path.startsWith("/decisions/")),
    );
    expect(linked.filter((link) => !link.startsWith("/api/")).sort()).toEqual(own.sort());
  });
});
