import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const built = (file: string): string => fileURLToPath(new URL(`../dist/${file}`, import.meta.url));

/** The page uses the library as anybody would: by its public entries, as they were built. */
export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  // Relative addresses only: the page works under any path.
  base: "./",
  resolve: {
    alias: [
      { find: /^gateflow$/, replacement: built("index.js") },
      { find: /^gateflow\/series$/, replacement: built("series.js") },
      { find: /^gateflow\/worker$/, replacement: built("worker.js") },
    ],
  },
  worker: { format: "es" },
  build: {
    outDir: built("studio"),
    emptyOutDir: true,
    target: "es2022",
    // A policy that forbids what stands inline forbids data: addresses, too.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: {
        index: fileURLToPath(new URL("index.html", import.meta.url)),
        teachers: fileURLToPath(new URL("teachers.html", import.meta.url)),
      },
    },
  },
});
