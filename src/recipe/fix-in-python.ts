import type { LayerPatch, RecipePatch } from "./patch.js";
import type { SeriesRecipe } from "./recipe.js";

/** Frameworks whose code a change can be said in, beside this one's own. */
export type Framework = "keras" | "pytorch";

type Options = Readonly<Record<string, unknown>>;

/** An option's name in Python: `learningRate` → `learning_rate`. */
const snake = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** A value as Python writes it; an initializer's name as Keras does. */
function python(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return JSON.stringify(snake(value));
  if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
  if (typeof value !== "object") return String(value);
  const { name, config } = value as { name?: unknown; config?: Options };
  if (typeof name === "string" && config !== undefined) return `${name}(${keywords(config)})`;
  const entries = Object.entries(value).map(([key, part]) => {
    const own = /^-?\d+$/.test(key) ? key : JSON.stringify(key);
    return `${own}: ${python(part)}`;
  });
  return `{${entries.join(", ")}}`;
}

const keywords = (options: Options): string =>
  Object.entries(options)
    .map(([name, value]) => `${snake(name)}=${python(value)}`)
    .join(", ");

/** What becomes of the raw values, with pandas, numpy and scikit-learn: the same for both frameworks. */
function seriesLines({ impute, log, difference, scale, clip }: SeriesRecipe): string[] {
  const scalers = { standard: "StandardScaler", minMax: "MinMaxScaler", robust: "RobustScaler" } as const;
  return [
    ...(impute == null
      ? []
      : [`values = pd.Series(values).${impute === "forward" ? "ffill()" : "interpolate()"}.to_numpy()`]),
    ...(log === true ? ["values = np.log(values)"] : []),
    ...(difference === 1
      ? [
          "changes = np.diff(values)  # forecasts come back by np.cumsum from the last value",
          "values = changes",
        ]
      : []),
    ...(scale == null
      ? []
      : [
          "train_rows = int(0.8 * len(values))  # later rows unseen",
          `scaler = ${scalers[scale]}().fit(values[:train_rows].reshape(-1, 1))`,
          "values = scaler.transform(values.reshape(-1, 1))  # predictions: scaler.inverse_transform",
        ]),
    ...(clip == null ? [] : [`values = np.clip(values, -${clip}, ${clip})`]),
  ];
}

const windowLines = (window: number): string[] => [
  `x = np.stack([values[i : i + ${window}] for i in range(len(values) - ${window})]).reshape(-1, ${window}, 1)`,
  `y = values[${window}:]`,
];

const kerasLayers: Readonly<Record<string, readonly [name: string, where: string]>> = {
  recurrent: ["LSTM", "every recurrent layer"],
  weighted: ["LSTM", "every layer with weights"],
  last: ["Dense", "the last layer"],
  lstm: ["LSTM", "every LSTM layer"],
  gru: ["GRU", "every GRU layer"],
  dense: ["Dense", "every dense layer but the last"],
  dropout: ["Dropout", "every dropout layer"],
  embedding: ["Embedding", "the embedding"],
};

function kerasLayer({ kind, set }: LayerPatch): string[] {
  const [name, where] = kerasLayers[kind] ?? [kind, `every ${kind} layer`];
  const { biasInitializer, ...rest } = set as Options & { biasInitializer?: unknown };
  const chrono = (biasInitializer as { name?: string; config?: { maxTimesteps?: number } } | undefined) ?? {};
  const isChrono = chrono.name === "chrono";
  // Keras has no chrono initializer: a forget bias of about the logarithm of the sequence's length does the same.
  const more = isChrono
    ? [
        `# ${where}: after building, bias[units : 2 * units] = np.log(${chrono.config?.maxTimesteps ?? "timesteps"})`,
      ]
    : [];
  const own = isChrono ? rest : set;
  if (Object.keys(own).length === 0) return more;
  const { rate, ...options } = own;
  const args = [...(rate === undefined ? [] : [python(rate)]), "...", keywords(options)].filter(
    (part) => part !== "" && !(name === "Dropout" && part === "..."),
  );
  return [`layers.${name}(${args.join(", ")})  # ${where}`, ...more];
}

