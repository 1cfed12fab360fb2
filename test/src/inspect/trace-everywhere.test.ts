import { describe, expect, it } from "vitest";
import {
  type GradientFlow,
  isRecurrentFlow,
  lstm,
  type RecurrentLayerFlow,
  type Sequential,
  sequential,
  type Tensor,
  type Trace,
  trace,
  traceChart,
} from "../../../src/index.js";
import type { OracleLayerSpec } from "../../oracle/layers/apply.js";
import { oracleModel } from "../../oracle/model.js";
import { errorOf, expectNear, modelOf, values } from "../model/support.js";

/** The layer's input and the gradient at its output are float32's; the rest of a trace is float64. */
const RELATIVE = 1e-5;
const ABSOLUTE = 1e-8;
/** The kernels' tanh and sigmoid, and means of gates that may cancel. */
const MEAN_ABSOLUTE = 1e-6;

const cells: [string, OracleLayerSpec][] = [
  ["lstm", { kind: "lstm", units: 5 }],
  ["lstm with peepholes", { kind: "lstm", units: 5, peepholes: true }],
  ["lstm with a projection", { kind: "lstm", units: 5, projection: 3 }],
  ["lstm with both", { kind: "lstm", units: 5, peepholes: true, projection: 3 }],
  ["gru", { kind: "gru", units: 5 }],
  ["gru, reset before", { kind: "gru", units: 5, resetAfter: false }],
  ["simpleRNN", { kind: "simpleRNN", units: 5 }],
];

const timesteps = 7;
const entrance: OracleLayerSpec = { kind: "inputLayer", shape: [timesteps, 2] };
const masking: OracleLayerSpec = { kind: "masking" };
const bidirectional = (layer: OracleLayerSpec): OracleLayerSpec =>
  ({ kind: "bidirectional", layer }) as OracleLayerSpec;

/** What stands around a cell: the layers, and how the model is compiled. */
const settings: [string, { layers: (cell: OracleLayerSpec) => OracleLayerSpec[]; truncate?: number }][] = [
  ["alone", { layers: (cell) => [cell, { kind: "dense", units: 2 }] }],
  ["truncated", { layers: (cell) => [cell, { kind: "dense", units: 2 }], truncate: 3 }],
  [
    "stacked",
    {
      layers: (cell) => [
        { ...cell, returnSequences: true } as OracleLayerSpec,
        { ...cell, returnSequences: true, goBackwards: true } as OracleLayerSpec,
        cell,
        { kind: "dense", units: 2 },
      ],
    },
  ],
  [
    "in both directions, and stacked and truncated",
    {
      layers: (cell) => [
        bidirectional({ ...cell, returnSequences: true } as OracleLayerSpec),
        bidirectional(cell),
        { kind: "dense", units: 2 },
      ],
      truncate: 4,
    },
  ],
];

const y = values([1, 2], 2);

/** Steps 0, 3 and 6 are blank where there is a mask: at the start, in the middle, at the end. */
function sequenceOf(isMasked: boolean): Tensor {
  const x = values([1, timesteps, 2], 1);
  if (isMasked) for (const t of [0, 3, 6]) x.data.fill(0, 2 * t, 2 * t + 2);
  return x;
}

function randomized(layers: readonly OracleLayerSpec[], truncate?: number): Sequential {
  const model = modelOf(layers, { loss: "mse", ...(truncate === undefined ? {} : { truncate }) });
  model.setWeights(model.getWeights().map(({ shape }, i) => values(shape, 50 + i, 0.7)));
  return model;
}

/** Every recurrent layer's trace, by the names a model that has none of this name lists. */
async function tracesOf(model: Sequential, x: Tensor, label: Tensor): Promise<Trace[]> {
  const { message } = await errorOf(() => trace(model, x, { layer: "none of them" }));
  const names = /Recurrent layers: (.*)\.$/.exec(message)![1]!.split(", ");
  return names.map((layer) => trace(model, x, { layer, y: label }));
}

const recurrentFlows = (flow: GradientFlow): RecurrentLayerFlow[] => flow.layers.filter(isRecurrentFlow);

/** Norms of the rows of a trace's array. */
function rowNorms(rows: Float64Array, steps: number): Float64Array {
  const width = rows.length / steps;
  return Float64Array.from({ length: steps }, (_, t) =>
    Math.hypot(...rows.subarray(t * width, (t + 1) * width)),
  );
}

