import type { Diagnosis } from "../../src/doctor/diagnosis.js";
import { refusalOf, refusedCodes } from "../../src/doctor/refusal.js";
import { examine, GateflowError } from "../../src/index.js";
import { admit, type Plan, type Rows } from "./patient.js";
import { ask } from "./run-case.js";
import { mulberry32, sineMix } from "./series.js";
import { faults } from "./sick.js";

/** Faults that show best before any training: afterwards there is nothing left but weights that are no numbers. */
const askedBefore: readonly string[] = ["exploding_gradients"];

const MOST_DRAWS = 8;

/** One feature twice: not a fault, and so not of the bench. */
function twice(): readonly Diagnosis[] {
  const series = sineMix(300, 1);
  const window = 20;
  const starts = Array.from({ length: series.length - window }, (_, n) => n);
  return examine({
    x: starts.map((n) => series.slice(n, n + window).map((value) => [value, 2 * value + 1])),
    y: starts.map((n) => [series[n + window]!]),
  });
}

/** What is refused is told in the words of the refusal. */
async function refused(plan: Plan): Promise<Diagnosis | undefined> {
  try {
    (await admit(plan)).model.dispose();
    return undefined;
  } catch (error) {
    if (!(error instanceof GateflowError)) throw error;
    return refusalOf(error, (plan.x as Rows)[0]!.length);
  }
}

/** What the doctor says of the first sick model of the bench in which it finds this code; undefined where it finds none. */
export async function exampleOf(code: string): Promise<Diagnosis | undefined> {
  const fault = faults[code];
  const own = (diagnoses: readonly Diagnosis[]) => diagnoses.find((diagnosis) => diagnosis.code === code);
  if (fault === undefined) return own(twice());
  for (let i = 0; i < MOST_DRAWS; i++) {
    const plan = fault(mulberry32(7000 + i), "develop", i % 2 === 1).sick;
    if (refusedCodes.some((own) => own === code)) return refused({ ...plan, isTrained: true });
    const { diagnoses } = await ask(askedBefore.includes(code) ? { ...plan, isTrained: false } : plan);
    const found = own(diagnoses);
    if (found !== undefined) return found;
  }
  return undefined;
}
