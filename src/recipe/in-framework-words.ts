import type { Framework } from "./fix-in-python.js";

type Phrases = readonly (readonly [said: RegExp, inWords: string | ((...parts: string[]) => string)])[];

const snake = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** `{ learningRate: 0.01, shuffle: false }` without its braces, as Python's keywords. */
const keywords = (options: string): string =>
  options
    .replaceAll(/(\w+):\s*/g, (_all, name: string) => `${snake(name)}=`)
    .replaceAll(/\btrue\b/g, "True")
    .replaceAll(/\bfalse\b/g, "False")
    .trim();

const pythonCall =
  (name: string) =>
  (_all: string, options = ""): string =>
    `${name}(${keywords(options)})`;

/** Options in braces, as a call's only argument. */
const OPTIONS = String.raw`\((?:\{ ?([^{}]*?) ?\})?\)`;
const call = (name: string): RegExp => new RegExp(String.raw`\b${name}${OPTIONS}`, "g");

/** What numpy, pandas and scikit-learn do, and what both frameworks leave to them. */
const ofData: Phrases = [
  [
    /\bconst \{ x, y \} = slidingWindows\(series, \{ window(?:: (\d+))? \}\)/g,
    "one loop that cuts x and y from the same array",
  ],
  [/\bslidingWindows\(data, \{ targetColumn \}\)/g, "y = data[window:, column]"],
  [
    /\bslidingWindows\(series, \{ window, horizon: 1 \}\)/g,
    "x[i] = data[i : i + window], y[i] = data[i + window]",
  ],
  [
    /\bslidingWindows\(series, \{ window: (\d+) \}\)/g,
    "np.lib.stride_tricks.sliding_window_view(values, $1)",
  ],
  [
    /\bcalendarFeatures, lagFeatures\(series, \{ lags: \[(\d+)\] \}\)/g,
    "columns of the calendar, pd.Series(values).shift($1)",
  ],
  [/\bseries = interpolate\(series\)/g, "values = pd.Series(values).interpolate().to_numpy()"],
  [/\binterpolate\(series\)/g, "pd.Series(values).interpolate()"],
  [/\bforwardFill\(series\)/g, "pd.Series(values).ffill()"],
  [/\bconst d = difference\(series\)/g, "d = np.diff(values)"],
  [/\bdifference\(series\)/g, "np.diff(values)"],
  [/\breturns\(series\)/g, "pd.Series(values).pct_change()"],
  [/\bundifference\b/g, "np.cumsum"],
  [/\blogTransform\((\w+)\)/g, "np.log($1)"],
  [/\blogTransform\b/g, "np.log"],
  [/\bconst (\w+) = /g, "$1 = "],
  [/\bseries\.slice\(0, (\w+)\)/g, (_all, n) => `values[:${snake(n!)}]`],
  [
    /\b(standard|minMax|robust)Scaler\b/g,
    (_all, kind) => `${kind!.slice(0, 1).toUpperCase()}${kind!.slice(1)}Scaler`,
  ],
  [/\.(fitTransform|inverseTransform)\b/g, (_all, name) => `.${snake(name!)}`],
  [/\btrainRows\b/g, "train_rows"],
  [
    /\btrainTestSplit\(series, \{ testFraction: ([\d.]+) \}\)/g,
    "train_test_split(values, test_size=$1, shuffle=False)",
  ],
  [/\bgap: window\b/g, "a gap of one window"],
  [/\btimeSeriesSplit\b/g, "TimeSeriesSplit"],
  [/\bseasonalNaiveForecast or naiveForecast\b/g, "the value one season ago, or the last value repeated"],
  [/Math\.min\(\.\.\.y\) and Math\.max\(\.\.\.y\)/g, "y.min() and y.max()"],
  [/\blrFinder\(\)'s rate/g, "the rate of a learning-rate range test"],
  [/\blrFinder\(\) finds/g, "a learning-rate range test finds"],
  [/\bmodel\.gradientFlow\(x, y\)/g, "the norm of each layer's gradient"],
  [/\bterminateOnNaN\(\) or doctor\(\) stop/g, "TerminateOnNaN() stops"],
  [/\bpadSequences' default/g, "pad_sequences' default"],
];

const ofKeras: Phrases = [
  [/\bchrono\(\{ maxTimesteps: (\d+) \}\)/g, "a forget bias drawn as the log of 1 to $1"],
  [/\bbiasInitializer "chrono"/g, "a bias set after building"],
  [
    /\bcompile\(\{ …, truncate: \d+ \}\), or leave truncate out/g,
    "train on whole sequences, or carry the state from chunk to chunk with stateful=True",
  ],
  [/\bshorter sequences or truncate\b/g, "shorter sequences"],
  [
    /\bfit\(x, y, \{ ([^{}]*(?:\{ … \})?[^{}]*) \}\)/g,
    (_all, options) =>
      `fit(x, y, ${keywords(options!.replace("classWeight: { … }", "classWeight: {...}"))})`.replace(
        "shuffle=False, batchSize",
        "shuffle=False, batch_size=…",
      ),
  ],
  [call("huber"), pythonCall("Huber")],
  [call("dense"), pythonCall("Dense")],
  [call("masking"), pythonCall("Masking")],
  [call("embedding"), pythonCall("Embedding")],
  [call("earlyStopping"), pythonCall("EarlyStopping")],
  [call("reduceLROnPlateau"), pythonCall("ReduceLROnPlateau")],
  [call("terminateOnNaN"), pythonCall("TerminateOnNaN")],
  [call("adam"), pythonCall("Adam")],
  [call("sgd"), pythonCall("SGD")],
  [call("rmsprop"), pythonCall("RMSprop")],
  [
    call("(?:adamw|nadam|adamax|adagrad|adadelta|lion)"),
    (all, options = "") =>
      `${{ adamw: "AdamW", nadam: "Nadam", adamax: "Adamax", adagrad: "Adagrad", adadelta: "Adadelta", lion: "Lion" }[/^\w+/.exec(all!)![0]]}(${keywords(options)})`,
  ],
  [/\bbinaryCrossentropy\(\{ fromLogits: true \}\)/g, "BinaryCrossentropy(from_logits=True)"],
  [
    /\bsparseCategoricalCrossentropy\(\{ fromLogits: true \}\)/g,
    "SparseCategoricalCrossentropy(from_logits=True)",
  ],
  [/\bcategoricalCrossentropy\(\{ fromLogits: true \}\)/g, "CategoricalCrossentropy(from_logits=True)"],
  [/\boneHot\(labels\)/g, "keras.utils.to_categorical(labels)"],
  [/\bl2\(1e-4\)/g, "kernel_regularizer=L2(1e-4)"],
  [/\b(?:the default of adamw)\b/g, "the default of AdamW"],
  [/\bresetStates\(\)/g, "reset_states() of each such layer"],
  [/\bmetrics: \["mae"\] or \["rmse", "r2"\]/g, 'metrics=["mae"] or [RootMeanSquaredError(), R2Score()]'],
  // Options said by the way: `globalClipnorm: 1`, `shuffle: false`.
  [
    /\b(globalClipnorm|clipnorm|clipvalue|learningRate|weightDecay|batchSize|shuffle|stateful|returnSequences|trainable|activation|units|dropout|unitForgetBias|maskZero|kernelInitializer|loss): ("\w+"|[\d.e-]+(?![\d.e-]| to)|true|false|huber\(\))/g,
    (_all, name, value) => keywords(`${name}: ${value}`),
  ],
  [/"(\w+)"/g, (_all, name) => `"${snake(name!).replace("leaky_relu", "leaky_relu")}"`],
  [
    /\b(returnSequences|globalClipnorm|clipnorm|batchSize|classWeight|sampleWeight|kernelInitializer|recurrentInitializer|biasInitializer|unitForgetBias|fromLogits|sparseCategoricalCrossentropy|categoricalCrossentropy|binaryCrossentropy|weightDecay|maskZero|learningRate)\b/g,
    (name) => snake(name!),
  ],
];

const ofTorch: Phrases = [
  [/\bchrono\(\{ maxTimesteps: (\d+) \}\)/g, "its quarter of bias_ih drawn as the log of 1 to $1"],
  [/\bbiasInitializer "chrono"/g, "the forget gate's bias"],
  [/; or unitForgetBias: true \(the default\)/g, "; or that quarter at 1"],
  [
    /\bcompile\(\{ …, truncate: \d+ \}\), or leave truncate out/g,
    "do not detach() the state within a sequence",
  ],
  [/\bshorter sequences or truncate\b/g, "shorter sequences"],
  [
    /Give `[^`]*` the option returnSequences: true/g,
    "Hand the whole `out` of the first nn.LSTM to the next one, not out[:, -1]",
  ],
  [/\bfit\(x, y, \{ sampleWeight \}\) with a weight/g, 'criterion(reduction="none") times a weight'],
  [/\bclassWeight\b knows one label a sample/g, "one weight a class would do as well"],
  [/\bfit\(x, y, \{ classWeight: \{ … \} \}\) with weights/g, "nn.CrossEntropyLoss(weight=…) with weights"],
  [
    /\bstateful: true in the recurrent layers, batchSize: \d+ on the first, fit\(x, y, \{ batchSize: (\d+), shuffle: false \}\) with resetStates\(\) before each epoch/g,
    "out, state = lstm(x, state) with state detached from batch to batch, DataLoader(dataset, batch_size=$1, shuffle=False), and state = None before each epoch",
  ],
  [
    /\bstateful: true with a batchSize and shuffle: false/g,
    "hand state to the next batch (detached), with DataLoader(shuffle=False)",
  ],
  [
    /\bfit\(x, y, \{ shuffle: false, batchSize \}\) with the samples in their order, and resetStates\(\) before each epoch/g,
    "DataLoader(dataset, shuffle=False) with the samples in their order, and state = None before each epoch",
  ],
  [/\bfit\(x, y, \{ ([^{}]*) \}\)/g, (_all, options) => `DataLoader(dataset, ${keywords(options!)})`],
  [/\bshuffle pairs \(fit does\)/g, "shuffle pairs (DataLoader does)"],
  [/\bloss: huber\(\) instead of mse/g, "nn.HuberLoss() instead of nn.MSELoss()"],
  [
    /\bdense\(\{ units: 1, activation: "sigmoid" \}\) with binaryCrossentropy/g,
    "nn.Linear(hidden, 1) with nn.BCEWithLogitsLoss()",
  ],
  [/\bone unit a class and sparseCategoricalCrossentropy/g, "one output a class and nn.CrossEntropyLoss()"],
  [/\bactivation "linear" and mse\b/g, "nothing behind the last nn.Linear, and nn.MSELoss()"],
  [/\ba linear output and mse\b/g, "nothing behind the last nn.Linear, and nn.MSELoss()"],
  [/\bactivation: "linear" in the last layer\b/g, "nothing behind the last nn.Linear"],
  [
    /\bactivation: "sigmoid" in the last layer, or binaryCrossentropy\(\{ fromLogits: true \}\)/g,
    "nn.BCEWithLogitsLoss() behind the linear output, or nn.BCELoss() behind torch.sigmoid",
  ],
  [
    /\bactivation: "softmax" in the last layer, or \w*[cC]ategoricalCrossentropy\(\{ fromLogits: true \}\)/g,
    "nn.CrossEntropyLoss() right behind the linear output: it has the softmax inside",
  ],
  [/\bactivation: "softmax" in the last layer\b/g, "nn.CrossEntropyLoss() right behind the linear output"],
  [/\bsigmoid with binaryCrossentropy\b/g, "nn.BCEWithLogitsLoss()"],
  [
    /, or the loss "\w+" without fromLogits/g,
    ", for nn.CrossEntropyLoss and nn.BCEWithLogitsLoss take logits",
  ],
  [
    /\boneHot\(labels\), or class indices with "sparseCategoricalCrossentropy"/g,
    "class indices with nn.CrossEntropyLoss()",
  ],
  [
    /\bactivation: "exponential" \(or "softplus"\) in the last layer/g,
    "nn.PoissonNLLLoss() behind the linear output",
  ],
  [/\bmetrics: \["mae"\] or \["rmse", "r2"\] for amounts/g, "Print the mean absolute error or R² of amounts"],
  [
    /\ba loss of classes: "sparseCategoricalCrossentropy" or "binaryCrossentropy"/g,
    "a loss of classes: nn.CrossEntropyLoss() or nn.BCEWithLogitsLoss()",
  ],
  [
    /\btrainable: true for ([^,]+(?:, \w+)*), then compile the model again \(trainable counts from the next compile\), and train/g,
    "requires_grad = True for the parameters of $1, and an optimizer that is given model.parameters()",
  ],
  [
    /\btrainable: true for the layers that are to learn, then compile the model again: trainable counts from the next compile/g,
    "requires_grad = True for the parameters that are to learn, and an optimizer that is given them",
  ],
  [
    /\bactivation:? "tanh"(?: \(the default\))? in (\w+); "(\w+)" belongs into dense layers behind it/g,
    "nn.LSTM in place of $1 (tanh inside); $2 belongs behind nn.Linear layers",
  ],
  [
    /\bglobalClipnorm: ([\d.]+) in the optimizer(?: for what comes then)?/g,
    "clip_grad_norm_(model.parameters(), $1) between backward() and step()",
  ],
  [/\bglobalClipnorm: ([\d.]+)/g, "clip_grad_norm_(model.parameters(), $1)"],
  [/\bSet (?:globalClipnorm|clipnorm|clipvalue) to\b/g, "Clip at"],
  [
    /\bactivation "tanh" and recurrentInitializer "orthogonal" in the layer/g,
    "nn.LSTM (tanh inside) and nn.init.orthogonal_ for weight_hh",
  ],
  [/\bkernelInitializer:? "glorotUniform"/g, "nn.init.xavier_uniform_ for weight_ih"],
  [/\brecurrentInitializer:? "orthogonal"/g, "nn.init.orthogonal_ for weight_hh"],
  [/\bbiasInitializer:? "zeros" with unitForgetBias/g, "zero biases with the forget gate's quarter at 1"],
  [/\bbiasInitializer:? "zeros"/g, "nn.init.zeros_ for biases"],
  [/Initialise as Keras does:/g, "Initialise so:"],
  [/"leakyRelu", "elu" or "tanh" as activation/g, "nn.LeakyReLU, nn.ELU or nn.Tanh"],
  [/\bweightDecay: ([\d.]+) \(the default of adamw\)/g, "weight_decay=$1"],
  [/\bregularizers l2 of/g, "weight_decay of"],
  [
    /\bearlyStopping\(\{[^{}]*patience: (\d+)[^{}]*\}\)/g,
    "early stopping (keep the state_dict of the best validation loss, end after $1 epochs without a better one)",
  ],
  [/\bdropout: ([\d.]+), l2\(1e-4\)/g, "nn.Dropout($1), weight_decay=1e-4"],
  [/\breduceLROnPlateau\(\)/g, "torch.optim.lr_scheduler.ReduceLROnPlateau"],
  [/\badam\(\)/g, "torch.optim.Adam"],
  [
    /\b(adam|adamw|sgd|rmsprop|nadam|adamax|adagrad|adadelta|lion)\(\{ learningRate: ([\d.e-]+) \}\)/g,
    (_all, name, rate) =>
      `torch.optim.${{ adam: "Adam", adamw: "AdamW", sgd: "SGD", rmsprop: "RMSprop", nadam: "NAdam", adamax: "Adamax", adagrad: "Adagrad", adadelta: "Adadelta" }[name!] ?? "Adam"}(model.parameters(), lr=${rate})`,
  ],
  [/\bunits: (\d+ to \d+) in the recurrent layer/g, "hidden_size of $1"],
  [/: units: (\d+)\./g, ": nn.Linear(hidden, $1)."],
  [
    /\bembedding\(\{ …, maskZero: true \}\), with index 0 kept for padding: masked steps are skipped, and their labels do not count/g,
    "nn.Embedding(…, padding_idx=0), pack_padded_sequence before nn.LSTM, and nn.CrossEntropyLoss(ignore_index=0): padded steps are skipped, and their labels do not count",
  ],
  [/\bmasking\(\{ maskValue: 0 \}\) as the first layer/g, "pack_padded_sequence before nn.LSTM"],
  [/, or use masking\(\)/g, ", or pack_padded_sequence"],
  [/\bOr sampleWeight \[N, T\] with 0 for them/g, 'Or reduction="none" and a factor of 0 for them'],
  [/\bTerminateOnNaN\(\) stops/g, "stop where torch.isfinite(loss) fails,"],
  [/\bterminateOnNaN\(\) stops/g, "stop where torch.isfinite(loss) fails,"],
  [/\bbinaryCrossentropy\b/g, "nn.BCEWithLogitsLoss()"],
  [/\b(?:sparseC|c)ategoricalCrossentropy\b/g, "nn.CrossEntropyLoss()"],
  [/(?<![\w.])mse\b/g, "nn.MSELoss()"],
];

const phrases: Readonly<Record<Framework, Phrases>> = {
  keras: [...ofData, ...ofKeras],
  pytorch: [...ofData, ...ofTorch],
};

/** A remedy's sentence with the calls and options of another framework in place of ours. */
export const inFrameworkWords = (text: string, framework: Framework): string =>
  phrases[framework].reduce(
    (said, [ours, theirs]) => said.replace(ours, theirs as (...parts: string[]) => string),
    text,
  );