describe.each([
  ["without a mask", false],
  ["with masked steps", true],
] as const)("a trace %s", (_, isMasked) => {
  const x = sequenceOf(isMasked);
  describe.each(settings)("%s", (__, { layers: around, truncate }) => {
    it.each(cells)("of a %s has float64's arrays and the kernels' norms", async (___, cell) => {
      const layers = [entrance, ...(isMasked ? [masking] : []), ...around(cell)];
      const model = randomized(layers, truncate);
      const options = { loss: "mse", ...(truncate === undefined ? {} : { truncate }) } as const;
      const twin = oracleModel(layers, model.getWeights()).lossAndGradients(x, y, options).flow;
      const kernels = recurrentFlows(await model.gradientFlow(x, y));
      const traces = await tracesOf(model, x, y);
      expect(traces.length).toBe(twin.length);
      expect(kernels.length).toBe(twin.length);
      traces.forEach((got, i) => {
        const own = twin[i]!;
        const near = (
          what: string,
          rows: Float64Array,
          pick: (step: (typeof own.steps)[number]) => Float64Array,
        ) =>
          expectNear(
            `${got.layer} ${what}`,
            rows,
            own.steps.flatMap((step) => [...pick(step)]),
            RELATIVE,
            ABSOLUTE,
          );
        near("dh", got.hiddenGradient, (step) => step.hiddenGradient);
        // Where steps may be masked, what the oracle reads off c is its part that goes on to the next step.
        if (!isMasked) near("dc", got.cellGradient, (step) => step.cellGradient);
        near("dx", got.inputGradient, (step) => step.inputGradient);
        for (const [gate, { gradient, activation }] of Object.entries(got.gates)) {
          near(`d${gate}`, gradient, (step) => step.gates[gate]!.preActivationGradient);
          near(gate, activation, (step) => step.gates[gate]!.activation);
        }

        const flow = kernels[i]!;
        const same = (what: string, rows: Float64Array, norms: Float32Array): void => {
          const steps = rows.length === 0 ? 0 : timesteps;
          expectNear(`${got.layer} ‖${what}‖`, norms, rowNorms(rows, steps), RELATIVE, ABSOLUTE);
        };
        same("dh", got.hiddenGradient, flow.hiddenGradient);
        same("dc", got.cellGradient, flow.cellGradient);
        same("dx", got.inputGradient, flow.inputGradient);
        expect(Object.keys(got.gates)).toEqual(Object.keys(flow.gates));
        for (const [gate, { gradient, activation }] of Object.entries(got.gates)) {
          same(`d${gate}`, gradient, flow.gates[gate]!.gradient);
          const means = Float64Array.from({ length: timesteps }, (____, t) => {
            const row = activation.subarray(t * got.units, (t + 1) * got.units);
            return row.reduce((sum, value) => sum + value, 0) / got.units;
          });
          // Steps that do not count have no mean in the flow; the trace says what the gate would have been.
          flow.gates[gate]!.mean.forEach((mean, t) => {
            const counts = mean !== 0 || !isMasked;
            if (counts) expectNear(`${gate} mean at ${t}`, [mean], [means[t]!], RELATIVE, MEAN_ABSOLUTE);
          });
        }
      });
      model.dispose();
    });
  });
});

