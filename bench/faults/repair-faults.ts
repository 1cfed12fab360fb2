import { repair } from "../../src/doctor/repair.js";
import { drawOf } from "./diagnose-faults.js";
import { repairCase, repairCodes } from "./repairs.js";
import type { Part } from "./series.js";
import { fraction, share, table } from "./tally.js";

export interface RepairRun {
  readonly part: Part;
  readonly perCode: number;
  /** Trainings a repair may make; the random search makes as many. */
  readonly budget: number;
  readonly code: string | undefined;
}

/** The bar: within a tenth of the healthy twin's error. */
const NEAR = 1.1;

/** Repairs every case that a machine can, beside a random search, and prints what came of it. */
export async function repairFaults({ part, perCode, budget, code }: RepairRun): Promise<void> {
  let [cases, repaired, beat] = [0, 0, 0];
  console.log(`\n### Repairs, ${part === "develop" ? "development part" : "report part"}\n`);
  const rows: string[][] = [];
  for (const name of repairCodes) {
    if (code !== undefined && code !== name) continue;
    let [near, notWorse] = [0, 0];
    for (let i = 0; i < perCode; i++) {
      const { series, sick, twin } = repairCase(name, drawOf(part, `repair ${name}`, i), part);
      const whole = { ...twin, series: { ...twin.series, impute: "linear" as const } };
      const { before: healthyError } = await repair(whole, {
        series,
        budget: 1,
        seed: i,
        withControl: false,
      });
      const { before, after, control, applied } = await repair(sick, { series, budget, seed: i });
      if (after <= NEAR * healthyError) near++;
      if (after <= control) notWorse++;
      console.log(
        `${name} ${i}: ${before.toPrecision(3)} → ${after.toPrecision(3)} (twin ${healthyError.toPrecision(3)}, control ${control.toPrecision(3)}; ${applied.map((diagnosis) => diagnosis.code).join(", ") || "nothing kept"})`,
      );
    }
    cases += perCode;
    repaired += near;
    beat += notWorse;
    rows.push([name, fraction(near, perCode), fraction(notWorse, perCode)]);
  }
  if (cases === 0) return;
  console.log(`\n${table(["code", "within 10 % of the twin", "not worse than random search"], rows)}`);
  console.log(`
within 10 % of the twin            ${share(repaired, cases)}
not worse than random search       ${share(beat, cases)}`);
}
