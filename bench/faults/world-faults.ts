import { dense, embedding, gru, type Layer, lstm, simpleRNN, timeDistributed } from "../../src/index.js";
import { drawRegular } from "./draw.js";
import { byPart, type Fault, shapeOf, sized, timestepsOf } from "./fault.js";
import { type Plan, protocol, type Rows, standardised } from "./patient.js";
import { between, mulberry32, normalOf, type Part, pick, type Uniform, whole } from "./series.js";
import { binaryPlan } from "./tasks.js";

/** Sentences of tokens of several lengths, filled up with 0; a token's tag follows from it, and from the one before or after. */
export function taggedSentences(uniform: Uniform, part: Part, maskZero: boolean, isTrained: boolean): Plan {
  const [samples, steps] = [260, whole(uniform, 16, 26)];
  const [vocabulary, tags] = [whole(uniform, 15, 30), whole(uniform, 4, 6)];
  const isBehind = part === "develop" || uniform() < 0.5;
  const x: number[][] = [];
  const y: number[][] = [];
  for (let n = 0; n < samples; n++) {
    const length = 3 + Math.floor(uniform() * steps * 0.5);
    const words = Array.from({ length }, () => 1 + Math.floor(uniform() * (vocabulary - 1)));
    const own = words.map((word, t) => 1 + ((word + ((words[t - 1] ?? 0) % 2)) % (tags - 1)));
    const fill = new Array<number>(steps - length).fill(0);
    x.push(isBehind ? [...words, ...fill] : [...fill, ...words]);
    y.push(isBehind ? [...own, ...fill] : [...fill, ...own]);
  }
  const cell = part === "develop" ? lstm : gru;
  const units = whole(uniform, 16, 28);
  return {
    x: x.slice(0, 210),
    y: y.slice(0, 210),
    validation: [x.slice(210), y.slice(210)],
    layers: () => [
      embedding({ inputDim: vocabulary, outputDim: 10, maskZero, inputShape: [steps] }),
      cell({ units, returnSequences: true }),
      timeDistributed({ layer: dense({ units: tags, activation: "softmax" }) }),
    ],
    optimizer: { name: "adam", config: { learningRate: 0.01 } },
    loss: "sparseCategoricalCrossentropy",
    epochs: 20,
    batchSize: 32,
    shuffle: true,
    seed: whole(uniform, 1, 1e6),
    isTrained,
  };
}

/** Three classes by the largest of three sums; counted from 0, or from a first label. */
function threeClasses(uniform: Uniform, isTrained: boolean, first: number): Plan {
  const normal = normalOf(mulberry32(whole(uniform, 1, 1e6)));
  const steps = whole(uniform, 6, 12);
  const x: Rows = Array.from({ length: 400 }, () =>
    Array.from({ length: steps }, () => [normal(), normal(), normal()]),
  );
  const y = x.map((rows) => {
    const sums = [0, 1, 2].map((f) => rows.reduce((sum, row) => sum + row[f]!, 0));
    return first + sums.indexOf(Math.max(...sums));
  });
  return {
    x: x.slice(0, 320),
    y: y.slice(0, 320),
    validation: [x.slice(320), y.slice(320)],
    layers: () => [lstm({ units: 16, inputShape: [steps, 3] }), dense({ units: 3, activation: "softmax" })],
    optimizer: { name: "adam", config: { learningRate: 0.01 } },
    loss: "sparseCategoricalCrossentropy",
    epochs: 15,
    batchSize: 32,
    shuffle: true,
    seed: whole(uniform, 1, 1e6),
    isTrained,
  };
}

const noisePlan = (uniform: Uniform, part: Part, isTrained: boolean): Plan => {
  const normal = normalOf(mulberry32(whole(uniform, 1, 1e6)));
  const drift = byPart(
    part,
    () => 0,
    () => between(uniform, -0.3, 0.3),
  );
  const heavy = part === "report" && uniform() < 0.5;
  const values = Array.from({ length: 700 }, () => {
    const value = normal();
    return drift + (heavy ? value * Math.exp(0.4 * normal()) : value);
  });
  const shape = shapeOf(uniform, isTrained, { window: whole(uniform, 6, 15), epochs: 6 });
  const plan = protocol(values, shape);
  if (uniform() < 0.5) return plan;
  const sign = (y: Plan["y"]): number[] => (y as number[]).map((value) => (value > 0 ? 1 : 0));
  const [vx, vy] = plan.validation!;
  const { series: _, ...rest } = plan;
  return {
    ...rest,
    y: sign(plan.y),
    validation: [vx, sign(vy as number[])],
    layers: () => [
      lstm({ units: shape.units, inputShape: [shape.window, 1] }),
      dense({ units: 1, activation: "sigmoid" }),
    ],
    loss: "binaryCrossentropy",
  };
};

