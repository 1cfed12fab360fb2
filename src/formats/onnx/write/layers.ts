import type { NamedTensor } from "../../../tensor.js";
import type { LayerSnapshot } from "../../description/snapshot.js";
import type { Attribute, GraphWriter } from "./graph-writer.js";
import { asFactor, maskOfRows } from "./masks.js";
import { refuse } from "./value.js";

/** @param mask which of its steps count; undefined: all. */
export type Write = (graph: GraphWriter, layer: LayerSnapshot, x: string, mask?: string) => string;

export const floats = ({ data }: NamedTensor): Float32Array => Float32Array.from(data);

export const find = ({ weights }: LayerSnapshot, key: string): NamedTensor | undefined =>
  weights.find(({ name }) => name === key || name.endsWith(`/${key}`));

/** Element-wise activations as operators; null is linear. */
export function activate(graph: GraphWriter, name: string, x: string, slope = 0.2): string {
  const simple: Readonly<Record<string, readonly [string, Record<string, Attribute>?]>> = {
    tanh: ["Tanh"],
    sigmoid: ["Sigmoid"],
    relu: ["Relu"],
    leakyRelu: ["LeakyRelu", { alpha: { float: slope } }],
    elu: ["Elu", { alpha: { float: 1 } }],
    selu: ["Selu"],
    softplus: ["Softplus"],
    softsign: ["Softsign"],
    exponential: ["Exp"],
    hardSigmoid: ["HardSigmoid", { alpha: { float: 1 / 6 }, beta: { float: 0.5 } }],
    hardSigmoidLegacy: ["HardSigmoid", { alpha: { float: 0.2 }, beta: { float: 0.5 } }],
    softmax: ["Softmax", { axis: -1 }],
  };
  const found = simple[name];
  if (found !== undefined) return graph.op(found[0], [x], found[1]);
  if (name === "silu" || name === "swish") return graph.op("Mul", [x, graph.op("Sigmoid", [x])]);
  if (name === "gelu") {
    const error = graph.op("Erf", [graph.op("Mul", [x, graph.floats("scale", Math.SQRT1_2)])]);
    const share = graph.op("Mul", [
      graph.op("Add", [error, graph.floats("one", 1)]),
      graph.floats("half", 0.5),
    ]);
    return graph.op("Mul", [x, share]);
  }
  return x;
}

const identity: Write = (_, __, x) => x;

const dense: Write = (graph, layer, x) => {
  const [kernel, bias] = [find(layer, "kernel")!, find(layer, "bias")];
  let y = graph.op("MatMul", [x, graph.constant(`${layer.name}_kernel`, kernel.shape, floats(kernel))]);
  if (bias !== undefined)
    y = graph.op("Add", [y, graph.constant(`${layer.name}_bias`, bias.shape, floats(bias))]);
  return activate(graph, (layer.config.activation as string | undefined) ?? "linear", y);
};

/** Options of layers that look through windows. */
interface WindowConfig {
  readonly poolSize?: number;
  readonly strides?: number;
  readonly dilationRate?: number;
  readonly groups?: number;
  readonly padding?: "valid" | "same" | "causal";
  readonly activation?: string;
}

/** Runs `inside` on `[B, F, T]`, where convolutions and pools look. */
const channelsFirst = (graph: GraphWriter, x: string, inside: (x: string) => string): string =>
  graph.op("Transpose", [inside(graph.op("Transpose", [x], { perm: [0, 2, 1] }))], { perm: [0, 2, 1] });

const conv1d: Write = (graph, layer, x) => {
  const {
    strides = 1,
    dilationRate = 1,
    padding = "valid",
    groups = 1,
    activation = "linear",
  } = layer.config as WindowConfig;
  const [kernel, bias] = [find(layer, "kernel")!, find(layer, "bias")];
  const [size, channels, filters] = kernel.shape as [number, number, number];
  const data = floats(kernel);
  const turned = new Float32Array(data.length);
  for (let k = 0; k < size; k++)
    for (let c = 0; c < channels; c++)
      for (let f = 0; f < filters; f++)
        turned[(f * channels + c) * size + k] = data[(k * channels + c) * filters + f]!;
  const weights = [
    graph.constant(`${layer.name}_kernel`, [filters, channels, size], turned),
    ...(bias === undefined ? [] : [graph.constant(`${layer.name}_bias`, bias.shape, floats(bias))]),
  ];
  const pads: Record<string, Attribute> =
    padding === "same"
      ? { auto_pad: "SAME_UPPER" }
      : padding === "causal"
        ? { pads: [dilationRate * (size - 1), 0] }
        : {};
  const y = channelsFirst(graph, x, (turnedX) =>
    graph.op("Conv", [turnedX, ...weights], {
      kernel_shape: [size],
      strides: [strides],
      dilations: [dilationRate],
      group: groups,
      ...pads,
    }),
  );
  return activate(graph, activation, y);
};