function kerasLines({ layers = [], compile, fit }: RecipePatch): string[] {
  const lines = layers.flatMap(kerasLayer);
  const { optimizer, ...rest } = compile ?? {};
  if (optimizer !== undefined || Object.keys(rest).length > 0) {
    const { name, ...options } = { name: "adam", ...(optimizer as Options | undefined) };
    const isKnown = { adam: "Adam", sgd: "SGD", rmsprop: "RMSprop", adamw: "AdamW" } as Readonly<
      Record<string, string>
    >;
    const made = keywords(
      Object.fromEntries(
        Object.entries(options).map(([key, value]) => [
          key === "globalClipnorm" ? "global_clipnorm" : key,
          value,
        ]),
      ),
    );
    // Truncation is the length of the sequences there.
    const { truncate, ...more } = rest as Options & { truncate?: unknown };
    if (truncate !== undefined)
      lines.push(
        "# truncation: cut no sequence; train on the whole of each, or carry the state with stateful=True",
      );
    if (optimizer !== undefined || Object.keys(more).length > 0) {
      const args = [
        ...(optimizer === undefined
          ? []
          : [`optimizer=keras.optimizers.${isKnown[String(name)] ?? "Adam"}(${made})`]),
        ...(Object.keys(more).length === 0 ? [] : [keywords(more)]),
        ...("loss" in more ? [] : ["loss=..."]),
      ];
      lines.push(`model.compile(${args.join(", ")})`);
    }
  }
  if (fit !== undefined) {
    const { earlyStopping, ...options } = fit as Options & { earlyStopping?: Options };
    const stopping =
      earlyStopping == null
        ? []
        : [
            "validation_split=0.2",
            `callbacks=[keras.callbacks.EarlyStopping(monitor="val_loss", ${keywords(earlyStopping)})]`,
          ];
    const args = ["x", "y", ...(Object.keys(options).length === 0 ? [] : [keywords(options)]), ...stopping];
    lines.push(`model.fit(${args.join(", ")})`);
  }
  return lines;
}

/** What a layer's options are called or done by in PyTorch. */
function torchLayer({ kind, set }: LayerPatch): string[] {
  const where = kerasLayers[kind]?.[1] ?? `every ${kind} layer`;
  return Object.entries(set).flatMap(([option, value]): string[] => {
    switch (option) {
      case "units":
        return [`nn.LSTM(input_size, hidden_size=${python(value)}, batch_first=True)  # ${where}`];
      case "activation":
        return kind === "last"
          ? value === "linear"
            ? ["# no activation behind the last nn.Linear"]
            : value === "sigmoid"
              ? [
                  "criterion = nn.BCEWithLogitsLoss()  # with one unit in the last nn.Linear and no activation behind it",
                ]
              : [
                  "criterion = nn.CrossEntropyLoss()  # with one unit a class and no softmax behind the last nn.Linear",
                ]
          : [
              `# nn.LSTM and nn.GRU have tanh inside; a cell of one's own takes torch.${snake(String(value))}  (${where})`,
            ];
      case "dropout":
      case "rate":
        return [
          `nn.Dropout(p=${python(value)})  # ${where}; nn.LSTM(dropout=…) acts between stacked layers alone`,
        ];
      case "recurrentInitializer":
        return [
          "for name, p in lstm.named_parameters():",
          '    if "weight_hh" in name: nn.init.orthogonal_(p)',
        ];
      case "kernelInitializer":
        return [
          "for name, p in lstm.named_parameters():",
          '    if "weight_ih" in name: nn.init.xavier_uniform_(p)',
        ];
      case "biasInitializer":
        return [
          "for name, p in lstm.named_parameters():",
          '    if "bias" in name: nn.init.zeros_(p)',
          "# the forget gate's quarter of bias_ih at 1 (more for long memory: log of the sequence's length)",
          "with torch.no_grad(): lstm.bias_ih_l0[hidden : 2 * hidden] = 1.0",
        ];
      case "returnSequences":
        return [
          "out, _ = lstm(x)  # out is the whole sequence: hand it on to the next layer, out[:, -1] only to the last",
        ];
      case "stateful":
        return [
          "out, state = lstm(x, state)",
          "state = tuple(s.detach() for s in state)  # carried to the next batch",
        ];
      case "trainable":
        return [
          "for p in model.parameters(): p.requires_grad = True",
          "optimizer = torch.optim.Adam(model.parameters())",
        ];
      case "maskZero":
        return [
          "nn.Embedding(num_embeddings, embedding_dim, padding_idx=0)",
          "criterion = nn.CrossEntropyLoss(ignore_index=0)  # labels of padding; pack_padded_sequence for the layer",
        ];
      default:
        return option.endsWith("egularizer")
          ? ["optimizer = torch.optim.Adam(model.parameters(), weight_decay=0)"]
          : [];
    }
  });
}

