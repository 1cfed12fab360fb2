import { fileURLToPath } from "node:url";
import type { Outcome, Task } from "../peers/task.js";
import type { Shape } from "../shapes.js";
import { execute, runScript } from "../support/child.js";
import type { Section } from "../support/section.js";
import { geometricMean, median } from "../support/statistics.js";
import { digits } from "../support/table.js";

interface Measured {
  readonly shape: string;
  readonly threads: number;
  readonly training: number;
  readonly prediction: number;
}

interface Answer {
  readonly version: string;
  readonly results: readonly Measured[];
}

/** The Python that may have torch: Debian's, where python3-torch installs it. */
const python = process.env.PYTHON ?? "/usr/bin/python3";
const script = fileURLToPath(new URL("../pytorch.py", import.meta.url));

/** Native PyTorch at its best number of threads beside ours at its default, in turns. */
export const pytorch: Section = async ({ quick, shapes, dist, log }) => {
  const rounds = quick ? 1 : 3;
  const pace = quick
    ? { warmSteps: 100, leastWarmSeconds: 0.5, warmSeconds: 0.5, seconds: 0.4 }
    : { warmSteps: 50, leastWarmSeconds: 2, warmSeconds: 5, seconds: 3 };
  const present = await execute(python, ["-c", "import torch; print(torch.__version__)"]).then(
    () => true,
    () => false,
  );
  if (!present) {
    const report = {
      title: `PyTorch: ${python} has no torch (Debian: apt-get install python3-torch libopenblas0; PYTHON names another)`,
      columns: ["shape"],
      rows: [],
    };
    return { reports: [report], data: null };
  }
  const ours = async (shape: Shape, mode: "training" | "prediction"): Promise<number> => {
    const task: Task = { shape, mode, threads: "auto", dist, leastWarmSteps: 8, ...pace };
    return median((await runScript<Outcome>("peers/gateflow.ts", task)).milliseconds);
  };
  const rows = [];
  let version = "";
  for (const shape of shapes) {
    const [own, theirs]: [Omit<Measured, "shape" | "threads">[], Measured[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      log(`pytorch ${shape.name}, round ${round + 1}`);
      own.push({ training: await ours(shape, "training"), prediction: await ours(shape, "prediction") });
      const task = { shapes: [shape], threads: [1, 2], ...pace };
      const answer = JSON.parse(await execute(python, [script, JSON.stringify(task)], 300_000)) as Answer;
      version = answer.version;
      theirs.push(...answer.results);
    }
    const best = (mode: "training" | "prediction"): { time: number; threads: number } =>
      [1, 2]
        .map((threads) => ({
          threads,
          time: median(theirs.filter((one) => one.threads === threads).map((one) => one[mode])),
        }))
        .reduce((a, b) => (b.time < a.time ? b : a));
    const mine = {
      training: median(own.map((one) => one.training)),
      prediction: median(own.map((one) => one.prediction)),
    };
    rows.push({ shape: shape.name, mine, training: best("training"), prediction: best("prediction") });
  }
  return {
    reports: [
      {
        title: `PyTorch ${version}, native, at its best of 1 and 2 threads, beside ours at its default`,
        columns: [
          "shape",
          "ours train ms",
          "torch train ms",
          "ratio",
          "ours predict ms",
          "torch predict ms",
          "ratio",
        ],
        rows: rows.map(({ shape, mine, training, prediction }) => [
          shape,
          mine.training,
          `${digits(training.time)} (${training.threads})`,
          `${digits(training.time / mine.training)}x`,
          mine.prediction,
          `${digits(prediction.time)} (${prediction.threads})`,
          `${digits(prediction.time / mine.prediction)}x`,
        ]),
        notes: [
          `Ratio: PyTorch's time over ours; training ${digits(geometricMean(rows.map(({ mine, training }) => training.time / mine.training)))}x in the geometric mean. In brackets its threads.`,
        ],
      },
    ],
    data: { version, rows },
  };
};
