import { type Diagnosis, diagnose, examine, GateflowError } from "gateflow";
import type { Job, Stage, Trained } from "../protocol.ts";
import { buildModel } from "./build-model.ts";
import { type Prepared, prepare } from "./prepare.ts";

/** What a refusal says, as a finding, where the doctor has not said it himself. */
function refusalOf(error: GateflowError): Diagnosis {
  return {
    code: (error.code ?? "refused") as Diagnosis["code"],
    severity: "error",
    title: "It cannot be trained as it is",
    evidence: {},
    why: error.message,
    remedy: "Change what the message names.",
    cost: "Nothing.",
    expect: "A training that begins.",
  };
}

/** What is said of a result, which a training under way has not come to. */
const ofResults: readonly string[] = ["beaten_by_baseline", "underfitting_stopped_early"];

/** The doctor's look at a job: untrained, with the training it has had so far, or with all of it. */
export async function findingsOf(job: Job, trained: Trained | null, stage: Stage): Promise<Diagnosis[]> {
  const found = await lookAt(job, trained);
  return stage === "during" ? found.filter(({ code }) => !ofResults.includes(code)) : found;
}

async function lookAt(job: Job, trained: Trained | null): Promise<Diagnosis[]> {
  const { recipe } = job.recipe;
  let prepared: Prepared;
  try {
    prepared = await prepare(job);
  } catch (error) {
    if (!(error instanceof GateflowError)) throw error;
    return [refusalOf(error)];
  }
  const { train, validation, series } = prepared;
  const validationData = [validation.x, validation.y] as const;
  let model: Awaited<ReturnType<typeof buildModel>>;
  try {
    model = await buildModel(job, prepared);
  } catch (error) {
    if (!(error instanceof GateflowError)) throw error;
    return [refusalOf(error), ...examine({ x: train.x, y: train.y, validationData })];
  }
  try {
    if (trained !== null) model.setWeights(trained.weights, { allowNonFinite: true });
    const { batchSize = 32, shuffle = true } = recipe.fit ?? {};
    return await diagnose(model, {
      x: train.x,
      y: train.y,
      validationData: model.batchSize === undefined ? validationData : undefined,
      ...(series === null
        ? {}
        : { series: series.slice(0, Math.floor(job.recipe.trainShare * series.length)) }),
      ...(trained === null || trained.history.loss!.length === 0 ? {} : { history: trained.history }),
      fit: { batchSize, shuffle },
    });
  } catch (error) {
    if (!(error instanceof GateflowError)) throw error;
    return [refusalOf(error)];
  } finally {
    model.dispose();
  }
}