describe.each(cells)("the states of a %s", (_, cell) => {
  it("are those the kernels put out, step by step, masked and beginning anywhere", async () => {
    const layers: OracleLayerSpec[] = [
      { ...entrance, batchSize: 1 } as OracleLayerSpec,
      masking,
      { ...cell, stateful: true, returnSequences: true } as OracleLayerSpec,
    ];
    const model = randomized(layers);
    await model.predict(values([1, timesteps, 2], 9), { batchSize: 1 });
    const x = sequenceOf(true);
    const got = trace(model, x);
    const layer = model.layers.at(-1) as ReturnType<typeof lstm>;
    const { data } = await model.predict(x, { batchSize: 1 });
    const [h, c] = (await layer.getStates()).map((state) => [...state.data]);
    const width = got.hiddenUnits;
    // A leading masked step puts out zero, though its state is kept.
    expectNear("h", data.subarray(width), got.hidden.subarray(width), RELATIVE, MEAN_ABSOLUTE);
    expectNear("last h", h!, got.hidden.subarray(-width), RELATIVE, MEAN_ABSOLUTE);
    if (c !== undefined) expectNear("last c", c, got.cell.subarray(-got.units), RELATIVE, MEAN_ABSOLUTE);
    else expect(got.cell.length).toBe(0);
    model.dispose();
  });

  it("have the Jacobian that differences of the last hidden state have", () => {
    const steps = 4;
    const spec = [{ ...cell, inputShape: [steps, 2] }] as OracleLayerSpec[];
    const model = randomized(spec);
    const x = values([1, steps, 2], 5);
    const got = trace(model, x);
    const twin = oracleModel(spec, model.getWeights());
    const part = (from: number): Tensor => ({ shape: [1, steps - from, 2], data: x.data.subarray(2 * from) });
    const width = got.hiddenUnits;
    const h = 1e-5;
    for (const t of [0, 1, 2]) {
      const first: Tensor = { shape: [1, t + 1, 2], data: x.data.subarray(0, 2 * t + 2) };
      const [hidden, ...rest] = twin.run(first).states[0]!;
      const lastAfter = (j: number, by: number): Float64Array => {
        const moved = Float64Array.from(hidden!.data);
        moved[j]! += by;
        const states = [{ shape: [1, width], data: moved }, ...rest];
        return twin.run(part(t + 1), { initialStates: [states] }).outputs[0]!.data as Float64Array;
      };
      const columns = Array.from({ length: width }, (__, j) => {
        const [up, down] = [lastAfter(j, h), lastAfter(j, -h)];
        return up.map((value, i) => (value - down[i]!) / (2 * h));
      });
      const frobenius = Math.hypot(...columns.flatMap((column) => [...column]));
      // Central differences: h² of the third derivative, and 1e-16 / h of rounding.
      expect(got.jacobian!.frobenius[t]).toBeCloseTo(frobenius, 8);
      // ‖J v‖ of a unit vector v is at most the largest singular value, which is at most the Frobenius norm.
      const longest = Math.max(...columns.map((column) => Math.hypot(...column)));
      expect(got.jacobian!.spectral[t]).toBeGreaterThan(longest - 1e-8);
      expect(got.jacobian!.spectral[t]).toBeLessThan(frobenius + 1e-8);
    }
    expect(got.jacobian!.frobenius[steps - 1]).toBeCloseTo(Math.sqrt(width), 12);
    model.dispose();
  });
});

describe("one unit of a projected layer", () => {
  const model = sequential([lstm({ units: 6, projectionUnits: 6, inputShape: [5, 2] })], { seed: 4 });
  model.compile({ loss: "mse" });
  const x = values([5, 2], 3);

  it("has its own cell state and gates, and the hidden state whole", () => {
    const label = values([6], 8);
    const [whole, one] = [trace(model, x, { y: label }), trace(model, x, { y: label, unit: 2 })];
    expect([one.units, one.hiddenUnits]).toEqual([1, 6]);
    expect([...one.cell]).toEqual([0, 1, 2, 3, 4].map((t) => whole.cell[6 * t + 2]));
    expect([...one.gates.forget!.gradient]).toEqual(
      [0, 1, 2, 3, 4].map((t) => whole.gates.forget!.gradient[6 * t + 2]),
    );
    expect(one.hidden).toEqual(whole.hidden);
    expect(one.hiddenGradient).toEqual(whole.hiddenGradient);
  });

  it("is drawn without a line for h, which is not its own", () => {
    const one = trace(model, x, { y: values([6], 8), unit: 2 });
    expect(traceChart(one)).toContain("cell state c");
    expect(traceChart(one)).not.toContain("hidden state h");
    expect(traceChart(trace(model, x))).toContain("hidden state h");
  });

  it("has no last hidden value to differentiate, which is said", async () => {
    const { message } = await errorOf(() => trace(model, x, { unit: 2 }));
    expect(message).toContain("projects its 6 units to 6 hidden values");
    expect(message).toContain("Give `y`");
    expect(trace(model, x).hiddenGradient.subarray(-6)).toEqual(new Float64Array(6).fill(1));
  });
});
