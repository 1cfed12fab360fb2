import { writeFileSync } from "node:fs";
import { prelude, snippets } from "./guide-snippets.js";
import { ask } from "./run-case.js";
import { mulberry32 } from "./series.js";
import { faults } from "./sick.js";

/** Writes docs/why-is-my-lstm-not-learning.md: the words and numbers are the doctor's own, for a case of the bench. */
const lines = [
  "# Why is my LSTM not learning?",
  "",
  "One section for each diagnosis: how it shows, what the doctor measured in a sick model of `bench/faults/` (the numbers",
  "are that model's), why it stops learning, and the change. `npx tsx bench/faults/guide.ts` writes this page again.",
  "",
  "Every code block runs after this one, with everything imported from `gateflow`:",
  "",
  "```js",
  prelude,
  "```",
  "",
  "`diagnose` says nothing of a healthy model. `examine(series)` looks at data alone, `doctor()` watches a `fit`, and",
  "`repair(recipe, { series })` applies the remedies and measures what they are worth.",
  "",
];
for (const [code, { shows, code: block }] of Object.entries(snippets)) {
  const fault = faults[code];
  let measured: string[] = [];
  for (let i = 0; i < 8 && fault !== undefined && measured.length === 0; i++) {
    const { diagnoses } = await ask(fault(mulberry32(7000 + i), "develop", i % 2 === 1).sick);
    const own = diagnoses.find((diagnosis) => diagnosis.code === code);
    if (own === undefined) continue;
    const evidence = Object.entries(own.evidence).map(([name, value]) => `${name} ${value}`);
    measured = [
      `**Measured:** ${own.title} (${evidence.join(", ")}).`,
      "",
      `**Why:** ${own.why}`,
      "",
      `**Change:** ${own.remedy}`,
      "",
    ];
  }
  lines.push(`## ${code}`, "", `**Shows:** ${shows}`, "", ...measured, "```js", block, "```", "");
}
writeFileSync(
  new URL("../../docs/why-is-my-lstm-not-learning.md", import.meta.url),
  `${lines.join("\n").trimEnd()}\n`,
);
