import { describe, expect, it } from "vitest";
import { fromOnnx } from "../../../../src/formats/index.js";
import { activation } from "../../../../src/layers/activation.js";
import { conv1d } from "../../../../src/layers/convolution/conv-1d.js";
import { dense } from "../../../../src/layers/dense.js";
import { embedding } from "../../../../src/layers/embedding.js";
import { layerNormalization } from "../../../../src/layers/layer-normalization.js";
import { bidirectional } from "../../../../src/layers/recurrent/bidirectional.js";
import { gru } from "../../../../src/layers/recurrent/gru.js";
import { lstm } from "../../../../src/layers/recurrent/lstm.js";
import { simpleRNN } from "../../../../src/layers/recurrent/simple-rnn.js";
import { sequential } from "../../../../src/model/sequential.js";
import type { Tensor } from "../../../../src/tensor.js";
import { type HandMade, loopedCell, onnxFile } from "./hand-made.js";

const wave = (...shape: number[]): Tensor => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, k) => Math.sin(0.7 * k + 0.2)),
});

/** A matrix turned over, with an axis before it where ONNX has one for directions. */
function turned({ shape, data }: Tensor, gates: readonly number[] = [0]): Tensor {
  const [rows, columns] = shape as [number, number];
  const units = columns / gates.length;
  const output = new Float32Array(data.length);
  gates.forEach((gate, at) => {
    for (let unit = 0; unit < units; unit++)
      for (let row = 0; row < rows; row++)
        output[(at * units + unit) * rows + row] = data[row * columns + gate * units + unit]!;
  });
  return { shape: [1, columns, rows], data: output };
}

const reordered = ({ data }: Tensor, gates: readonly number[]): Float32Array => {
  const units = data.length / gates.length;
  return Float32Array.from(gates.flatMap((gate) => [...data.slice(gate * units, (gate + 1) * units)]));
};

/** ONNX's LSTM of a Keras LSTM's weights: i, o, f, c of i, f, c, o. */
function lstmConstants(
  prefix: string,
  [kernel, recurrent, bias]: readonly Tensor[],
): NonNullable<HandMade["constants"]> {
  const gates = [0, 3, 1, 2];
  const own = reordered(bias!, gates);
  return {
    [`${prefix}W`]: turned(kernel!, gates),
    [`${prefix}R`]: turned(recurrent!, gates),
    [`${prefix}B`]: {
      shape: [1, 2 * own.length],
      data: Float32Array.from([...own, ...new Float32Array(own.length)]),
    },
  };
}

async function expectSame(
  file: Uint8Array,
  own: { predict(x: Tensor): Promise<Tensor> },
  x: Tensor,
  given: Tensor = x,
): Promise<void> {
  const model = await fromOnnx(file);
  const [found, expected] = [await model.predict(given), await own.predict(x)];
  expect(found.data.length).toBe(expected.data.length);
  found.data.forEach((value, i) => {
    expect(value).toBeCloseTo(expected.data[i]!, 5);
  });
}