function torchLines({ layers = [], compile, fit }: RecipePatch): string[] {
  const lines = layers.flatMap(torchLayer);
  const { optimizer, truncate } = (compile ?? {}) as { optimizer?: Options; truncate?: unknown };
  if (truncate !== undefined) lines.push("# truncation: do not detach() the state within a sequence");
  if (optimizer !== undefined) {
    const { learningRate, weightDecay, globalClipnorm, clipnorm, clipvalue } = optimizer;
    const args = [
      "model.parameters()",
      ...(learningRate === undefined ? [] : [`lr=${python(learningRate)}`]),
      ...(weightDecay === undefined ? [] : [`weight_decay=${python(weightDecay)}`]),
    ];
    if (args.length > 1) lines.push(`optimizer = torch.optim.Adam(${args.join(", ")})`);
    const norm = globalClipnorm ?? clipnorm;
    if (norm != null)
      lines.push(
        `torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm=${python(norm)})  # between backward() and step()`,
      );
    else if (clipvalue != null)
      lines.push(`torch.nn.utils.clip_grad_value_(model.parameters(), ${python(clipvalue)})`);
  }
  if (fit !== undefined) {
    const { batchSize, shuffle, epochs, classWeight, earlyStopping } = fit as Options;
    const args = [
      ...(batchSize === undefined ? [] : [`batch_size=${python(batchSize)}`]),
      ...(shuffle === undefined ? [] : [`shuffle=${python(shuffle)}`]),
    ];
    if (args.length > 0) lines.push(`loader = DataLoader(dataset, ${args.join(", ")})`);
    if (epochs !== undefined) lines.push(`for epoch in range(${python(epochs)}): ...`);
    if (classWeight !== undefined) {
      const weights = Object.values(classWeight as Options)
        .map(python)
        .join(", ");
      lines.push(`criterion = nn.CrossEntropyLoss(weight=torch.tensor([${weights}]))`);
    }
    if (earlyStopping != null)
      lines.push(
        `# keep torch.save(model.state_dict()) of the best validation loss; stop after ${python((earlyStopping as Options).patience)} epochs without a better one`,
      );
  }
  return lines;
}

/**
 * The change a diagnosis asks for in Python, as lines for Keras 3 or PyTorch; `...` stands for what a call was given before.
 * Values are prepared with numpy, pandas and scikit-learn. Empty for a patch that changes nothing.
 */
export function fixInPython(patch: RecipePatch, framework: Framework): string {
  return [
    ...seriesLines((patch.series ?? {}) as SeriesRecipe),
    ...(patch.window === undefined ? [] : windowLines(patch.window)),
    ...(framework === "keras" ? kerasLines(patch) : torchLines(patch)),
  ].join("\n");
}
