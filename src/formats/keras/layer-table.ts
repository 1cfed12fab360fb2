/** How a kind of layer is called and configured in Keras; one entry serves every format that speaks Keras's words. */
export interface KerasLayer {
  readonly kind: string;
  readonly className: string;
  /** Other classes that mean the same. */
  readonly aliases?: readonly string[];
  /** Options that carry over, by Keras's names; ours are the same in camelCase. */
  readonly options: readonly string[];
  /** Options that may have these values only, which say what is done here anyway; undefined: any value. */
  readonly fixed?: Readonly<Record<string, readonly unknown[] | undefined>>;
  /** Keras's names that are not ours in snake_case. */
  readonly renamed?: Readonly<Record<string, string>>;
  /** Where the weights are below the layer's folder in a `.weights.h5`. */
  readonly folders?: readonly string[];
  /** Options a class sets by itself. */
  readonly set?: Readonly<Record<string, unknown>>;
}

const weight = (...stems: readonly string[]): string[] =>
  stems.flatMap((stem) => [`${stem}_initializer`, `${stem}_regularizer`, `${stem}_constraint`]);

const any = undefined;

const recurrentOptions = [
  "units",
  "activation",
  "use_bias",
  ...weight("kernel", "recurrent", "bias"),
  "activity_regularizer",
  "dropout",
  "recurrent_dropout",
  "return_sequences",
  "return_state",
  "go_backwards",
  "stateful",
];

const recurrentFixed = {
  implementation: any,
  unroll: any,
  consume_less: any,
  time_major: [false],
  zero_output_for_mask: any,
  use_cudnn: any,
  seed: any,
  input_dim: any,
  input_length: any,
  cell: [null],
};

const recurrent = (kind: string, className: string, ...own: readonly string[]): KerasLayer => ({
  kind,
  className,
  options: [...recurrentOptions, ...own],
  fixed: recurrentFixed,
  folders: ["cell"],
});

const last = { data_format: ["channels_last", null] };
const pooling = (kind: string, className: string, ...aliases: readonly string[]): KerasLayer => ({
  kind,
  className,
  aliases,
  options: ["pool_size", "strides", "padding"],
  fixed: last,
});
const plain = (
  kind: string,
  className: string,
  options: readonly string[] = [],
  fixed: KerasLayer["fixed"] = {},
): KerasLayer => ({
  kind,
  className,
  options,
  fixed,
});

const cudnn = {
  activation: "tanh",
  recurrentActivation: "sigmoid",
};

