import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import ts from "typescript";

/** The base the site is built with; no page has this in its text. */
export const placeholder = "/-base-/";
const base = "globalThis.__docsBase";

/** A script in which each text that holds the placeholder gets the site's real place when it is run. */
function script(text: string): string {
  const source = ts.createSourceFile("chunk.js", text, ts.ScriptTarget.Latest, true, ts.ScriptKind.JS);
  const edits: { from: number; to: number; text: string }[] = [];
  const visit = (node: ts.Node): void => {
    const raw =
      ts.isLiteralExpression(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);
    if (raw && node.getText(source).includes(placeholder)) {
      const own = node.getText(source);
      const isWhole = ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node);
      const isKey = ts.isPropertyAssignment(node.parent) && node.parent.name === node;
      const replaced = isWhole
        ? `(${own}).replaceAll("${placeholder}",${base})`
        : own.replaceAll(placeholder, `\${${base}}`);
      edits.push({ from: node.getStart(source), to: node.end, text: isKey ? `[${replaced}]` : replaced });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return edits.reduceRight((out, { from, to, text: own }) => out.slice(0, from) + own + out.slice(to), text);
}

/**
 * What stays on the screen when the router goes to a page of another depth must not hold addresses seen from this one.
 */
const settle = `for(const[t,a]of[["a","href"],["link","href"],["img","src"]])for(const e of document.querySelectorAll(t+"["+a+"^='.']"))e.setAttribute(a,e[a])`;

/** A page: addresses become relative; its first script says where the site lies, seen from the page's own address. */
function page(text: string, depth: number): string {
  const up = "../".repeat(depth) || "./";
  return text
    .replace(/(<script[^>]*>)(.*?)(<\/script>)/gs, (_, open, code, close) => open + script(code) + close)
    .replaceAll(`="${placeholder}`, `="${up}`)
    .replace("</body>", `<script>${settle}</script></body>`)
    .replace("<head>", `<head><script>${base}=new URL("${up}",location.href).pathname</script>`);
}

/**
 * Makes a built site work under any path, moved or served: VitePress writes one fixed path into addresses and scripts,
 * and its router compares the address of the page with it.
 * @throws Error where a placeholder is left.
 */
export async function worksUnderAnyPath(folder: string): Promise<void> {
  for (const path of await readdir(folder, { recursive: true })) {
    if (!/\.(html|js|css)$/.test(path)) continue;
    const text = await readFile(join(folder, path), "utf8");
    const depth = path.split(/[\\/]/).length - 1;
    if (!text.includes(placeholder)) continue;
    const out = path.endsWith(".html")
      ? page(text, depth)
      : path.endsWith(".js")
        ? script(text)
        : text.replaceAll(placeholder, "../".repeat(depth));
    if (out.replace(/<script.*?<\/script>/gs, "").includes(placeholder) && !path.endsWith(".js"))
      throw new Error(`${path} still knows one path only`);
    await writeFile(join(folder, path), out);
  }
}
