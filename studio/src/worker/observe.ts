import {
  type GradientFlow,
  isRecurrentFlow,
  naiveForecast,
  rmse,
  type Sequential,
  seasonalNaiveForecast,
  trace,
} from "gateflow";
import type { ForecastLook, Frame, LayerFrame, Look, ProbeTrace } from "../protocol.ts";
import { type Prepared, sliced } from "./prepare.ts";

/** A recorded flow as plain data that can be sent. */
export function frameOf(flow: GradientFlow, update: number, epoch: number): Frame {
  return {
    update,
    epoch,
    loss: flow.loss,
    gradientNorm: { before: flow.gradientNorm.before, after: flow.gradientNorm.after },
    layers: flow.layers.map(
      (layer): LayerFrame => ({
        name: layer.name,
        kind: layer.kind,
        weights: layer.weights.map((weight) => ({ ...weight })),
        recurrent: isRecurrentFlow(layer)
          ? {
              hidden: layer.hiddenGradient,
              cell: layer.cellGradient,
              input: layer.inputGradient,
              gates: Object.entries(layer.gates).map(([name, gate]) => ({ name, ...gate })),
            }
          : null,
      }),
    ),
  };
}

/** More validation examples than these are not drawn. */
const MOST_SHOWN = 240;

async function forecastOf(model: Sequential, prepared: Prepared): Promise<ForecastLook> {
  const { validation, actual, unit, axis } = prepared;
  const count = validation.x.shape[0]!;
  const batch = model.batchSize ?? 1;
  const shown = Math.max(batch, Math.floor(Math.min(MOST_SHOWN, count) / batch) * batch);
  // Of a series the last ones, which lie side by side.
  const first = axis === "value" ? count - shown : 0;
  const { data, shape } = await model.predict(sliced(validation.x, first, first + shown), {
    batchSize: model.batchSize ?? 256,
  });
  const width = data.length / shown;
  const own = shape.length === 3 ? width - shape[2]! : 0;
  const predicted = Float64Array.from({ length: shown }, (_, i) =>
    prepared.restore(data[i * width + own]!, first + i),
  );
  const truth = actual.slice(first, first + shown);
  return {
    predicted,
    actual: truth,
    baselines: baselinesOf(prepared, truth),
    rmse: errorOf(truth, predicted),
    axis,
    unit,
    first,
  };
}

function errorOf(truth: Float64Array, values: ArrayLike<number>): number {
  const pairs = Array.from(truth, (value, i) => [value, values[i]!] as const).filter((pair) =>
    pair.every(Number.isFinite),
  );
  return pairs.length === 0
    ? Number.NaN
    : rmse(
        pairs.map(([value]) => value),
        pairs.map(([, value]) => value),
      );
}

type Baselines = { name: string; values: Float64Array; rmse: number }[];
/** Of data they are always the same, whatever the model has become. */
const knownBaselines = new WeakMap<Prepared, Baselines>();

function baselinesOf(prepared: Prepared, truth: Float64Array): Baselines {
  const known = knownBaselines.get(prepared);
  if (known !== undefined) return known;
  const baselines: Baselines = [];
  knownBaselines.set(prepared, baselines);
  const add = (name: string, values: Float64Array): void => {
    baselines.push({ name, values, rmse: errorOf(truth, values) });
  };
  const { series, season } = prepared;
  const shown = truth.length;
  if (series !== null) {
    const start = series.length - shown;
    const before = (i: number): number[] => series.slice(0, start + i).filter(Number.isFinite);
    add(
      "last value again",
      Float64Array.from({ length: shown }, (_, i) => naiveForecast(before(i).slice(-1))[0]!),
    );
    if (season !== undefined && start > season) {
      add(
        "one season ago",
        Float64Array.from({ length: shown }, (_, i) => {
          const past = series.slice(start + i - season, start + i);
          return past.some(Number.isNaN) ? Number.NaN : seasonalNaiveForecast(past, { season })[0]!;
        }),
      );
    }
  } else {
    const targets = prepared.train.y.data;
    let sum = 0;
    for (const value of targets) sum += value;
    const mean = prepared.restore(sum / targets.length, 0);
    add("always the mean", new Float64Array(shown).fill(mean));
  }
  return baselines;
}

/** Sequences longer, or cells wider, than this take too long to be followed in double precision while training. */
const MOST_FOLLOWED = 4e7;

/** One validation example through every recurrent layer. */
function tracesOf(model: Sequential, prepared: Prepared, example: number): ProbeTrace[] {
  const { validation } = prepared;
  const batch = validation.x.shape[0]!;
  const at = Math.min(example, batch - 1);
  const x = sliced(validation.x, at, at + 1);
  const y = sliced(validation.y, at, at + 1);
  const label = y.shape.length === 1 ? { ...y, shape: [1, 1] } : y;
  const recurrent = model.layers.filter(({ kind }) => /^(lstm|gru|simpleRNN)$/.test(kind));
  // A stateful model takes whole batches alone.
  if (model.batchSize !== undefined) return [];
  return recurrent.flatMap(({ name, kind, units }: { name: string; kind: string; units?: number }) => {
    const steps = validation.x.shape[1]!;
    if (steps * (units ?? 1) ** 2 * 8 > MOST_FOLLOWED) return [];
    const found = trace(model, x, { layer: name, y: label, jacobian: false });
    return [
      {
        layer: found.layer,
        kind,
        timesteps: found.timesteps,
        units: found.units,
        features: found.features,
        input: found.input,
        hidden: found.hidden,
        cell: found.cell,
        hiddenGradient: found.hiddenGradient,
        cellGradient: found.cellGradient,
        inputGradient: found.inputGradient,
        gates: found.gates,
      },
    ];
  });
}

/** The buffers of a look that nobody else holds. */
export function buffersOf({ traces, forecast }: Look): ArrayBuffer[] {
  const arrays = traces.flatMap(
    ({ input, hidden, cell, hiddenGradient, cellGradient, inputGradient, gates }) => [
      ...[input, hidden, cell, hiddenGradient, cellGradient, inputGradient],
      ...Object.values(gates).flatMap(({ activation, gradient }) => [activation, gradient]),
    ],
  );
  return [...new Set([...arrays, forecast.predicted].map(({ buffer }) => buffer as ArrayBuffer))];
}

/** What is seen of a model now: a sequence followed, and the validation part forecast. */
export async function lookAt(
  model: Sequential,
  prepared: Prepared,
  update: number,
  example: number,
): Promise<Look> {
  const forecast = await forecastOf(model, prepared);
  const wanted = example < 0 ? prepared.validation.x.shape[0]! - 1 : example;
  return { update, example: wanted, traces: tracesOf(model, prepared, wanted), forecast };
}
