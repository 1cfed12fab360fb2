import type { Windows } from "./window-source.js";

const MOST_OUTPUTS = 10;

/** Whether there is a target at every time step. */
export const isStepwise = ({ isSequence, y, timesteps }: Windows): boolean =>
  isSequence && y.shape.length >= 2 && y.shape[1] === timesteps && timesteps > 1;

/** The commonest classes as yes or no, or the labels themselves where there are but two. */
export function indicators(labels: Float64Array): Float64Array[] {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const commonest = [...counts].sort((a, b) => b[1] - a[1]).map(([label]) => label);
  if (commonest.length <= 2) return [labels];
  return commonest.slice(0, MOST_OUTPUTS).map((label) => labels.map((value) => (value === label ? 1 : 0)));
}

/** The targets as amounts, or each of the commonest classes as yes or no: the number of a class is only its name. */
export function outputsOf(windows: Windows, samples: number, isClassification: boolean): Float64Array[] {
  const { timesteps, targets } = windows;
  const last = isStepwise(windows) ? targets.slice(-targets.length / timesteps) : targets;
  const judged = last.slice(0, MOST_OUTPUTS).map((values) => values.slice(0, samples));
  if (!isClassification || judged.length !== 1) return judged;
  return indicators(judged[0]!);
}
