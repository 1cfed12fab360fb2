import type { Plugin, Rolldown } from "vite";

/**
 * Has the page's script fetched with the page, though what stands in the page is only the start of its worker: this way
 * neither waits for the other.
 *
 * @param entry name of the chunk with the page itself, which the start imports.
 */
export const preloadPage = (entry: string): Plugin => ({
  name: "preload-page",
  transformIndexHtml: {
    order: "post",
    handler(html, { bundle }) {
      const chunks = Object.values(bundle ?? {}).filter(
        (file): file is Rolldown.OutputChunk => file.type === "chunk",
      );
      const page = chunks.find(({ name, isDynamicEntry }) => name === entry && isDynamicEntry);
      const start = chunks.find(({ dynamicImports }) => page && dynamicImports.includes(page.fileName));
      if (page === undefined || start === undefined || !html.includes(start.fileName)) return [];
      return [page.fileName, ...page.imports]
        .filter((file) => !html.includes(file))
        .map((file) => ({
          tag: "link",
          attrs: { rel: "modulepreload", crossorigin: true, href: `./${file}` },
          injectTo: "head" as const,
        }));
    },
  },
});