const pool =
  (op: string): Write =>
  (graph, layer, x) => {
    const { poolSize = 2, strides = poolSize, padding = "valid" } = layer.config as WindowConfig;
    return channelsFirst(graph, x, (turned) =>
      graph.op(op, [turned], {
        kernel_shape: [poolSize],
        strides: [strides],
        auto_pad: padding === "same" ? "SAME_UPPER" : "VALID",
      }),
    );
  };

/** Keras's maximum takes masked steps as it takes others. */
const globalMax: Write = (graph, { config }, x) =>
  graph.op("ReduceMax", [x], { axes: [1], keepdims: config.keepdims === true ? 1 : 0 });

/** Of the steps that count alone; 0 where none does. */
const globalMean: Write = (graph, { config }, x, mask) => {
  const keepdims = config.keepdims === true ? 1 : 0;
  if (mask === undefined) return graph.op("ReduceMean", [x], { axes: [1], keepdims });
  const axes = graph.ints("axes", 1);
  const rows = asFactor(graph, mask);
  const sum = graph.op("ReduceSum", [graph.op("Mul", [x, rows]), axes], { keepdims });
  const count = graph.op("ReduceSum", [rows, axes], { keepdims });
  return graph.op("Div", [sum, graph.op("Max", [count, graph.floats("one", 1)])]);
};

/** x · scale + shift, a number a feature. */
function scaleAndShift(
  graph: GraphWriter,
  layer: LayerSnapshot,
  x: string,
  scale: Float32Array,
  shift: Float32Array,
): string {
  const product = graph.op("Mul", [x, graph.constant(`${layer.name}_scale`, [scale.length], scale)]);
  return graph.op("Add", [product, graph.constant(`${layer.name}_shift`, [shift.length], shift)]);
}

const batchNormalization: Write = (graph, layer, x) => {
  const width = layer.outputShape.at(-1)!;
  const own = (key: string, otherwise: number): Float32Array => {
    const weight = find(layer, key);
    return weight === undefined ? new Float32Array(width).fill(otherwise) : floats(weight);
  };
  const epsilon = (layer.config.epsilon as number | undefined) ?? 1e-3;
  const [gamma, beta] = [own("gamma", 1), own("beta", 0)];
  const [mean, variance] = [own("moving_mean", 0), own("moving_variance", 1)];
  const scale = gamma.map((value, i) => value / Math.sqrt(variance[i]! + epsilon));
  return scaleAndShift(
    graph,
    layer,
    x,
    scale,
    beta.map((value, i) => value - mean[i]! * scale[i]!),
  );
};

