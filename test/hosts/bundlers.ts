import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as esbuild from "esbuild";
import { build as viteBuild } from "vite";
import { site } from "./project.js";

export type PageEntry = "page.mjs" | "worker-page.mjs";

/** A bundler, and what it makes of the programs: a folder with a page, and a file for a server. */
export interface Bundler {
  readonly name: string;
  /** What has to be installed in the project for it. */
  readonly packages: readonly string[];
  /** @returns the folder of a page; undefined where the bundler makes no worker of `new Worker(new URL(…))`. */
  page(project: string, entry: PageEntry): Promise<string | undefined>;
  /** @returns a file that holds the library, for a server. */
  server(project: string): Promise<string>;
}

/** A package of the project itself. */
const load = async (project: string, name: string): Promise<unknown> =>
  import(/* @vite-ignore */ pathToFileURL(createRequire(join(project, "x.js")).resolve(name)).href);

const withEsbuild: Bundler = {
  name: "esbuild",
  packages: [],
  async page(project, entry) {
    if (entry === "worker-page.mjs") return undefined;
    const outdir = await site(project, "esbuild-page", "page.js");
    await esbuild.build({
      entryPoints: [join(project, entry)],
      bundle: true,
      splitting: true,
      minify: true,
      format: "esm",
      platform: "browser",
      outdir,
      logLevel: "silent",
    });
    return outdir;
  },
  async server(project) {
    const outfile = join(project, "esbuild-server.cjs");
    const { warnings } = await esbuild.build({
      entryPoints: [join(project, "required.cjs")],
      bundle: true,
      format: "cjs",
      platform: "node",
      target: "node20",
      outfile,
      logLevel: "silent",
    });
    if (warnings.length > 0) throw new Error(`esbuild warns: ${warnings[0]!.text}`);
    return outfile;
  },
};

const withVite: Bundler = {
  name: "vite",
  packages: [],
  async page(project, entry) {
    const root = await site(project, `vite-${entry.replace(".mjs", "")}-source`, `../${entry}`);
    const outDir = join(project, `vite-${entry.replace(".mjs", "")}`);
    await viteBuild({
      root,
      configFile: false,
      logLevel: "error",
      base: "./",
      worker: { format: "es" },
      build: { outDir, emptyOutDir: true, assetsInlineLimit: 0 },
    });
    return outDir;
  },
  async server(project) {
    const outDir = join(project, "vite-server");
    await viteBuild({
      root: project,
      configFile: false,
      logLevel: "error",
      ssr: { noExternal: true },
      build: { ssr: join(project, "main.mjs"), outDir, emptyOutDir: true },
    });
    return join(outDir, "main.js");
  },
};

interface Rollup {
  rollup(options: object): Promise<{ write(options: object): Promise<unknown> }>;
}

const withRollup: Bundler = {
  name: "rollup",
  packages: ["rollup@4.68.8", "@rollup/plugin-node-resolve@16.0.3"],
  async page(project, entry) {
    if (entry === "worker-page.mjs") return undefined;
    const dir = await site(project, "rollup-page", "page.js");
    await rollupTo(project, join(project, entry), true, { dir, format: "es" });
    return dir;
  },
  async server(project) {
    const dir = join(project, "rollup-server");
    await rollupTo(project, join(project, "main.mjs"), false, { dir, format: "es" });
    return join(dir, "main.js");
  },
};

async function rollupTo(project: string, input: string, browser: boolean, output: object): Promise<void> {
  const { rollup } = (await load(project, "rollup")) as Rollup;
  const { nodeResolve } = (await load(project, "@rollup/plugin-node-resolve")) as {
    nodeResolve(options: object): object;
  };
  const bundle = await rollup({
    input,
    plugins: [nodeResolve({ browser, preferBuiltins: true })],
    onwarn(warning: { code: string; message: string }) {
      // A package of another's writes for older compilers.
      if (warning.code === "THIS_IS_UNDEFINED") return;
      throw new Error(`rollup warns: ${warning.message}`);
    },
  });
  await bundle.write(output);
}

type WebpackDone = (
  error: Error | null,
  stats: { hasErrors(): boolean; hasWarnings(): boolean; toString(options: object): string },
) => void;
type Webpack = (options: object, done: WebpackDone) => void;

const withWebpack: Bundler = {
  name: "webpack",
  packages: ["webpack@5.113.0"],
  async page(project, entry) {
    const name = `webpack-${entry.replace(".mjs", "")}`;
    const path = await site(project, name, "main.js");
    await webpackTo(project, {
      entry: join(project, entry),
      target: "web",
      output: { path, publicPath: "auto" },
    });
    return path;
  },
  async server(project) {
    const path = join(project, "webpack-server");
    await webpackTo(project, {
      entry: join(project, "main.mjs"),
      target: "node20",
      output: { path, filename: "main.cjs", library: { type: "commonjs2" } },
    });
    return join(path, "main.cjs");
  },
};

async function webpackTo(project: string, options: object): Promise<void> {
  const { default: webpack } = (await load(project, "webpack")) as { default: Webpack };
  await new Promise<void>((resolve, reject) => {
    webpack({ mode: "production", context: project, performance: false, ...options }, (error, stats) => {
      if (error) reject(error);
      else if (stats.hasErrors() || stats.hasWarnings()) reject(new Error(stats.toString({ colors: false })));
      else resolve();
    });
  });
}

/** Those that stand in package.json. */
export const installed: readonly Bundler[] = [withEsbuild, withVite];
export const bundlers: readonly Bundler[] = [...installed, withRollup, withWebpack];
