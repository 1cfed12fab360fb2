import { describe, expect, it } from "vitest";
import type { ParallelKernel } from "../../../src/engine/threads/worker-pool.js";
import { createEngine, isRecurrentFlow, type Tensor } from "../../../src/index.js";
import type { OracleLayerSpec } from "../../oracle/layers/apply.js";
import { oracleModel } from "../../oracle/model.js";
import type { KernelBuild } from "../../support/kernels.js";
import { buildMutant, type Fault } from "../../support/mutants.js";
import { standIn } from "../../support/stand-in.js";
import { expectNear, modelOf, values } from "../model/support.js";
import { expectFlow, RELATIVE, randomized } from "./flow-support.js";

type Cell = "lstm" | "gru" | "rnn" | "extended";

const backward: Readonly<Record<Cell, { module: string; kernel: ParallelKernel; spec: OracleLayerSpec }>> = {
  lstm: { module: "assembly/lstm/backward", kernel: "lstmBackward", spec: { kind: "lstm", units: 5 } },
  gru: { module: "assembly/gru/backward", kernel: "gruBackward", spec: { kind: "gru", units: 5 } },
  rnn: { module: "assembly/rnn/backward", kernel: "rnnBackward", spec: { kind: "simpleRNN", units: 5 } },
  extended: {
    module: "assembly/lstm/extended-backward",
    kernel: "lstmExtendedBackward",
    spec: { kind: "lstm", units: 5, peepholes: true, projection: 3 },
  },
};

/** What is watched: a few numbers, so that a fault is caught by what it does and not by how much is tried. */
interface Scene {
  readonly batch?: number;
  readonly mask?: boolean;
  readonly options?: Partial<OracleLayerSpec>;
  /** Scale of the weights: large ones saturate gates. */
  readonly scale?: number;
  /** Weight of every sample: small ones make gradients that float32 cannot square. */
  readonly weight?: number;
  /** Shares of the batch that write down their own part. */
  readonly parts?: number;
}

const timesteps = 4;

/** The flow a build's backward kernel writes down is float64's. */
async function checkFlow(build: KernelBuild, cell: Cell, scene: Scene): Promise<void> {
  const { batch = 3, mask = false, options = {}, scale = 3, weight = 1, parts = 1 } = scene;
  const { kernel, spec } = backward[cell];
  const engine = await createEngine({ threads: 1, reproducible: true });
  try {
    standIn(engine, build, [kernel], parts);
    const layers: OracleLayerSpec[] = [
      { kind: "inputLayer", shape: [timesteps, 5] },
      ...(mask ? [{ kind: "masking" } as const] : []),
      { ...spec, returnSequences: true, ...options } as OracleLayerSpec,
      { kind: "dense", units: 2 },
    ];
    const model = randomized(modelOf(layers, { loss: "mse" }, { seed: 1, engine }), scale);
    const x = values([batch, timesteps, 5], 1);
    /** Sample n sleeps at step n, and where n is even at the last one too: every step counts another number. */
    const sleeps = (n: number, t: number): boolean =>
      mask && n > 0 && (t === n % timesteps || (n % 2 === 0 && t === timesteps - 1));
    const unmasked = Array.from({ length: timesteps }, (_, t) =>
      Array.from({ length: batch }, (__, n) => n).filter((n) => !sleeps(n, t)),
    );
    for (let n = 0; n < batch; n++) {
      for (let t = 0; t < timesteps; t++) {
        if (sleeps(n, t)) x.data.fill(0, (n * timesteps + t) * 5, (n * timesteps + t + 1) * 5);
      }
    }
    const y = values([batch, timesteps, 2], 2);
    const sampleWeight: Tensor = { shape: [batch], data: new Float32Array(batch).fill(weight) };
    const got = await model.gradientFlow(x, y, { sampleWeight });
    const { flow } = oracleModel(layers, model.getWeights()).lossAndGradients(x, y, {
      loss: "mse",
      sampleWeight: sampleWeight.data,
    });
    expectFlow(got, flow, mask ? { batch, samples: unmasked } : undefined);
    if (weight === 1) return;
    // Far below the absolute tolerance, only the relative one says anything.
    const { hiddenGradient, inputGradient } = got.layers.filter(isRecurrentFlow)[0]!;
    expectNear("‖dL/dh‖", hiddenGradient, flow[0]!.hiddenGradient, RELATIVE);
    expectNear("‖dL/dx‖", inputGradient, flow[0]!.inputGradient, RELATIVE);
  } finally {
    engine.dispose();
  }
}

