import { mkdirSync, writeFileSync } from "node:fs";
import { drawPicture, fixAsCode } from "../../src/index.js";
import { exampleOf } from "./guide-cases.js";
import { prelude, snippets } from "./guide-snippets.js";
import { words } from "./guide-words.js";

/**
 * Writes docs/why-is-my-lstm-not-learning.md and its pictures in docs/images/doctor/: words, numbers and pictures are the
 * doctor's own, for a case of the bench.
 */
const docs = new URL("../../docs/", import.meta.url);
const images = new URL("images/doctor/", docs);
mkdirSync(images, { recursive: true });

const lines = [
  "# Why is my LSTM not learning?",
  "",
  "One section for each diagnosis: how it shows, what the doctor measured in a sick model of `bench/faults/` (the numbers",
  "and the picture are that model's), why it stops learning, and the change. `npx tsx bench/faults/guide.ts` writes this",
  "page and its pictures again.",
  "",
  "A program of your own begins with what it takes from the package, here",
  '`import { adam, dense, diagnose, lstm, sequential, slidingWindows } from "gateflow";`. Every code block runs after this one:',
  "",
  "```js",
  prelude,
  "```",
  "",
  "`diagnose` says nothing of a healthy model. `examine(series)` looks at data alone, `doctor()` watches a `fit`, and",
  "`repair(recipe, { series })` applies the remedies and measures what they are worth. A diagnosis carries its picture as",
  "plain data: `drawPicture(diagnosis.picture)` is an SVG document, `printPicture(diagnosis.picture)` a chart for the",
  "terminal.",
  "",
  ...words,
];
for (const [code, { shows, code: block }] of Object.entries(snippets)) {
  const own = await exampleOf(code);
  lines.push(`## ${code}`, "", `**Shows:** ${shows}`, "");
  if (own !== undefined) {
    const evidence = Object.entries(own.evidence).map(([name, value]) => `${name} ${value}`);
    lines.push(`**Measured:** ${own.title} (${evidence.join(", ")}).`, "");
    if (own.picture !== undefined) {
      writeFileSync(new URL(`${code}.svg`, images), drawPicture(own.picture));
      lines.push(`![${own.picture.title}](images/doctor/${code}.svg)`, "");
    }
    lines.push(`**Why:** ${own.why}`, "", `**Change:** ${own.remedy}`, "");
    lines.push(`**Cost:** ${own.cost}`, "", `**Expect:** ${own.expect}`, "");
  }
  lines.push("```js", block, "```", "");
  if (own?.fix !== undefined) {
    const [keras, pytorch] = [
      fixAsCode(own.fix, undefined, { as: "keras" }),
      fixAsCode(own.fix, undefined, { as: "pytorch" }),
    ];
    if (keras === pytorch && keras !== "")
      lines.push("In Python, for both Keras and PyTorch:", "", "```python", keras, "```", "");
    else {
      if (keras !== "") lines.push("In Keras:", "", "```python", keras, "```", "");
      if (pytorch !== "") lines.push("In PyTorch:", "", "```python", pytorch, "```", "");
    }
  }
}
writeFileSync(new URL("why-is-my-lstm-not-learning.md", docs), `${lines.join("\n").trimEnd()}\n`);
