import { log } from "../../elementary.js";
import { type ModelCase, outputActivation } from "../model-case.js";
import { type Classes, classesOf, labelsOf } from "./classes.js";

/** What a classifier says of examples. */
export interface Answers {
  /** NaN where nothing is asked: at steps that only fill up. */
  readonly labels: readonly number[];
  readonly measuredOn: string;
  /** Its answer to one of them; weighted: if all classes were as frequent as each other (Saerens et al. 2002). */
  say(n: number, isWeighted: boolean): number;
}

/** Of five examples of a class that is found nine times of ten fewer than three are found once in a hundred: enough to judge by. */
const LEAST_HELD = 5;

/** Asks the model, of new examples where there are enough; null where its output is none of classes, or its states would have to be carried. */
export async function answersOf(
  at: ModelCase,
  { counts, labels, total, rarest }: Classes,
  on: "training" | "new" = "new",
): Promise<Answers | null> {
  if (at.experiments.isStateful) return null;
  const { validation } = at.data;
  const held = validation === null ? [] : (classesOf(validation)?.labels ?? labelsOf(validation));
  const isHeld =
    on === "new" &&
    validation !== null &&
    at.experiments.validation !== null &&
    held.filter((label) => label === rarest.label).length >= LEAST_HELD;
  const windows = isHeld ? validation : at.windows;
  const asked = isHeld ? held : labels;
  const { data, shape } = await at.experiments.copy.predict(
    { shape: windows.x.shape, data: windows.x.data },
    { batchSize: 256 },
  );
  // Of several labels at once each is a question of its own, with one number for an answer.
  const width = data.length === asked.length ? 1 : shape.at(-1)!;
  if (data.length !== asked.length * width || (width === 1 && counts.size > 2)) return null;
  const share = (label: number): number => (counts.get(label) ?? 0) / total;
  const activation = outputActivation(at.file);
  // Sigmoid's outputs are made log odds; a linear output is taken for what a loss from logits gets.
  const score = (value: number): number => {
    if (activation === "linear") return value;
    const p = Math.min(1 - 1e-7, Math.max(1e-7, value));
    return width === 1 ? log(p / (1 - p)) : log(p);
  };
  const say = (n: number, isWeighted: boolean): number => {
    if (width === 1) {
      const bar = isWeighted ? log(Math.max(1e-7, share(1)) / Math.max(1e-7, share(0))) : 0;
      return score(data[n]!) > bar ? 1 : 0;
    }
    let best = { label: 0, value: -Infinity };
    for (let k = 0; k < width; k++) {
      if (isWeighted && share(k) === 0) continue;
      const value = score(data[n * width + k]!) - (isWeighted ? log(share(k)) : 0);
      if (value > best.value) best = { label: k, value };
    }
    return best.label;
  };
  return { labels: asked, measuredOn: isHeld ? "validation examples" : "training examples", say };
}

/** Mean recall of the classes, and that of one. */
export function recallsOf(
  answers: Answers,
  isWeighted: boolean,
  rare: number,
): { mean: number; rare: number } {
  const [hits, all] = [new Map<number, number>(), new Map<number, number>()];
  for (const [n, label] of answers.labels.entries()) {
    if (Number.isNaN(label)) continue;
    const said = answers.say(n, isWeighted);
    all.set(label, (all.get(label) ?? 0) + 1);
    if (said === label) hits.set(label, (hits.get(label) ?? 0) + 1);
  }
  const recalls = [...all].map(([label, count]) => (hits.get(label) ?? 0) / count);
  return {
    mean: recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length,
    rare: (hits.get(rare) ?? 0) / Math.max(1, all.get(rare) ?? 0),
  };
}
