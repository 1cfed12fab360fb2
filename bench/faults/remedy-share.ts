import { repair } from "../../src/doctor/repair.js";
import { drawOf } from "./diagnose-faults.js";
import { repairCase, repairCodes } from "./repairs.js";
import type { Part } from "./series.js";
import { fraction, share, table } from "./tally.js";

/**
 * In how many of the cases that a change of the recipe can cure the first remedy, applied alone, lowers the validation error:
 * one training as it is, one with the change.
 */
export async function remedyShare(part: Part, perCode: number, code: string | undefined): Promise<void> {
  console.log(`\n### The first remedy alone, ${part === "develop" ? "development part" : "report part"}\n`);
  const rows: string[][] = [];
  let [cases, lowered] = [0, 0];
  for (const name of repairCodes) {
    if (code !== undefined && code !== name) continue;
    let own = 0;
    for (let i = 0; i < perCode; i++) {
      const { series, sick } = repairCase(name, drawOf(part, `repair ${name}`, i), part);
      let tried = "no remedy";
      const { before, after } = await repair(sick, {
        series,
        budget: 2,
        seed: i,
        withControl: false,
        onProgress: (attempt) => {
          if (attempt.training === 2) tried = attempt.tried;
        },
      });
      if (after < before) own++;
      console.log(`${name} ${i}: ${before.toPrecision(3)} → ${after.toPrecision(3)} (${tried})`);
    }
    cases += perCode;
    lowered += own;
    rows.push([name, fraction(own, perCode)]);
  }
  if (cases === 0) return;
  console.log(`\n${table(["code", "lower validation error"], rows)}`);
  console.log(`\nfirst remedy lowers the error      ${share(lowered, cases)}`);
}