interface RecorderFault extends Pick<Fault, "title" | "search" | "replacement"> {
  readonly cell: Cell;
  /** Default: the cell's own record.ts. */
  readonly file?: string;
  readonly scene?: Scene;
}

const recorders: Readonly<Record<Cell, string>> = {
  lstm: "assembly/lstm/record.ts",
  gru: "assembly/gru/record.ts",
  rnn: "assembly/rnn/record.ts",
  extended: "assembly/lstm/extended-record.ts",
};

const shared = "assembly/probe/record.ts";
const tally = "assembly/lstm/gate-statistics.ts";
const masked: Scene = { mask: true, batch: 5 };
const relu: Scene = { options: { activation: "relu" } as Partial<OracleLayerSpec> };

const faults: readonly RecorderFault[] = [
  {
    title: "the forget gate's mean is the input gate's",
    cell: "lstm",
    file: tally,
    search: "f32x4.add(f, offset)",
    replacement: "f32x4.add(i, offset)",
  },
  {
    title: "nearness to a bound is compared without the distance from the other",
    cell: "lstm",
    file: tally,
    search: "GATE_EDGE: f32 = NEAR * (1 - NEAR)",
    replacement: "GATE_EDGE: f32 = NEAR",
  },
  {
    title: "the cell candidate is taken for a gate between 0 and 1",
    cell: "lstm",
    file: tally,
    search: "f32x4.le(sg, constant4(AT_CELL_EDGE))",
    replacement: "f32x4.le(f32x4.sub(g, f32x4.mul(g, g)), gateEdge)",
  },
  {
    title: "padding counts among the units",
    cell: "lstm",
    file: tally,
    search: "v128.and(i32x4.sub(v128.load(tally, 16), base), valid)",
    replacement: "i32x4.sub(v128.load(tally, 16), base)",
  },
  {
    title: "dL/dc is what the forget gate leaves of it",
    cell: "lstm",
    file: "assembly/lstm/cell-backward.ts",
    search: "v128.store(dcTotalPtr, dc);",
    replacement: "v128.store(dcTotalPtr, f32x4.mul(dc, f));",
  },
  {
    title: "rows beyond the first tally are left out",
    cell: "lstm",
    search: "row < rows; row += TALLY_ROWS",
    replacement: "row < min(rows, TALLY_ROWS); row += TALLY_ROWS",
    scene: { batch: 257, scale: 1 },
  },
  {
    title: "masked steps count among the gates",
    cell: "lstm",
    file: "assembly/lstm/cell-backward.ts",
    search: "v128.store(dcTotalPtr, v128.load(dcPtr));",
    replacement: "v128.store(dcTotalPtr, v128.load(dcPtr)); unmasked++;",
    scene: masked,
  },
  {
    title: "dL/dh is written down one step early",
    cell: "lstm",
    search: "addTo(step + HIDDEN,",
    replacement: "addTo(record + <usize>max(t - 1, 0) * stepBytes(LSTM_GATES) + HIDDEN,",
  },
  {
    title: "dL/dc of unusual activations is added unsquared",
    cell: "lstm",
    search: "addWideSquares(squares, v128.and(dc, valid))",
    replacement: "addWide(squares, v128.and(dc, valid))",
    scene: relu,
  },
  {
    title: "the reset gate is read where the candidate stands",
    cell: "gru",
    search: "r = v128.load(gatesPtr, 16)",
    replacement: "r = v128.load(gatesPtr, 32)",
  },
  {
    title: "every group of units counts the samples again",
    cell: "gru",
    search: "if (group == 0) addTo",
    replacement: "addTo",
  },
  {
    title: "the candidate has the gates' bounds",
    cell: "gru",
    search: "nearEdge(g, cellLow, cellHigh)",
    replacement: "nearEdge(g, low, high)",
  },
  {
    title: "masked steps count among the gates",
    cell: "gru",
    search: "<< 2)) == 0) continue;",
    replacement: "<< 2)) == 0) {}",
    scene: masked,
  },
  {
    title: "dL/dx leaves the last feature out",
    cell: "gru",
    search: "rows, d.features, scale",
    replacement: "rows, d.features - 1, scale",
  },
  {
    title: "every row is the first",
    cell: "rnn",
    search: "row++, hPtr += rowBytes",
    replacement: "row++",
  },
  {
    title: "samples that count are written down at another step",
    cell: "rnn",
    search: "addTo(step + COUNTED,",
    replacement: "addTo(record + <usize>(d.timesteps - 1 - t) * stepBytes(RNN_GATES) + COUNTED,",
    scene: masked,
  },
  {
    title: "dL/dz is written down among the means",
    cell: "rnn",
    search: "addTo(step + GATES,",
    replacement: "addTo(step + GATES + 8,",
  },
  {
    title: "the output gate's peephole sends nothing to c",
    cell: "extended",
    search: "derivativeAny4(gateCode, zo, o)), po)",
    replacement: "derivativeAny4(gateCode, zo, o)), f32x4.splat(0))",
  },
  {
    title: "the output gate has the forget gate's peephole",
    cell: "extended",
    search: "v128.load(peepholesPtr, 32)",
    replacement: "v128.load(peepholesPtr, 16)",
  },
  {
    title: "dL/dh leaves the last projected value out",
    cell: "extended",
    search: "rows, width, scaleFor",
    replacement: "rows, width - 1, scaleFor",
  },
  {
    title: "masked steps count among the gates",
    cell: "extended",
    search: "<< 2)) == 0)) {",
    replacement: "<< 2)) == 2)) {",
    scene: masked,
  },
  {
    title: "the second share of a batch writes into the first one's steps",
    cell: "gru",
    file: shared,
    search: "(part * (timesteps + 1))",
    replacement: "(part * gates)",
    scene: { parts: 2 },
  },
  {
    title: "squares that float32 cannot hold are not made again",
    cell: "rnn",
    file: "assembly/simd/squares.ts",
    search: "return sum > SAFE_LOW && sum < SAFE_HIGH;",
    replacement: "return true;",
    scene: { weight: 2 ** -84 },
  },
  {
    title: "a lone last value of a row is left out",
    cell: "rnn",
    file: shared,
    search: "if (tail) b =",
    replacement: "if (tail > 1) b =",
  },
  {
    title: "a bounded activation's upper bound is forgotten",
    cell: "gru",
    file: shared,
    search: "f32x4.ge(y, high)",
    replacement: "f32x4.le(y, low)",
  },
];

describe("a recorder with a fault does not pass the check of its flow", () => {
  const named = faults.map((fault) => [`${fault.cell}: ${fault.title}`, fault] as const);
  it.each(named)("%s", async (_, { cell, file, scene = {}, ...fault }) => {
    const { module, kernel } = backward[cell];
    const { healthy, faulty } = await buildMutant(
      { ...fault, file: file ?? recorders[cell], exports: { [module]: [kernel] } },
      "debug",
    );
    await checkFlow(healthy, cell, scene);
    // By a number that is wrong, and not by something that breaks on the way.
    await expect(checkFlow(faulty, cell, scene)).rejects.toThrow("off by");
  });

  it.each(Object.keys(backward) as Cell[])("and %s without one passes in every scene", async (cell) => {
    const { module, kernel } = backward[cell];
    const { healthy } = await buildMutant(
      {
        title: "nothing",
        file: shared,
        search: "NEAR: f32 = 0.05",
        replacement: "NEAR: f32 = 0.05",
        exports: { [module]: [kernel] },
      },
      "debug",
    );
    for (const scene of [masked, relu, { batch: 257, scale: 1 }, { parts: 2 }, { ...masked, parts: 2 }]) {
      await checkFlow(healthy, cell, scene);
    }
  });
});
