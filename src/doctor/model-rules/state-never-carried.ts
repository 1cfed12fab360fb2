import { type Rule, short } from "../diagnosis.js";
import { carryOf, carryPicture, LEAST_UNEXPLAINED } from "../evidence/carried-state.js";
import type { ModelCase } from "../model-case.js";
import { unlearnt } from "../trials/unlearnt.js";

export const stateNeverCarried: Rule<ModelCase> = {
  code: "state_never_carried",
  async look(at) {
    if (at.data.isStateful) return null;
    // What has learnt that much has no need of more: see below, and the least that a carry leaves.
    if (at.isTrained && (await unlearnt(at)) < LEAST_UNEXPLAINED / 2) return null;
    const carry = carryOf(at);
    if (carry === null || (at.isTrained && (await unlearnt(at)) < carry.unexplainedAlone / 2)) return null;
    return {
      title: "the sequences go on from one another, but each begins with an empty state",
      evidence: {
        samplesBack: carry.lag,
        unexplainedByOwnInputs: short(carry.unexplainedAlone),
        unexplainedWithStateBefore: short(carry.unexplainedWithState),
        bound: 0.5,
        fStatistic: short(carry.f),
        timesteps: at.windows.timesteps,
      },
      why: "A long sequence was cut into pieces, and at each cut the state is thrown away: what the piece before knew, this one has to guess.",
      remedy: `stateful: true in the recurrent layers, batchSize: ${carry.lag} on the first, fit(x, y, { batchSize: ${carry.lag}, shuffle: false }) with resetStates() before each epoch; or longer sequences.`,
      fix: {
        layers: [{ kind: "recurrent", set: { stateful: true } }],
        fit: { batchSize: carry.lag, shuffle: false },
      },
      picture: carryPicture(carry),
    };
  },
};
