import { PICTURE_STYLE } from "./inline-picture.js";

/** Text as it may stand in HTML, in an attribute as well. */
export const escapeHtml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** Columns of a table are as wide as a phone allows; numbers line up. Colours follow the reader's system. */
const STYLE = `
:root { color-scheme: light dark; --text: #1c2126; --soft: #59636d; --rule: #d5dade; --paper: #fff; --best: #e6f0fd; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e4e7ea; --soft: #a0a9b2; --rule: #3a424a; --paper: #14181c; --best: #1d3350; }
}
@media print { :root { --text: #000; --soft: #333; --rule: #999; --paper: #fff; --best: #eee; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 50rem; color: var(--text); background: var(--paper);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0; }
h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; border-bottom: 1px solid var(--rule); padding-bottom: .25rem; }
p, ul { margin: .5rem 0; }
ul { padding-left: 1.2rem; }
.soft, figcaption, dt, footer { color: var(--soft); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .35rem .6rem; text-align: right; border-bottom: 1px solid var(--rule); vertical-align: bottom; }
th:first-child, td:first-child { text-align: left; padding-left: 0; white-space: nowrap; }
td.best { font-weight: 700; background: var(--best); }
dl { display: grid; grid-template-columns: minmax(8rem, 14rem) 1fr; gap: .2rem 1rem; margin: .5rem 0; }
dd { margin: 0; }
figure { margin: 1rem 0; }
figcaption { font-size: .9rem; margin-top: .2rem; }
svg { display: block; max-width: 100%; height: auto; }
.narrow { display: none; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 0 1rem; }
footer { margin-top: 3rem; font-size: .85rem; }
@media (max-width: 46rem) {
  .wide { display: none; }
  .narrow { display: block; }
  .pair, dl { grid-template-columns: 1fr; }
  dd { margin-bottom: .4rem; }
  table { font-size: .85rem; }
  th, td { padding: .3rem .25rem; }
  th:first-child, td:first-child { white-space: normal; }
}`;

/** One self-contained page: no script, no font, no image, no request. @param style rules of this page alone. */
export function page(title: string, body: string, style = ""): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${STYLE}${PICTURE_STYLE}${style}
</style>
</head>
<body>
${body}
</body>
</html>
`;
}
