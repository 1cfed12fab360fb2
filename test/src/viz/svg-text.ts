import { expect } from "vitest";

/**
 * Tags that open and close in order, attributes in quotes, no bare `&` or `<`: what XML asks of these documents.
 * @returns the texts of the document.
 */
export function textsOf(svg: string): string[] {
  const open: string[] = [];
  const texts: string[] = [];
  const token = /<(\/?)([a-zA-Z]+)((?: [a-zA-Z:-]+="[^"<&]*(?:&[a-z#0-9]+;[^"<&]*)*")*)(\/?)>|([^<]+)/y;
  let at = 0;
  while (at < svg.length) {
    token.lastIndex = at;
    const match = token.exec(svg);
    if (match === null) throw new Error(`no XML at ${at}: ${svg.slice(at, at + 60)}`);
    const [all, closing, name, , alone, content] = match;
    if (content !== undefined) {
      if (/&(?!(amp|lt|gt|quot|#39);)/.test(content)) throw new Error(`a bare & in ${content}`);
      if (content.trim() !== "") texts.push(content);
    } else if (closing === "/") {
      const expected = open.pop();
      if (expected !== name) throw new Error(`</${name}> closes <${expected}>`);
    } else if (alone === "") open.push(name!);
    at += all.length;
  }
  if (open.length > 0) throw new Error(`not closed: ${open.join(", ")}`);
  return texts;
}

/** A Latin letter of a sans-serif font is about half its size wide; a text's middle and end depend on it. */
const EM = 0.5;

/** Every text lies on the picture from its first letter to its last, and no coordinate is without a number. */
export function expectInside(svg: string): void {
  const [, width, height] = /<svg [^>]*width="([\d.]+)" height="([\d.]+)"/.exec(svg)!.map(Number);
  const drawn = svg.replaceAll(/<text [^>]*>[^<]*<\/text>|<title>[^<]*<\/title>/g, "");
  expect(drawn).not.toMatch(/NaN|undefined|Infinity/);
  const text =
    /(?:<g transform="translate\(([-\d.]+) ([-\d.]+)\) rotate\(-90\)">)?<text x="([-\d.]+)" y="([-\d.]+)"([^>]*)>([^<]*)</g;
  for (const [, movedX, movedY, x, y, attributes, content] of svg.matchAll(text)) {
    const size = attributes!.includes("small") ? 11 : attributes!.includes("title") ? 14 : 12;
    const length = EM * size * content!.replaceAll(/&[a-z#0-9]+;/g, "&").length;
    const before = attributes!.includes('"middle"') ? length / 2 : attributes!.includes('"end"') ? length : 0;
    // Turned by 90°, a text runs upwards.
    const [start, end, across, room, depth] =
      movedX === undefined
        ? [Number(x) - before, Number(x) - before + length, Number(y), width!, height!]
        : [Number(movedY) - before, Number(movedY) - before + length, Number(movedX), height!, width!];
    expect(start, `${content} begins outside`).toBeGreaterThanOrEqual(0);
    expect(end, `${content} ends outside`).toBeLessThanOrEqual(room);
    expect(across, `${content} is outside`).toBeGreaterThanOrEqual(0);
    expect(across, `${content} is outside`).toBeLessThanOrEqual(depth);
  }
}