describe("fromOnnx reads what exporters write", () => {
  it("weights that the graph itself cuts, joins and turns (PyTorch 0.3, and its exporter of 2026)", async () => {
    const own = sequential([lstm({ units: 2, inputShape: [4, 3] })], { seed: 1 });
    const [kernel, recurrent, bias] = own.getWeights() as Tensor[] as [Tensor, Tensor, Tensor];
    const flat = (tensor: Tensor): Tensor => {
      const { shape, data } = turned(tensor, [0, 1, 2, 3]);
      return { shape: shape.slice(1), data };
    };
    const cut = (name: string): HandMade["nodes"] => [
      ["Slice", name, `${name}i`, { axes: [0], starts: [0], ends: [2] }],
      ["Slice", name, `${name}o`, { axes: [0], starts: [6], ends: [8] }],
      ["Slice", name, `${name}f`, { axes: [0], starts: [2], ends: [6] }],
      ["Concat", `${name}i ${name}o ${name}f`, `${name}all`, { axis: 0 }],
    ];
    const graph: HandMade = {
      nodes: [
        ...cut("w"),
        ...cut("r"),
        ...cut("b"),
        ["Concat", "ball zero", "both", { axis: 0 }],
        ["Unsqueeze", "wall", "W", { axes: [0] }],
        ["Unsqueeze", "rall", "R", { axes: [0] }],
        ["Unsqueeze", "both", "B", { axes: [0] }],
        ["Transpose", "x", "steps", { perm: [1, 0, 2] }],
        ["LSTM", "steps W R B", "all last", { hidden_size: 2 }],
        ["Squeeze", "last", "y", { axes: [0] }],
      ],
      constants: {
        w: flat(kernel),
        r: flat(recurrent),
        b: bias,
        zero: { shape: [8], data: new Float32Array(8) },
      },
      inputs: { x: [null, 4, 3] },
      outputs: "y",
    };
    await expectSame(onnxFile(graph, 9), own, wave(2, 4, 3));
  });

  const loopBody = (nodes: HandMade["nodes"], states: string, outputs: string): HandMade => ({
    nodes: [
      ["Gather", "steps place", "row", { axis: 0 }],
      ["Add", "place one", "next"],
      ["Less", "next all", "goes"],
      ...nodes,
    ],
    constants: { one: 1, all: 4 },
    inputs: Object.fromEntries(["i", "c", "place", ...states.split(" ")].map((name) => [name, []])),
    outputs: `goes next ${outputs}`,
  });

  it("an LSTM that is a loop over time (tf2onnx of Keras 3)", async () => {
    const own = sequential([lstm({ units: 2, activation: "relu", inputShape: [4, 3] })], { seed: 2 });
    const [kernel, recurrent, bias] = own.getWeights() as Tensor[] as [Tensor, Tensor, Tensor];
    const body = loopBody(
      [
        ["MatMul", "h r", "hr"],
        ["MatMul", "row w", "xw"],
        ["Add", "xw hr", "sum"],
        ["Add", "sum b", "z"],
        ["Split", "z", "zi zf zg zo", { axis: 1 }],
        ["Sigmoid", "zi", "gi"],
        ["Sigmoid", "zf", "gf"],
        ["Sigmoid", "zo", "go"],
        ["Relu", "zg", "gg"],
        ["Mul", "gf cell", "kept"],
        ["Mul", "gi gg", "fresh"],
        ["Add", "kept fresh", "cell2"],
        ["Relu", "cell2", "squashed"],
        ["Mul", "go squashed", "h2"],
        ["Identity", "h2", "out"],
      ],
      "h cell w",
      "h2 cell2 w out",
    );
    const graph: HandMade = {
      nodes: [
        ["Transpose", "x", "steps", { perm: [1, 0, 2] }],
        ["Loop", "trips true zero begin begin kernel", "n0 hn cn w0 seq", { body }],
        ["Slice", "seq minus end first", "last"],
        ["Squeeze", "last first", "y"],
      ],
      constants: {
        kernel,
        r: recurrent,
        b: bias,
        trips: 4,
        true: 1,
        zero: 0,
        begin: { shape: [1, 2], data: new Float32Array(2) },
        minus: [-1],
        end: [2147483647],
        first: [0],
      },
      inputs: { x: [null, 4, 3] },
      outputs: "y",
    };
    await expectSame(onnxFile(graph), own, wave(2, 4, 3));
    const fewer = { ...graph, constants: { ...graph.constants!, trips: 3 } };
    await expect(fromOnnx(onnxFile(fewer))).rejects.toThrow(/takes 3 of 4 steps/);
    // Another order of the states, and a body that is no cell.
    const nodes = body.nodes.map((node) => (node[1] === "zo" ? (["Exp", "zo", "go"] as const) : node));
    const strange = {
      ...graph,
      nodes: graph.nodes.with(1, [
        "Loop",
        graph.nodes[1]![1],
        graph.nodes[1]![2],
        { body: { ...body, nodes } },
      ]),
    };
    await expect(fromOnnx(onnxFile(strange))).rejects.toThrow(/Loop .* holds a graph of its own/);
  });

  it("a plain recurrent layer that is a loop over time", async () => {
    const own = sequential([simpleRNN({ units: 2, useBias: false, inputShape: [4, 3] })]);
    const { kernel, r } = loopedCell.constants as Record<string, Tensor>;
    own.setWeights([kernel!, r!]);
    await expectSame(onnxFile(loopedCell), own, wave(2, 4, 3));
  });

  it("a GRU that is a loop over time, its reset gate behind the product (tf2onnx of Keras 3)", async () => {
    const own = sequential([gru({ units: 2, returnSequences: true, inputShape: [4, 3] })], { seed: 3 });
    const [kernel, recurrent, start] = own.getWeights() as Tensor[] as [Tensor, Tensor, Tensor];
    const bias = { shape: start.shape, data: start.data.map((_, i) => 0.1 * i - 0.4) };
    own.setWeights([kernel, recurrent, bias]);
    const body = loopBody(
      [
        ["Split", "b", "b0 b1", { axis: 0 }],
        ["Squeeze", "b0 first", "bx"],
        ["Squeeze", "b1 first", "bh"],
        ["MatMul", "h r", "hr"],
        ["MatMul", "row w", "xw"],
        ["Add", "xw bx", "xs"],
        ["Add", "hr bh", "hs"],
        ["Split", "xs", "xz xr xh", { axis: -1 }],
        ["Slice", "hs s0 e0 ax", "hz"],
        ["Slice", "hs s1 e1 ax", "hrr"],
        ["Slice", "hs s2 e2 ax", "hh"],
        ["Add", "xz hz", "az"],
        ["Sigmoid", "az", "z"],
        ["Add", "xr hrr", "ar"],
        ["Sigmoid", "ar", "reset"],
        ["Mul", "reset hh", "inner"],
        ["Add", "xh inner", "ah"],
        ["Tanh", "ah", "candidate"],
        ["Sub", "unit z", "rest"],
        ["Mul", "rest candidate", "fresh"],
        ["Mul", "z h", "kept"],
        ["Add", "kept fresh", "h2"],
      ],
      "h w r b",
      "h2 w r b h2",
    );
    const graph: HandMade = {
      nodes: [
        ["Transpose", "x", "steps", { perm: [1, 0, 2] }],
        ["Loop", "trips true zero begin kernel recurrent bias", "n0 hn w0 r0 b0 seq", { body }],
        ["Transpose", "seq", "y", { perm: [1, 0, 2] }],
      ],
      constants: {
        kernel,
        recurrent,
        bias,
        unit: { shape: [], data: Float32Array.of(1) },
        trips: 2147483647,
        true: 1,
        zero: 0,
        begin: { shape: [1, 2], data: new Float32Array(2) },
        first: [0],
        s0: [0, 0],
        e0: [0x7fffffff, 2],
        s1: [0, 2],
        e1: [0x7fffffff, 4],
        s2: [0, 4],
        e2: [0x7fffffff, 6],
        ax: [0, 1],
      },
      inputs: { x: [null, 4, 3] },
      outputs: "y",
    };
    await expectSame(onnxFile(graph), own, wave(2, 4, 3));
  });

  it("both directions taken apart and joined, and a layer written once a step (tf2onnx)", async () => {
    const own = sequential(
      [
        bidirectional({ layer: lstm({ units: 2, returnSequences: true }), inputShape: [3, 3] }),
        dense({ units: 2, activation: "tanh" }),
        lstm({ units: 2 }),
      ],
      { seed: 4 },
    );
    const weights = own.getWeights() as Tensor[];
    const [f, b] = [lstmConstants("", weights.slice(0, 3)), lstmConstants("", weights.slice(3, 6))] as Record<
      string,
      Tensor
    >[];
    const both = (key: string): Tensor => ({
      shape: [2, ...f![key]!.shape.slice(1)],
      data: Float32Array.from([...f![key]!.data, ...b![key]!.data]),
    });
    const step = (i: number): HandMade["nodes"] => [
      ["Slice", `seq p${i} p${i + 1} p0`, `cut${i}`],
      ["Squeeze", `cut${i} p0`, `row${i}`],
      ["MatMul", `row${i} kernel`, `m${i}`],
      ["Add", `m${i} bias`, `a${i}`],
      ["Tanh", `a${i}`, `t${i}`],
      ["Unsqueeze", `t${i} p0`, `u${i}`],
    ];
    const graph: HandMade = {
      nodes: [
        ["Transpose", "x", "steps", { perm: [1, 0, 2] }],
        ["LSTM", "steps W R B", "all", { hidden_size: 2, direction: "bidirectional" }],
        ["Slice", "all p0 p1 p1", "fd"],
        ["Squeeze", "fd p1", "fs"],
        ["Slice", "all p1 p2 p1", "bd"],
        ["Squeeze", "bd p1", "bs"],
        ["Concat", "fs bs", "seq", { axis: 2 }],
        ...[2, 0, 1].flatMap(step),
        ["Concat", "u0 u1 u2", "joined", { axis: 0 }],
        ["LSTM", "joined nextW nextR nextB", "n0 last", { hidden_size: 2 }],
        ["Squeeze", "last p0", "y"],
      ],
      constants: {
        W: both("W"),
        R: both("R"),
        B: both("B"),
        ...lstmConstants("next", weights.slice(8)),
        kernel: weights[6]!,
        bias: weights[7]!,
        p0: [0],
        p1: [1],
        p2: [2],
        p3: [3],
      },
      inputs: { x: [null, 3, 3] },
      outputs: "y",
    };
    await expectSame(onnxFile(graph), own, wave(2, 3, 3));
    const model = await fromOnnx(onnxFile(graph));
    expect(model.layers.map(({ kind }) => kind)).toEqual(["bidirectional", "dense", "lstm"]);
  });

  it("the last step of both directions by its number, a branch for one long axis, states of two layers (PyTorch)", async () => {
    const own = sequential(
      [
        lstm({ units: 2, returnSequences: true, inputShape: [3, 3] }),
        lstm({ units: 2 }),
        dense({ units: 1 }),
      ],
      { seed: 5 },
    );
    const weights = own.getWeights() as Tensor[];
    const graph: HandMade = {
      nodes: [
        ["Transpose", "x", "steps", { perm: [1, 0, 2] }],
        ["LSTM", "steps aW aR aB", "first h1", { hidden_size: 2 }],
        ["Squeeze", "first p1", "seq"],
        ["LSTM", "seq bW bR bB", "second h2", { hidden_size: 2 }],
        ["Concat", "h1 h2", "states", { axis: 0 }],
        ["Gather", "states minus", "last", { axis: 0 }],
        ["Gemm", "last kernel bias", "out"],
        ["Shape", "out", "shape"],
        ["Gather", "shape p1", "width"],
        ["Equal", "width p1", "isOne"],
        [
          "If",
          "isOne",
          "y",
          {
            then_branch: { nodes: [["Squeeze", "out p1", "thin"]], inputs: {}, outputs: "thin" },
            else_branch: { nodes: [["Identity", "out", "same"]], inputs: {}, outputs: "same" },
          },
        ],
      ],
      constants: {
        ...lstmConstants("a", weights.slice(0, 3)),
        ...lstmConstants("b", weights.slice(3, 6)),
        kernel: weights[6]!,
        bias: weights[7]!,
        p1: [1],
        minus: -1,
      },
      inputs: { x: [null, 3, 3] },
      outputs: "y",
    };
    await expectSame(onnxFile(graph, 13), own, wave(2, 3, 3));
    const two = sequential(
      [bidirectional({ layer: gru({ units: 2, returnSequences: true }), inputShape: [3, 3] })],
      { seed: 6 },
    );
    const last = await two.predict(wave(2, 3, 3));
    const [fw, bw] = [two.getWeights().slice(0, 3), two.getWeights().slice(3)] as [Tensor[], Tensor[]];
    const pair = (i: number): Tensor => ({
      shape: [2, ...turned(fw[i]!, [0, 1, 2]).shape.slice(1)],
      data: Float32Array.from([...turned(fw[i]!, [0, 1, 2]).data, ...turned(bw[i]!, [0, 1, 2]).data]),
    });
    const picked = await fromOnnx(
      onnxFile({
        nodes: [
          ["Transpose", "x", "steps", { perm: [1, 0, 2] }],
          ["GRU", "steps W R", "all", { hidden_size: 2, direction: "bidirectional", linear_before_reset: 1 }],
          ["Transpose", "all", "turned", { perm: [0, 2, 1, 3] }],
          ["Reshape", "turned shape", "joined"],
          ["Transpose", "joined", "seq", { perm: [1, 0, 2] }],
          ["Gather", "seq two", "y", { axis: 1 }],
        ],
        constants: { W: pair(0), R: pair(1), shape: [0, 0, -1], two: 2 },
        inputs: { x: [null, 3, 3] },
        outputs: "y",
      }),
    );
    const expected = [0, 1].flatMap((sample) => [...last.data.slice(sample * 12 + 8, sample * 12 + 12)]);
    const found = await picked.predict(wave(2, 3, 3));
    expected.forEach((value, i) => {
      expect(found.data[i]).toBeCloseTo(value, 5);
    });
  });

  it("steps weighed by a softmax over them and summed up, with and without the axis of the one score", async () => {
    const [x, score] = [wave(2, 4, 3), wave(3, 1)];
    const nodes: HandMade["nodes"] = [
      ["MatMul", "x score", "scores"],
      ["Squeeze", "scores minus", "flat"],
      ["Softmax", "flat", "weights", { axis: 1 }],
    ];
    const constants = { score, minus: [-1], one: [1] };
    const summed = await fromOnnx(
      onnxFile({
        nodes: [
          ...nodes,
          ["Unsqueeze", "weights minus", "column"],
          ["Mul", "x column", "weighed"],
          ["ReduceSum", "weighed one", "y", { keepdims: 0 }],
        ],
        constants,
        inputs: { x: [null, 4, 3] },
        outputs: "y",
      }),
    );
    const multiplied = await fromOnnx(
      onnxFile({
        nodes: [
          ...nodes,
          ["Unsqueeze", "weights one", "row"],
          ["MatMul", "row x", "product"],
          ["Squeeze", "product one", "y"],
        ],
        constants,
        inputs: { x: [null, 4, 3] },
        outputs: "y",
      }),
    );
    const at = (b: number, t: number, f: number): number => x.data[(b * 4 + t) * 3 + f]!;
    const expected = [0, 1].flatMap((b) => {
      const raw = [0, 1, 2, 3].map((t) =>
        Math.exp([0, 1, 2].reduce((sum, f) => sum + at(b, t, f) * score.data[f]!, 0)),
      );
      const all = raw.reduce((sum, one) => sum + one, 0);
      return [0, 1, 2].map((f) => raw.reduce((sum, one, t) => sum + (one / all) * at(b, t, f), 0));
    });
    for (const model of [summed, multiplied]) {
      const found = await model.predict(x);
      expected.forEach((value, i) => {
        expect(found.data[i]).toBeCloseTo(value, 5);
      });
    }
  });

  it("features before time at the door, and what works on elements between convolutions (PyTorch's Conv1d)", async () => {
    const own = sequential(
      [
        conv1d({ filters: 2, kernelSize: 3, inputShape: [6, 3] }),
        activation({ activation: "relu" }),
        conv1d({ filters: 2, kernelSize: 2 }),
      ],
      { seed: 7 },
    );
    const [k1, b1, k2, b2] = own.getWeights() as Tensor[] as [Tensor, Tensor, Tensor, Tensor];
    const kernel = ({ shape: [size, channels, filters], data }: Tensor): Tensor => ({
      shape: [filters!, channels!, size!],
      data: Float32Array.from({ length: data.length }, (_, i) => {
        const [f, c, k] = [Math.floor(i / (channels! * size!)), Math.floor(i / size!) % channels!, i % size!];
        return data[(k * channels! + c) * filters! + f]!;
      }),
    });
    const graph: HandMade = {
      nodes: [
        ["Conv", "x k1 b1", "a", { kernel_shape: [3] }],
        ["Relu", "a", "r"],
        ["Conv", "r k2 b2", "c", { kernel_shape: [2] }],
        ["Transpose", "c", "y", { perm: [0, 2, 1] }],
      ],
      constants: { k1: kernel(k1), b1, k2: kernel(k2), b2 },
      inputs: { x: [null, 3, 6] },
      outputs: "y",
    };
    const x = wave(2, 6, 3);
    const given = {
      shape: [2, 3, 6],
      data: Float32Array.from(
        { length: 36 },
        (_, i) => x.data[(Math.floor(i / 18) * 6 + (i % 6)) * 3 + (Math.floor(i / 6) % 3)]!,
      ),
    };
    await expectSame(onnxFile(graph), own, x, given);
  });

  it("an embedding whose index may count from the end, and a normalization in parts (tf2onnx)", async () => {
    const own = sequential(
      [embedding({ inputDim: 5, outputDim: 3, inputShape: [4] }), layerNormalization({ epsilon: 1e-3 })],
      { seed: 8 },
    );
    const table = own.getWeights()[0] as Tensor;
    const [gamma, beta] = [wave(1, 3), { shape: [1, 3], data: Float32Array.of(0.1, -0.2, 0.3) }];
    own.setWeights([table, { shape: [3], data: gamma.data }, { shape: [3], data: beta.data }]);
    const graph: HandMade = {
      nodes: [
        ["Cast", "x", "index", { to: 6 }],
        ["Add", "index five", "wrapped"],
        ["Less", "index zero", "isBelow"],
        ["Where", "isBelow wrapped index", "place"],
        ["Gather", "table place", "e"],
        ["ReduceMean", "e", "mean", { axes: [-1], keepdims: 1 }],
        ["Sub", "e mean", "d"],
        ["Mul", "d d", "dd"],
        ["ReduceMean", "dd", "variance", { axes: [-1], keepdims: 1 }],
        ["Add", "variance epsilon", "above"],
        ["Sqrt", "above", "root"],
        ["Reciprocal", "root", "inverse"],
        ["Mul", "inverse gamma", "m"],
        ["Mul", "e m", "scaled"],
        ["Neg", "mean", "minus"],
        ["Mul", "minus m", "shift"],
        ["Add", "shift beta", "offset"],
        ["Add", "scaled offset", "y"],
      ],
      constants: {
        table,
        five: 5,
        zero: 0,
        gamma,
        beta,
        epsilon: { shape: [], data: Float32Array.of(1e-3) },
      },
      inputs: { x: [null, 4] },
      outputs: "y",
    };
    await expectSame(onnxFile(graph), own, { shape: [2, 4], data: Float32Array.of(0, 1, 4, 2, 3, 3, 1, 0) });
  });
});
