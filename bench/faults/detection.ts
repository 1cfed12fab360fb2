import { diagnose } from "../../src/doctor/diagnose.js";
import { type Callback, GateflowError, type Sequential } from "../../src/index.js";
import { admit, type Plan } from "./patient.js";

/** Judgements of what a training came to: asked in its middle, any model would deserve them. */
const ofTheEnd: readonly string[] = ["beaten_by_baseline", "underfitting_stopped_early"];

/**
 * After how many updates the doctor names a fault: it is asked before the first one, after 1, 2, 4, 8 … and at the end,
 * with the data, the model as it stands, what `fit` was called with, and the epochs logged so far.
 *
 * @returns 0: before any training, or refused by it; null: never.
 */
export async function updatesUntilNamed(plan: Plan, code: string): Promise<number | null> {
  let updates = 0;
  let found: number | null = null;
  const history: Record<string, number[]> = {};
  const isNamed = async (model: Sequential): Promise<boolean> => {
    const codes = await diagnose(model, {
      x: plan.x,
      y: plan.y,
      ...(plan.validation === undefined ? {} : { validationData: plan.validation }),
      ...(plan.series === undefined ? {} : { series: plan.series }),
      ...(Object.keys(history).length > 0 ? { history } : {}),
      fit: { batchSize: plan.batchSize, shuffle: plan.shuffle },
    });
    if (!codes.some((diagnosis) => diagnosis.code === code)) return false;
    found = updates;
    return true;
  };
  let model: Sequential | undefined;
  const watch: Callback = {
    async onTrainBatchEnd() {
      updates++;
      if (ofTheEnd.includes(code) || !Number.isInteger(Math.log2(updates))) return;
      if (await isNamed(model!)) model!.stopTraining = true;
    },
    onEpochEnd(_epoch, logs) {
      for (const [name, value] of Object.entries(logs)) history[name] = [...(history[name] ?? []), value];
    },
  };
  try {
    ({ model } = await admit({ ...plan, isTrained: false }));
    if (await isNamed(model)) return 0;
    model.dispose();
    let own: Sequential | undefined;
    const { tamper } = plan;
    ({ model } = await admit({
      ...plan,
      isTrained: true,
      tamper: (built) => {
        tamper?.(built);
        own = built;
        model = built;
      },
      callbacks: () => [...(plan.callbacks?.() ?? []), watch],
    }));
    if (found === null && own !== undefined) await isNamed(own);
    return found;
  } catch (error) {
    if (error instanceof GateflowError && error.code === code) return 0;
    if (error instanceof GateflowError && error.code !== undefined) return null;
    throw error;
  } finally {
    model?.dispose();
  }
}
