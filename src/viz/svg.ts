/** Text of SVG documents, the same bytes for the same data. */

export type Attributes = Readonly<Record<string, string | number>>;

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Characters XML cannot hold are dropped, those it reads as markup are written out. */
export const escapeText = (text: string): string =>
  text.replaceAll(/(?![\t\n\r])\p{Cc}/gu, "").replaceAll(/[&<>"']/g, (c) => entities[c]!);

/** A coordinate in pixels, to a hundredth. */
export const pixels = (value: number): string => String(Math.round(value * 100) / 100);

export function element(name: string, attributes: Attributes, children: readonly string[] = []): string {
  const given = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${typeof value === "number" ? pixels(value) : escapeText(value)}"`)
    .join("");
  return children.length === 0 ? `<${name}${given}/>` : `<${name}${given}>${children.join("")}</${name}>`;
}

export const text = (content: string, x: number, y: number, attributes: Attributes = {}): string =>
  element("text", { x, y, ...attributes }, [escapeText(content)]);

/** Width of text in pixels, estimated from above: there is no font to ask. */
export const textWidth = (content: string, size = 12): number => content.length * size * 0.6;

/** What fits into so many pixels, cut with an ellipsis. */
export function clipText(content: string, width: number, size = 12): string {
  if (textWidth(content, size) <= width) return content;
  return `${content.slice(0, Math.max(1, Math.floor(width / textWidth(" ", size)) - 1))}…`;
}

/** Pieces a text may be broken between: behind spaces, and within names behind `/` and `_`. */
const piecesOf = (content: string): string[] =>
  content.match(/[^\s/_]*(?:[\s/_]+|$)/g)!.filter((piece) => piece !== "");

/** Text in lines no wider than so many pixels, whole to the last letter; what no break helps is cut between letters. */
export function wrapText(content: string, width: number, size = 12): string[] {
  const most = Math.max(1, Math.floor(width / textWidth(" ", size) + 1e-9));
  const lines: string[] = [];
  let line = "";
  for (const piece of piecesOf(content)) {
    if (line !== "" && (line + piece).trimEnd().length > most) {
      lines.push(line.trimEnd());
      line = "";
    }
    line += piece;
    while (line.trimEnd().length > most) {
      lines.push(line.slice(0, most));
      line = line.slice(most);
    }
  }
  return line.trimEnd() === "" && lines.length > 0 ? lines : [...lines, line.trimEnd()];
}

/** From one line of text to the next, in sizes of its letters. */
const LEADING = 1.3;

export const lineHeight = (size = 12): number => Math.ceil(size * LEADING);

/** Lines of text below each other, the first one's baseline at `y`. */
export const textLines = (
  lines: readonly string[],
  x: number,
  y: number,
  size: number,
  attributes: Attributes = {},
): string[] => lines.map((line, i) => text(line, x, y + i * lineHeight(size), attributes));

const TITLE = 14;
const EDGE = 12;

/** A picture's title: over its drawing where it fits there, else from the picture's edge on, in as many lines as it needs. */
export function titleText(
  title: string,
  left: number,
  width: number,
  right = 8,
): { parts: string[]; extra: number } {
  const fits = textWidth(title, TITLE) <= width - left - right;
  const x = fits ? left : EDGE;
  const lines = fits ? [title] : wrapText(title, width - 2 * EDGE, TITLE);
  return {
    parts: textLines(lines, x, 22, TITLE, { class: "title" }),
    extra: (lines.length - 1) * lineHeight(TITLE),
  };
}

const style = [
  "text{font:12px system-ui,sans-serif;fill:#222}",
  ".title{font-size:14px;font-weight:600}",
  ".small{font-size:11px}",
  ".axis{stroke:#444;fill:none}",
  ".grid{stroke:#ddd;fill:none}",
  ".line{fill:none;stroke-width:1.75;stroke-linejoin:round}",
  ".mark{stroke:#222;fill:none;stroke-dasharray:4 3}",
  ".band{fill:#e9e2d0;stroke:#b8a97a}",
  ".bar{fill:#1b3a6b}",
  ".area{fill:#d1570a;fill-opacity:.18}",
  ".paper{fill:#fff}",
  ".halo{stroke:#fff;stroke-width:3;paint-order:stroke}",
];

/** The same on near-black, where the reader's system asks for it: each stroke has a light sibling. */
const darkStyle = [
  "text{fill:#e4e7ea}",
  ".axis{stroke:#9aa4ad}",
  ".grid{stroke:#333b43}",
  ".mark{stroke:#e4e7ea}",
  ".band{fill:#3a3524;stroke:#8a7f55}",
  ".bar{fill:#7fb0f0}",
  ".area{fill:#f29a5c}",
  ".paper{fill:#14181c}",
  ".halo{stroke:#14181c}",
  ...["#7fb0f0", "#f29a5c", "#5fd0aa", "#c79bff", "#b0b0b0", "#e6c65a"].flatMap((colour, i) => [
    `.s${i}{stroke:${colour}}`,
    `.f${i}{fill:${colour}}`,
  ]),
];

/**
 * The style of all pictures, a rule a line.
 * @param scope stands before each selector: within a page, a style is not one picture's alone.
 */
export const pictureStyle = (scope = ""): string =>
  [
    ...style.map((rule) => scope + rule),
    "@media (prefers-color-scheme:dark){",
    ...darkStyle.map((rule) => scope + rule),
    "}",
  ].join("\n");

/** A whole document on white, or on near-black where the reader prefers dark, with a title for those who do not see it. */
export function svgDocument(width: number, height: number, title: string, body: readonly string[]): string {
  return `${element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      width,
      height,
      viewBox: `0 0 ${pixels(width)} ${pixels(height)}`,
      role: "img",
    },
    [
      element("title", {}, [escapeText(title)]),
      element("style", {}, [pictureStyle().replaceAll("\n", "")]),
      element("defs", {}, [
        element("pattern", { id: "none", width: 6, height: 6, patternUnits: "userSpaceOnUse" }, [
          element("path", { d: "M0 6L6 0", stroke: "#999", "stroke-width": "1" }),
        ]),
      ]),
      element("rect", { width, height, class: "paper" }),
      ...body,
    ],
  )}\n`;
}