/** Faults that people ask about and that are not of the first bench: configuration, shapes, padding, noise. */
export const worldFaults: Readonly<Record<string, Fault>> = {
  index_out_of_range: (uniform, part, isTrained) => {
    const draw = whole(uniform, 1, 1e6);
    const plan = (first: number): Plan => threeClasses(mulberry32(draw), isTrained, first);
    if (part === "develop") return { sick: plan(1), twin: plan(0) };
    const twin = taggedSentences(mulberry32(draw), part, true, isTrained);
    const rows = (twin.x as number[][]).map((row, n) => (n === 37 ? row.map((word) => word + 90) : row));
    return { sick: { ...twin, x: rows }, twin };
  },
  time_and_features_swapped: (uniform, part, isTrained) => {
    const shape = shapeOf(uniform, isTrained);
    const twin = protocol(drawRegular(uniform, part), shape);
    const steps = timestepsOf(twin);
    const isLatestFirst = part === "report" && uniform() < 0.5;
    const turn = (x: Plan["x"]): Rows =>
      (x as Rows).map((rows) => {
        const lags = rows.map(([value]) => value!);
        return [isLatestFirst ? lags.reverse() : lags];
      });
    const [vx, vy] = twin.validation!;
    const cell = part === "develop" ? lstm : gru;
    return {
      sick: {
        ...twin,
        x: turn(twin.x),
        validation: [turn(vx), vy],
        layers: () => [cell({ units: shape.units, inputShape: [1, steps] }), dense({ units: 1 })],
      },
      twin,
    };
  },
  padding_counted: (uniform, part, isTrained) => {
    const draw = whole(uniform, 1, 1e6);
    const plan = (maskZero: boolean): Plan => taggedSentences(mulberry32(draw), part, maskZero, isTrained);
    return { sick: plan(false), twin: plan(true) };
  },
  nothing_to_learn: (uniform, part, isTrained) => ({
    sick: noisePlan(uniform, part, isTrained),
    twin: protocol(drawRegular(uniform, part), shapeOf(uniform, isTrained)),
  }),
  metric_does_not_fit: (uniform, part, isTrained) => {
    const twin = sized(drawRegular(uniform, part), shapeOf(uniform, isTrained));
    return { sick: { ...twin, metrics: [part === "develop" ? "accuracy" : "binaryAccuracy"] }, twin };
  },
  frozen_weights: (uniform, part, isTrained) => {
    const shape = shapeOf(uniform, isTrained);
    const isBinary = part === "report" && uniform() < 0.5;
    const twin = isBinary
      ? binaryPlan(uniform, part, isTrained)
      : protocol(drawRegular(uniform, part), shape);
    const inputShape = [timestepsOf(twin), (twin.x as Rows)[0]![0]!.length];
    const cell = part === "develop" ? lstm : gru;
    const isAll = uniform() < 0.4;
    const layers = (trainable: boolean) => (): Layer[] => [
      cell({ units: shape.units, trainable, inputShape }),
      dense({
        units: 1,
        trainable: trainable || !isAll,
        ...(isBinary ? { activation: "sigmoid" as const } : {}),
      }),
    ];
    return { sick: { ...twin, layers: layers(false) }, twin: { ...twin, layers: layers(true) } };
  },
  activation_not_for_recurrence: (uniform, part, isTrained) => {
    const shape = shapeOf(uniform, isTrained, { window: whole(uniform, 45, 60), epochs: 12 });
    const plan = protocol(standardised(drawRegular(uniform, part), 400), shape);
    const activation = pick(
      uniform,
      byPart<readonly ("relu" | "elu")[]>(
        part,
        () => ["relu"],
        () => ["relu", "elu"],
      ),
    );
    const isSimple = part === "report" && uniform() < 0.3;
    const layers = (own: "relu" | "elu" | "tanh") => (): Layer[] => [
      isSimple
        ? simpleRNN({ units: 32, activation: own, returnSequences: true, inputShape: [shape.window, 1] })
        : lstm({ units: 32, activation: own, returnSequences: true, inputShape: [shape.window, 1] }),
      lstm({ units: 16, activation: own }),
      dense({ units: 1 }),
    ];
    const at = (learningRate: number) => ({ name: "adam", config: { learningRate } });
    return {
      sick: { ...plan, layers: layers(activation), optimizer: at(0.02) },
      twin: { ...plan, layers: layers("tanh"), optimizer: at(0.005), epochs: 15 },
    };
  },
};
