import type { MarkdownRenderer } from "vitepress";

/**
 * Pages are read in the repository too, where a link may lead to a file of the source. The site holds the pages alone, so
 * there such a link is its text.
 */
export function onlyLinksWithin(md: MarkdownRenderer): void {
  md.core.ruler.push("only-links-within", ({ tokens, env }) => {
    const depth = String(env.relativePath ?? "").split("/").length;
    for (const { children } of tokens) {
      let inside = false;
      for (const token of children ?? []) {
        const href = token.type === "link_open" ? String(token.attrGet("href")) : "";
        // The studio is a page of another program: the site's router must not take it for one of its own.
        if (href.includes("studio/index.html")) token.attrSet("target", "_blank");
        const isLeaving = href.startsWith("../".repeat(depth));
        if (isLeaving || (inside && token.type === "link_close")) {
          inside = isLeaving;
          token.hidden = true;
          token.type = "text";
          token.tag = "";
          token.content = "";
          token.nesting = 0;
        }
      }
    }
  });
}
