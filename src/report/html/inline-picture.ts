import { pictureStyle } from "../../viz/svg.js";

/** The style of all pictures of a page, once. */
export const PICTURE_STYLE = `\n${pictureStyle("svg.picture ")}`;

/**
 * A picture's document as a part of a page: a style inside of an SVG would be the whole page's, so it is taken out, and no
 * two pictures may share the names of their patterns.
 * @param kind which screens it is for; the page's style shows one.
 * @param id of this picture in the page.
 */
export function inlinePicture(svg: string, kind: "wide" | "narrow", id: string): string {
  const own = `${id}-${kind}`;
  return svg
    .replace(/<style>[^<]*<\/style>/, "")
    .replace("<svg ", `<svg class="${kind} picture" `)
    .replaceAll('id="none"', `id="${own}"`)
    .replaceAll("url(#none)", `url(#${own})`);
}
