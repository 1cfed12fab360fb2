import { fileURLToPath } from "node:url";
import { defineConfig, type InlineConfig, type UserConfig } from "vite";
import { alwaysWanted } from "./bundling/always-wanted.ts";
import { inlineRuntime } from "./bundling/inline-runtime.ts";
import { preloadPage } from "./bundling/preload-page.ts";

const own = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const built = (file: string): string => own(`../dist/${file}`);

/** The page uses the library as anybody would: by its public entries, as they were built. */
const shared: InlineConfig = {
  root: own("."),
  // Relative addresses only: the page works under any path.
  base: "./",
  resolve: {
    alias: [
      { find: /^gateflow$/, replacement: built("index.js") },
      { find: /^gateflow\/series$/, replacement: built("series.js") },
      { find: /^gateflow\/worker$/, replacement: built("worker.js") },
      // The studio starts workers of its own: those of the library would be bundled, and left out again.
      { find: /^\.\/(background|search)\/index\.js$/, replacement: own("bundling/nothing.ts") },
    ],
  },
};

export default defineConfig(async (): Promise<UserConfig> => {
  const wanted = await alwaysWanted(own("src/worker/handle.ts"), shared);
  return {
    ...shared,
    plugins: [preloadPage("main")],
    worker: {
      format: "es",
      plugins: () => [inlineRuntime("training")],
      rolldownOptions: {
        output: {
          codeSplitting: {
            groups: [
              {
                name: "training",
                test: (id: string) => wanted.has(id),
                includeDependenciesRecursively: false,
              },
            ],
          },
        },
      },
    },
    build: {
      outDir: built("studio"),
      emptyOutDir: true,
      target: "es2022",
      // A policy that forbids what stands inline forbids data: addresses, too.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: { index: own("index.html"), teachers: own("teachers.html") } },
    },
  };
});
