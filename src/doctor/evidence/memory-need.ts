import type { ModelCase } from "../model-case.js";
import type { Dependence } from "./dependence.js";
import { dependenceOf } from "./dependence.js";

/** What the targets need of the past, as far as the data shows it. */
export interface MemoryNeed {
  /** The last step that tells something of the target: what must be remembered from there to the end. */
  readonly step: number;
  readonly dependence: Dependence;
}

/** A stretch that tells a tenth of what the best one tells is an echo of it. */
const ECHO = 0.1;

/** The latest step the target depends on; null where nothing is found, or the end of the sequence tells it. */
export async function memoryNeed(at: ModelCase): Promise<MemoryNeed | null> {
  return at.experiments.once("memory need", async () => {
    const { windows } = at;
    if (!windows.isSequence || windows.timesteps < 8) return null;
    const dependence = dependenceOf(windows, at.data.isClassification);
    if (!dependence.significant) return null;
    const strongest = Math.max(...dependence.stretches.map(({ z }) => z));
    const telling = dependence.stretches.filter(({ z, significant }) => significant && z > ECHO * strongest);
    const step = Math.max(...telling.map(({ to }) => to)) - 1;
    return step >= windows.timesteps - 1 ? null : { step, dependence };
  });
}