/** How each kind of layer is written, from `[B, T, F]` or `[B, F]` to the same. */
const writers: Readonly<Record<string, Write>> = {
  dense,
  conv1d,
  batchNormalization,
  normalization: (graph, layer, x) => {
    const width = layer.outputShape.at(-1)!;
    const own = (key: "mean" | "variance"): Float32Array => {
      const weight = find(layer, key);
      if (weight !== undefined) return floats(weight);
      const given = layer.config[key] as number | readonly number[];
      return Float32Array.from({ length: width }, (_, i) => (typeof given === "number" ? given : given[i]!));
    };
    const [mean, variance] = [own("mean"), own("variance")];
    const scale = variance.map((value) => 1 / Math.max(Math.sqrt(value), 1e-7));
    return scaleAndShift(
      graph,
      layer,
      x,
      scale,
      mean.map((value, i) => -value * scale[i]!),
    );
  },
  activation: (graph, { config }, x) => activate(graph, config.activation as string, x),
  softmax: (graph, _, x) => graph.op("Softmax", [x], { axis: -1 }),
  leakyReLU: (graph, { config }, x) =>
    activate(graph, "leakyRelu", x, (config.negativeSlope as number | undefined) ?? 0.3),
  elu: (graph, { config }, x) =>
    graph.op("Elu", [x], { alpha: { float: (config.alpha as number | undefined) ?? 1 } }),
  prelu: (graph, layer, x) => {
    const slope = find(layer, "alpha")!;
    return graph.op("PRelu", [x, graph.constant(`${layer.name}_alpha`, slope.shape, floats(slope))]);
  },
  rescaling: (graph, { config }, x) => {
    const numbers = (value: unknown, otherwise: number): number[] =>
      Array.isArray(value) ? (value as number[]) : [(value as number | undefined) ?? otherwise];
    const product = graph.op("Mul", [x, graph.floats("scale", ...numbers(config.scale, 1))]);
    return graph.op("Add", [product, graph.floats("offset", ...numbers(config.offset, 0))]);
  },
  masking: (graph, { config }, x) =>
    graph.op("Mul", [
      x,
      asFactor(graph, maskOfRows(graph, x, (config.maskValue as number | undefined) ?? 0)),
    ]),
  dropout: identity,
  gaussianNoise: identity,
  gaussianDropout: identity,
  spatialDropout1D: identity,
  embedding: (graph, layer, x) => {
    const table = find(layer, "embeddings")!;
    return graph.op("Gather", [graph.constant(`${layer.name}_table`, table.shape, floats(table)), x], {
      axis: 0,
    });
  },
  repeatVector: (graph, { config }, x) =>
    graph.op("Expand", [
      graph.op("Unsqueeze", [x, graph.ints("axes", 1)]),
      graph.ints("shape", 1, config.n as number, 1),
    ]),
  flatten: (graph, _, x) => graph.op("Flatten", [x], { axis: 1 }),
  reshape: (graph, { outputShape }, x) =>
    graph.op("Reshape", [x, graph.ints("shape", 0, ...outputShape.map((extent) => extent ?? -1))]),
  permute: (graph, { config }, x) => graph.op("Transpose", [x], { perm: [0, ...(config.dims as number[])] }),
  upSampling1D: (graph, { config, outputShape }, x) => {
    const wide = graph.op("Unsqueeze", [x, graph.ints("axes", 2)]);
    const repeated = graph.op("Expand", [
      wide,
      graph.ints("shape", 1, 1, (config.size as number | undefined) ?? 2, 1),
    ]);
    return graph.op("Reshape", [repeated, graph.ints("shape", 0, -1, outputShape.at(-1)!)]);
  },
  zeroPadding1D: (graph, { config }, x) => {
    const padding = (config.padding ?? 1) as number | [number, number];
    const [before, after] = typeof padding === "number" ? [padding, padding] : padding;
    return graph.op("Pad", [x, graph.ints("pads", 0, before, 0, 0, after, 0)]);
  },
  cropping1D: (graph, { config }, x) => {
    const cropping = (config.cropping ?? [1, 1]) as number | [number, number];
    const [before, after] = typeof cropping === "number" ? [cropping, cropping] : cropping;
    return graph.op("Slice", [
      x,
      graph.ints("starts", before),
      graph.ints("ends", after === 0 ? 2 ** 31 - 1 : -after),
      graph.ints("axes", 1),
    ]);
  },
  maxPooling1D: pool("MaxPool"),
  averagePooling1D: pool("AveragePool"),
  globalMaxPooling1D: globalMax,
  globalAveragePooling1D: globalMean,
  layerNormalization: (graph, layer, x) => {
    const width = layer.outputShape.at(-1)!;
    const [gamma, beta] = [find(layer, "gamma"), find(layer, "beta")];
    const scale = gamma === undefined ? new Float32Array(width).fill(1) : floats(gamma);
    const inputs = [x, graph.constant(`${layer.name}_gamma`, [width], scale)];
    if (beta !== undefined) inputs.push(graph.constant(`${layer.name}_beta`, [width], floats(beta)));
    return graph.op("LayerNormalization", inputs, {
      axis: -1,
      epsilon: { float: (layer.config.epsilon as number | undefined) ?? 1e-3 },
    });
  },
};

export function writerOf(layer: LayerSnapshot): Write {
  const write = Object.hasOwn(writers, layer.kind) ? writers[layer.kind] : undefined;
  return write ?? refuse(layer, "has no counterpart in ONNX");
}