export const kerasLayers: readonly KerasLayer[] = [
  recurrent("lstm", "LSTM", "recurrent_activation", "unit_forget_bias"),
  recurrent("gru", "GRU", "recurrent_activation", "reset_after"),
  recurrent("simpleRNN", "SimpleRNN"),
  { ...recurrent("lstm", "CuDNNLSTM", "unit_forget_bias"), set: cudnn },
  { ...recurrent("gru", "CuDNNGRU"), set: { ...cudnn, resetAfter: true } },
  {
    kind: "bidirectional",
    className: "Bidirectional",
    options: ["merge_mode"],
    folders: ["forward_layer/cell", "backward_layer/cell"],
  },
  { kind: "timeDistributed", className: "TimeDistributed", options: [], folders: ["layer"] },
  {
    kind: "dense",
    className: "Dense",
    aliases: ["TimeDistributedDense"],
    options: ["units", "activation", "use_bias", ...weight("kernel", "bias"), "activity_regularizer"],
    fixed: {
      lora_rank: [null],
      quantization_config: [null],
      input_dim: any,
      quantization_mode: [null],
      lora_alpha: [null],
    },
  },
  plain("activation", "Activation", ["activation"]),
  plain("dropout", "Dropout", ["rate"], { noise_shape: [null], seed: any }),
  {
    kind: "embedding",
    className: "Embedding",
    options: ["input_dim", "output_dim", "mask_zero", ...weight("embeddings"), "activity_regularizer"],
    fixed: {
      input_length: any,
      dropout: [0, null],
      weights: [null],
      lora_rank: [null],
      quantization_config: [null],
      lora_alpha: [null],
      sparse: [false],
    },
  },
  plain("masking", "Masking", ["mask_value"]),
  plain("repeatVector", "RepeatVector", ["n"]),
  plain("flatten", "Flatten", [], last),
  {
    kind: "layerNormalization",
    className: "LayerNormalization",
    options: ["epsilon", "center", "scale", ...weight("gamma", "beta")],
    fixed: { axis: [-1, [-1], [2], [1], null], rms_scaling: [false] },
  },
  {
    kind: "batchNormalization",
    className: "BatchNormalization",
    aliases: ["BatchNormalizationV1", "BatchNormalizationV2"],
    options: [
      "momentum",
      "epsilon",
      "center",
      "scale",
      ...weight("gamma", "beta"),
      "moving_mean_initializer",
      "moving_variance_initializer",
    ],
    fixed: {
      axis: [-1, [-1], [2], [1], 2],
      synchronized: [false],
      renorm: [false],
      renorm_clipping: any,
      renorm_momentum: any,
      virtual_batch_size: [null],
      fused: any,
      mode: [0],
    },
  },
  {
    kind: "conv1d",
    className: "Conv1D",
    aliases: ["Convolution1D"],
    options: [
      "filters",
      "kernel_size",
      "strides",
      "padding",
      "dilation_rate",
      "groups",
      "activation",
      "use_bias",
      ...weight("kernel", "bias"),
      "activity_regularizer",
    ],
    fixed: { ...last, input_dim: any, input_length: any, rank: any },
  },
  pooling("maxPooling1D", "MaxPooling1D", "MaxPool1D"),
  pooling("averagePooling1D", "AveragePooling1D", "AvgPool1D"),
  plain("globalMaxPooling1D", "GlobalMaxPooling1D", ["keepdims"], last),
  plain("globalAveragePooling1D", "GlobalAveragePooling1D", ["keepdims"], { ...last, keepdims: [false] }),
  plain("upSampling1D", "UpSampling1D", ["size"]),
  plain("zeroPadding1D", "ZeroPadding1D", ["padding"], last),
  plain("cropping1D", "Cropping1D", ["cropping"]),
  plain("reshape", "Reshape", ["target_shape"]),
  plain("permute", "Permute", ["dims"]),
  plain("spatialDropout1D", "SpatialDropout1D", ["rate"], {
    seed: any,
    noise_shape: [null],
    data_format: any,
  }),
  plain("gaussianNoise", "GaussianNoise", ["stddev"], { seed: any }),
  plain("gaussianDropout", "GaussianDropout", ["rate"], { seed: any }),
  {
    kind: "leakyReLU",
    className: "LeakyReLU",
    options: ["negative_slope", "alpha"],
    renamed: { alpha: "negativeSlope" },
  },
  { kind: "prelu", className: "PReLU", options: ["shared_axes", ...weight("alpha")] },
  plain("elu", "ELU", ["alpha"]),
  plain("softmax", "Softmax", ["axis"]),
  {
    kind: "activation",
    className: "ReLU",
    options: [],
    fixed: { max_value: [null], negative_slope: [0], threshold: [0] },
    set: { activation: "relu" },
  },
  plain("rescaling", "Rescaling", ["scale", "offset"]),
  plain("normalization", "Normalization", ["mean", "variance", "axis"], { invert: [false] }),
  plain("concatenate", "Concatenate", ["axis"]),
  plain("add", "Add"),
  plain("subtract", "Subtract"),
  plain("multiply", "Multiply"),
  plain("average", "Average"),
  plain("maximum", "Maximum"),
  plain("minimum", "Minimum"),
  plain("dot", "Dot", ["axes", "normalize"]),
  plain("attention", "Attention", ["use_scale", "score_mode", "dropout"], { seed: any }),
  plain("additiveAttention", "AdditiveAttention", ["use_scale", "dropout"], { seed: any, score_mode: any }),
  {
    kind: "multiHeadAttention",
    className: "MultiHeadAttention",
    options: [
      "num_heads",
      "key_dim",
      "value_dim",
      "dropout",
      "use_bias",
      "output_shape",
      ...weight("kernel", "bias"),
      "activity_regularizer",
    ],
    fixed: {
      attention_axes: [null, [1]],
      seed: any,
      flash_attention: any,
      query_shape: any,
      key_shape: any,
      value_shape: any,
      use_gate: [false],
    },
    folders: ["query_dense", "key_dense", "value_dense", "output_dense"],
  },
];

const byClass = new Map<string, KerasLayer>(
  kerasLayers.flatMap((entry) => [entry.className, ...(entry.aliases ?? [])].map((name) => [name, entry])),
);

export const layerOfClass = (className: string): KerasLayer | undefined => byClass.get(className);

/** The entry a kind is written by: the first that has it. */
export const layerOfKind = (kind: string): KerasLayer | undefined =>
  kerasLayers.find((entry) => entry.kind === kind);
