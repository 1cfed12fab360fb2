import { readFileSync } from "node:fs";
import { defineConfig } from "vitepress";
import { placeholder, worksUnderAnyPath } from "./any-path.js";
import { onlyLinksWithin } from "./links-within.js";
import { sidebar } from "./sidebar.js";

const { version, description } = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
) as { version: string; description: string };

const base = process.argv.includes("build") ? placeholder : "/";

export default defineConfig({
  base,
  head: [["link", { rel: "icon", href: `${base}favicon.svg` }]],
  buildEnd: ({ outDir }) => worksUnderAnyPath(outDir),
  title: "gateflow",
  description,
  lang: "en",
  outDir: "../dist-docs",
  lastUpdated: false,
  // TypeDoc writes these pages beside the site.
  ignoreDeadLinks: [/^\/api\//],
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
