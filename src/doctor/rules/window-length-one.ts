import type { DataCase } from "../data-case.js";
import type { Rule } from "../diagnosis.js";
import { autocorrelation } from "../pictures.js";

/** One time step a sequence leaves nothing to remember, unless the state is carried from batch to batch. */
export const windowLengthOne: Rule<DataCase> = {
  code: "window_length_one",
  severity: "error",
  explainedBy: ["missing_values", "constant_target"],
  look(at) {
    const { windows } = at;
    if (windows === null || !windows.isSequence || windows.timesteps !== 1 || at.isStateful) return null;
    return {
      title: "each sequence is one time step long",
      evidence: { timesteps: 1, bound: 2, samples: windows.samples },
      why: "The state starts at zero in every sample, so after one step the recurrent weights have multiplied nothing but zeros: the layer is a dense layer, and what happened before the last value is lost.",
      remedy:
        "Cut longer windows: slidingWindows(series, { window: 20 }); for a series with a season, at least one season long. Or carry the state: stateful: true with a batchSize and shuffle: false.",
      fix: { window: 20 },
      picture: autocorrelation(
        "What past values tell, and what the window sees of them",
        windows.columns[0]!,
        40,
        [{ label: "the window ends here", x: 1 }],
      ),
    };
  },
};
