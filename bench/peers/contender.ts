import { answer, taskOf } from "../support/child.js";
import { type Problem, problemOf, referencePredictions } from "./problem.js";
import type { Outcome, Task } from "./task.js";

/** A model set up with the problem's weights. Each call waits until the numbers are there. */
export interface Contender {
  readonly engine: string;
  /** The model's output for the batch, `[batch]`. */
  predict(): Promise<ArrayLike<number>>;
  /** One update on the batch; the loss before it. */
  train?(): Promise<number>;
  /** One time step, many times; how many. */
  steps?(): number;
  /** Measured beside the timing. */
  ceiling?(): number;
}

/**
 * Float32 sums of some hundred terms over some tens of steps, each step's error damped by gates below 1, stay within
 * a hundred thousandth of numbers near 1; peers' approximate exponentials within ten times that.
 */
const TOLERANCE = 1e-4;
/** Samples compared with float64. */
const COMPARED = 2;
/** Losses told, so that contenders can be compared after updates. */
const UPDATES = 3;

/** Checks a contender against float64, warms it, times it, and tells the process that asked. */
export async function contend(make: (task: Task, problem: Problem) => Promise<Contender>): Promise<void> {
  const task = taskOf<Task>();
  const { shape, mode } = task;
  const problem = problemOf(shape);
  const contender = await make(task, problem);

  const predicted = await contender.predict();
  const expected = referencePredictions(shape, problem, COMPARED);
  const predictionError = Math.max(
    ...expected.map((value, n) => Math.abs(value - (predicted[n] ?? Number.NaN))),
  );
  if (!(predictionError <= TOLERANCE)) {
    throw new Error(`${contender.engine} on ${shape.name}: prediction is ${predictionError} off float64's`);
  }

  const losses: number[] = [];
  const step = async (): Promise<number> => {
    if (mode === "step") return contender.steps!();
    if (mode === "prediction") await contender.predict();
    else {
      const loss = await contender.train!();
      if (losses.length < UPDATES) losses.push(loss);
    }
    return 1;
  };
  const ceilingBefore = contender.ceiling?.();
  let warmSteps = 0;
  for (const began = performance.now(); ; ) {
    await step();
    warmSteps += 1;
    const seconds = (performance.now() - began) / 1000;
    if (warmSteps >= task.warmSteps && seconds >= task.leastWarmSeconds) break;
    if (warmSteps >= (task.leastWarmSteps ?? 1) && seconds >= task.warmSeconds) break;
  }
  const milliseconds: number[] = [];
  const end = performance.now() + task.seconds * 1000;
  do {
    const began = performance.now();
    const count = await step();
    milliseconds.push((performance.now() - began) / count);
  } while (performance.now() < end);
  const ceiling = ceilingBefore && Math.max(ceilingBefore, contender.ceiling!());
  const outcome: Outcome = {
    engine: contender.engine,
    milliseconds: thinned(milliseconds),
    warmSteps,
    predictionError,
    losses,
    ...(ceiling === undefined ? {} : { ceiling }),
  };
  answer(outcome);
}

/** A few hundred evenly spaced ranks say as much as a hundred thousand timings. */
function thinned(values: number[]): number[] {
  if (values.length <= 201) return values;
  values.sort((a, b) => a - b);
  return Array.from({ length: 201 }, (_, i) => values[Math.round((i / 200) * (values.length - 1))]!);
}
