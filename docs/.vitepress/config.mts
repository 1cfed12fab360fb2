import { cpSync, existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitepress";
import { placeholder, worksUnderAnyPath } from "./any-path.js";
import { onlyLinksWithin } from "./links-within.js";
import { sidebar } from "./sidebar.js";

const { version, description } = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
) as { version: string; description: string };

const studio = fileURLToPath(new URL("../../dist/studio", import.meta.url));
const base = process.argv.includes("build") ? placeholder : "/";

export default defineConfig({
  base,
  head: [["link", { rel: "icon", href: `${base}favicon.svg` }]],
  async buildEnd({ outDir }) {
    await worksUnderAnyPath(outDir);
    // Lessons link to it; it has relative addresses of its own.
    if (existsSync(studio)) cpSync(studio, `${outDir}/studio`, { recursive: true });
  },
  title: "gateflow",
  description,
  lang: "en",
  outDir: "../dist-docs",
  lastUpdated: false,
  // TypeDoc and the studio are built beside the site.
  ignoreDeadLinks: [/^\/api\//, /studio\/index/],
  markdown: { config: onlyLinksWithin },
  themeConfig: {
    nav: [
      { text: "Start", link: "/start" },
      { text: "Guides", link: "/guide/first-forecast" },
      { text: "Reference", link: "/api/index.html", target: "_self" },
      { text: version, link: "/changes" },
    ],
    sidebar,
    outline: [2, 3],
    search: { provider: "local" },
    externalLinkIcon: true,
  },
});
