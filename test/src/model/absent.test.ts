import { describe, expect, it } from "vitest";
import {
  activation,
  adam,
  dense,
  earlyStopping,
  gru,
  layerNormalization,
  lstm,
  sequential,
} from "../../../src/index.js";
import { errorOf } from "./support.js";

const options = (name: string, value: unknown = 1) => ({ [name]: value }) as never;
const model = () => {
  const made = sequential([dense({ units: 1, inputShape: [1] })]);
  made.compile({ loss: "mse" });
  return made;
};

/** What a Keras user may type and gateflow does not have, with the word that has to stand in the refusal. */
const absent: readonly (readonly [string, () => unknown])[] = [
  ...["dtype", "timeMajor"].map(
    (name) => [name, () => lstm({ units: 1, ...(options(name) as object) })] as const,
  ),
  ["resetState", () => gru({ units: 1, ...(options("resetState") as object) })],
  ["loraRank", () => dense({ units: 1, ...(options("loraRank") as object) })],
  ["rmsScaling", () => layerNormalization(options("rmsScaling"))],
  ["relu6", () => activation({ activation: "relu6" as never })],
  ["excludeFromWeightDecay", () => adam(options("excludeFromWeightDecay"))],
  ["lossScaleFactor", () => adam(options("lossScaleFactor"))],
  ...["ftrl", "adafactor", "muon", "lamb"].map(
    (name) => [name, () => model().compile({ loss: "mse", optimizer: name as never })] as const,
  ),
  ...["categoricalHinge", "ctc", "dice", "tversky"].map(
    (name) => [name, () => model().compile({ loss: name as never })] as const,
  ),
  ...["fBetaScore", "meanIoU", "sensitivityAtSpecificity"].map(
    (name) => [name, () => model().compile({ loss: "mse", metrics: [name as never] })] as const,
  ),
  ...["runEagerly", "stepsPerExecution", "jitCompile"].map(
    (name) => [name, () => model().compile({ loss: "mse", ...(options(name) as object) })] as const,
  ),
  ...["workers", "maxQueueSize", "useMultiprocessing"].map(
    (name) => [name, () => model().fit([[1]], [1], options(name))] as const,
  ),
  ["minimumDelta", () => earlyStopping(options("minimumDelta"))],
];

describe("what Keras has and gateflow has not", () => {
  it.each(absent)("is refused by name: %s", async (name, call) => {
    const error = await errorOf(call);
    expect(error.name).toBe("ConfigError");
    expect(error.message).toContain(name);
  });
});
