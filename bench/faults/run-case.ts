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
  const done = (
    diagnoses: readonly Diagnosis[],
    codes: readonly string[] = diagnoses.map(({ code }) => code),
  ): Outcome => ({
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
          // What is weighed already is only known from what fit was called with.
          ...(plan.classWeight === undefined ? {} : { fit: { classWeight: plan.classWeight } }),
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

/**
 * Whether a model said to be healthy is: trained, it does no worse on what it was not shown than the best constant answer
 * does, to a tenth. Says nothing of the doctor. Models without a validation part are judged on what they were trained on.
 */
export async function isWell(plan: Plan): Promise<boolean> {
  const { model } = await admit({ ...plan, isTrained: true });
  try {
    const [x, y] = (model.batchSize === undefined ? plan.validation : undefined) ?? [plan.x, plan.y];
    const { data } = await model.predict(x, { batchSize: model.batchSize ?? 256 });
    const answers = (y as number[]).flat(2) as number[];
    // Tokens of 0 are padding: what is said of them counts for nothing.
    const tokens = embeds(plan) ? (x as number[][]).flat() : [];
    const counts = (i: number): boolean => tokens.length !== answers.length || tokens[i] !== 0;
    if (plan.loss.endsWith("Crossentropy"))
      return shareRight(data, answers, counts) > largestShare(answers.filter((_, i) => counts(i)));
    const mean = answers.reduce((sum, value) => sum + value, 0) / answers.length;
    const [own, constant] = answers.reduce(
      ([a, b], value, i) => [a + (data[i]! - value) ** 2, b + (mean - value) ** 2] as const,
      [0, 0] as readonly [number, number],
    );
    return own <= 1.1 * constant;
  } finally {
    model.dispose();
  }
}

/** Classes by index, by one-hot rows, or of one probability. */
const embeds = (plan: Plan): boolean => plan.layers()[0]!.kind === "embedding";

function shareRight(
  data: ArrayLike<number>,
  answers: readonly number[],
  counts: (i: number) => boolean,
): number {
  if (data.length === answers.length) {
    const isRight = (value: number, i: number): boolean => data[i]! > 0.5 === value > 0.5;
    return answers.filter(isRight).length / answers.length;
  }
  const width = data.length / answers.length;
  const isRight = (label: number, n: number): boolean =>
    Array.from({ length: width }, (_, k) => data[n * width + k]!).every(
      (value) => value <= data[n * width + label]!,
    );
  const asked = answers.filter((_, i) => counts(i)).length;
  return answers.filter((label, n) => counts(n) && isRight(label, n)).length / asked;
}

function largestShare(answers: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const answer of answers) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  return Math.max(...counts.values()) / answers.length;
}
