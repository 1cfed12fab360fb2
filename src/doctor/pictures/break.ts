import type { Picture } from "../../viz/picture.js";
import type { ModelCase } from "../model-case.js";
import { trialAt } from "../trials/rates.js";
import { unlessDear } from "../trials/unless-dear.js";
import { bars, byEpoch, line, lines, PER_CENT } from "./pictures.js";

const firstBroken = (values: readonly number[]): number =>
  values.findIndex((value) => !Number.isFinite(value));

/** Losses of less than two numbers are no curve. */
const LEAST = 2;

/**
 * How a training came to a loss that is no number: its epochs; where it broke in the first, the batches of a new training;
 * where that one goes well, the weights that are lost. null where none of them shows a thing.
 */
export async function untilItBreaks(at: ModelCase): Promise<Picture | null> {
  const losses = at.history?.loss ?? [];
  const loss = at.file.loss.name;
  const epoch = firstBroken(losses);
  if (epoch >= LEAST) {
    return byEpoch("Loss until it is no number", { training: losses }, loss, [
      { label: `no number: epoch ${epoch + 1}`, x: epoch + 1 },
    ]);
  }
  const batchLosses = (await unlessDear(trialAt(at)))?.batchLosses ?? [];
  const batch = firstBroken(batchLosses);
  if (batch >= LEAST) {
    return lines(
      "A new training of a copy, until its loss is no number",
      [line("a copy", batchLosses, { first: 1 })],
      {
        x: "batch",
        y: `batch loss (${loss})`,
        log: batchLosses.every((value) => !(value <= 0)),
        marks: [{ label: `no number: batch ${batch + 1}`, x: batch + 1 }],
      },
    );
  }
  const weights = at.file.weights ?? [];
  const shares = weights.map(({ name, data }) => {
    const broken = Array.from(data).filter((value) => !Number.isFinite(value));
    return [name, (100 * broken.length) / Math.max(1, data.length)] as const;
  });
  if (shares.every(([, share]) => share === 0)) return null;
  return bars("Weights that are no numbers", shares, {
    x: "share of a tensor's weights (%)",
    y: "weights",
    range: PER_CENT,
  });
}
