/**
 * The built package's entries. They share no module with src/, so that a test meets them as a program does: without the
 * names that test/vitest.config.ts registers.
 */
const load = (entry: string): Promise<unknown> =>
  import(/* @vite-ignore */ new URL(`../../dist/${entry}.js`, import.meta.url).href);

export const builtCore = async () => (await load("core")) as typeof import("../../src/core.js");
export const builtGateflow = async () => (await load("index")) as typeof import("../../src/index.js");
export const builtNode = async () => (await load("node/index")) as typeof import("../../src/node/index.js");
