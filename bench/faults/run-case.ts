import { diagnose } from "../../src/doctor/diagnose.js";
import type { Diagnosis } from "../../src/doctor/diagnosis.js";
import { GateflowError } from "../../src/index.js";
import { admit, type Plan } from "./patient.js";

export interface Outcome {
  /** Codes in the order of the diagnosis; one alone where the fault was refused. */
  readonly codes: readonly string[];
  readonly diagnoses: readonly Diagnosis[];
  readonly milliseconds: number;
}

/** Admits a plan and asks the doctor, as a user would: trained models come with their history. */
export async function ask(plan: Plan): Promise<Outcome> {
  const began = performance.now();
  const done = (diagnoses: readonly Diagnosis[], codes = diagnoses.map(({ code }) => code)): Outcome => ({
    codes,
    diagnoses,
    milliseconds: performance.now() - began,
  });
  try {
    const { model, history } = await admit(plan);
    try {
      return done(
        await diagnose(model, {
          x: plan.x,
          y: plan.y,
          ...(plan.validation === undefined ? {} : { validationData: plan.validation }),
          ...(history === undefined ? {} : { history }),
          ...(plan.series === undefined ? {} : { series: plan.series }),
        }),
      );
    } finally {
      model.dispose();
    }
  } catch (error) {
    if (error instanceof GateflowError && error.code !== undefined) return done([], [error.code]);
    throw error;
  }
}
