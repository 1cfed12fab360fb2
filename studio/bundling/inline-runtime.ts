import type { Plugin } from "vite";

const IMPORT = /import\{([^}]*)\}from"\.\/(rolldown-runtime-[\w-]+\.js)";/;
const EXPORT = /export\{([^}]*)\};?\s*$/;

/** `a as b,c` as pairs of both names. */
const pairs = (list: string): [string, string][] =>
  list.split(",").map((one) => {
    const [from = "", to = from] = one.split(" as ");
    return [from.trim(), to.trim()];
  });

/** Puts the few words of the bundler's own into the chunk that is waited for: a file of their own is a round trip more. */
export const inlineRuntime = (chunkName: string): Plugin => ({
  name: "inline-runtime",
  generateBundle(_, bundle) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type !== "chunk" || chunk.name !== chunkName) continue;
      const [statement, wanted, file] = IMPORT.exec(chunk.code) ?? [];
      const runtime = bundle[`assets/${file}`];
      if (statement === undefined || runtime?.type !== "chunk") continue;
      const [ending, given] = EXPORT.exec(runtime.code) ?? [];
      if (ending === undefined) continue;
      const body = runtime.code.slice(0, -ending.length);
      const results = pairs(given!).map(([own, name]) => `${name}:${own}`);
      const names = pairs(wanted!).map(([name, own]) => `${name}:${own}`);
      chunk.code = chunk.code.replace(
        statement,
        () => `const{${names}}=(()=>{${body};return{${results}}})();`,
      );
      chunk.imports = chunk.imports.filter((name) => name !== runtime.fileName);
    }
  },
});
