import { runScript } from "../support/child.js";
import type { Recorded, RecordingTask } from "../support/recorded.js";
import type { Section } from "../support/section.js";
import { median, spread } from "../support/statistics.js";

/** What recording every step's gradient flow may add to a training, as a share. */
const BUDGET = "3 %";

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** What it costs to record the gradient flow of every step, callback and plain objects included. One thread. */
export const recording: Section = async ({ quick, shapes, dist, log }) => {
  const rows = [];
  for (const shape of shapes) {
    log(`recording: ${shape.name}`);
    const task: RecordingTask = { shape, seconds: quick ? 2 : 15, dist };
    const { unwatched, watched } = await runScript<Recorded>("support/recorded.ts", task, {
      timeout: 240_000,
    });
    rows.push({ shape: shape.name, unwatched, watched });
  }
  return {
    reports: [
      {
        title: "Recording the gradient flow of every step",
        columns: ["shape", "unwatched ms", "recorded ms", "more", "spread", "budget"],
        rows: rows.map(({ shape, unwatched, watched }) => [
          shape,
          median(unwatched),
          median(watched),
          percent(median(watched.map((time, i) => time / unwatched[i]!)) - 1),
          percent(Math.max(spread(unwatched), spread(watched))),
          BUDGET,
        ]),
        notes: [
          "Through fit with gradientFlowRecorder({ every: 1 }), fits in turn; more: the median of the ratios of neighbouring fits. The weights of both ended in the same bits.",
        ],
      },
    ],
    data: rows,
  };
};
