import { type Rule, short } from "../diagnosis.js";
import { labelsOf } from "../evidence/classes.js";
import { type Padding, paddingOf } from "../evidence/padding.js";
import type { Windows } from "../evidence/window-source.js";
import { allLayers, type ModelCase } from "../model-case.js";
import { bars, PER_CENT } from "../pictures/pictures.js";
import { unlearntOnNew } from "../trials/unlearnt.js";

/** Labels of filled-up steps are the same, but for a slip in a hundred. */
const SAME_SHARE = 0.99;
/** A sequence that is padding for more than half of its steps is read to its end through nothing but padding. */
const MOST_READ_THROUGH = 0.5;
const LEARNT_SHARE = 0.5;

/** The label all filled-up steps share, and its share of the labels of the others; null where they have none in common. */
function labelOfPadding(
  windows: Windows,
  { counts, side }: Padding,
): { label: number; share: number } | null {
  const labels = labelsOf(windows);
  const timesteps = labels.length / windows.samples;
  if (!Number.isInteger(timesteps) || timesteps < 2) return null;
  const [filled, others] = [new Map<number, number>(), new Map<number, number>()];
  let [inside, outside] = [0, 0];
  for (const [n, count] of counts.entries()) {
    for (let t = 0; t < timesteps; t++) {
      const isFilled = side === "end" ? t >= timesteps - count : t < count;
      const into = isFilled ? filled : others;
      const label = labels[n * timesteps + t]!;
      into.set(label, (into.get(label) ?? 0) + 1);
      if (isFilled) inside++;
      else outside++;
    }
  }
  const [most] = [...filled].sort((a, b) => b[1] - a[1]);
  if (most === undefined || most[1] < SAME_SHARE * inside) return null;
  return { label: most[0], share: (others.get(most[0]) ?? 0) / Math.max(1, outside) };
}

const isMasked = ({ file }: ModelCase): boolean =>
  allLayers(file).some(
    ({ kind, config }) => kind === "masking" || (kind === "embedding" && config.maskZero === true),
  );

/**
 * Steps that only fill sequences up are trained on and counted as if they were data: labels of theirs at every step; or, of
 * an answer at the end, more padding than sequence behind what tells it.
 */
export const paddingCounted: Rule<ModelCase> = {
  code: "padding_counted",
  async look(at) {
    if (isMasked(at) || at.fit.sampleWeight !== undefined) return null;
    const { windows, data } = at;
    const padding = paddingOf(windows);
    if (padding === null) return null;
    const { y, samples } = windows;
    const steps = data.isIndexed && windows.x.shape.length === 2 ? windows.x.shape[1]! : windows.timesteps;
    const isStepwise = y.shape.length >= 2 && y.shape[1] === steps && steps > 1;
    const label = isStepwise ? labelOfPadding(windows, padding) : null;
    if (isStepwise && label === null) return null;
    if (
      !isStepwise &&
      (padding.side !== "end" ||
        padding.share < MOST_READ_THROUGH ||
        (at.isTrained && (await unlearntOnNew(at)) < LEARNT_SHARE))
    )
      return null;
    const isIndexed = data.isIndexed;
    const lengths = padding.counts.map((count) => steps - count);
    return {
      title: isStepwise
        ? `${short(100 * padding.share)} % of the labels belong to steps that only fill the sequences up`
        : `the sequences are filled up at their end: ${short(100 * padding.share)} % of the steps hold nothing`,
      evidence: {
        share: short(padding.share),
        bound: isStepwise ? 0.1 : MOST_READ_THROUGH,
        side: padding.side,
        shortest: Math.min(...lengths),
        longest: Math.max(...lengths),
        samples,
        ...(label === null ? {} : { label: label.label, shareAmongOthers: short(label.share) }),
      },
      why: isStepwise
        ? "Loss and accuracy are means over all steps. Those that fill up are all alike and learnt at once: the accuracy begins high, says nothing of the labels that matter, and the gradient is mostly theirs."
        : "The layer reads on through the padding, and each step of it overwrites a little of what the sequence left in the state: the answer lies as many steps back as there is padding.",
      remedy: isIndexed
        ? "embedding({ …, maskZero: true }), with index 0 kept for padding: masked steps are skipped, and their labels do not count. Or sampleWeight [N, T] with 0 for them."
        : `masking({ maskValue: 0 }) as the first layer: masked steps are skipped, and their labels do not count. Or sampleWeight [N, T] with 0 for them${isStepwise ? "" : "; or fill up at the beginning (padSequences' default)"}.`,
      ...(isIndexed ? { fix: { layers: [{ kind: "embedding", set: { maskZero: true } }] } } : {}),
      picture: bars(
        "What the steps hold",
        [
          ["sequences", 100 - 100 * padding.share],
          ["padding", 100 * padding.share],
        ],
        { x: `share of ${samples * steps} steps (%)`, y: "steps", range: PER_CENT },
      ),
    };
  },
};
