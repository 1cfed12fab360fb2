/** For each section of the field guide: how it comes about, and the change as code that runs after the guide's prelude. */
export const snippets: Readonly<Record<string, { readonly shows: string; readonly code: string }>> = {
  missing_values: {
    shows:
      "`fit` refuses the batch, naming sample, time step and feature; elsewhere the loss is NaN from the first batch.",
    code: "const gaps = series.map((value, t) => (t % 20 === 3 ? null : value));\nconst filled = interpolate(gaps);\nslidingWindows(filled, { window: 20 });",
  },
  constant_feature: {
    shows: "One column is NaN throughout after scaling by hand, or never changes.",
    code: "const rows = series.map((value) => [value, 3]);\nstandardScaler().fitTransform(rows); // the scale of a constant column is 1: it becomes 0, not NaN",
  },
  constant_target: {
    shows: "The loss falls to nearly zero at once, and every prediction is the same.",
    code: "slidingWindows(series.map((value) => [3, value]), { window: 20, targetColumn: 1 });",
  },
  insufficient_data: {
    shows: "Each run gives another result; validation loss has nothing to do with training loss.",
    code: "slidingWindows(series, { window: 8, stride: 1 }); // shorter windows that overlap: more examples",
  },
  outliers: {
    shows: "After scaling nearly all values lie together around zero; predictions are almost constant.",
    code: "const spiked = series.map((value, t) => (t % 70 === 9 ? value + 200 : value));\nrobustScaler().fitTransform(spiked).map((value) => Math.max(-3, Math.min(3, value)));",
  },
  unscaled_target: {
    shows: "The loss is in thousands or millions and creeps down; predictions stay far below the target.",
    code: "const scaler = standardScaler().fit(series.slice(0, 400));\nconst scaled = slidingWindows(scaler.transform(series), { window: 20 });\nscaler.inverseTransform([0.3]); // a prediction, in the series' units",
  },
  unscaled_inputs: {
    shows:
      "Loss stays at the target's variance. Of large inputs gates stand at 0 or 1 from the first step; of tiny ones they never move.",
    code: "const rows = series.map((value, t) => [value, 500 + 10 * t]);\nconst scaler = standardScaler().fit(rows.slice(0, 400));\nslidingWindows(scaler.transform(rows), { window: 20 });",
  },
  target_leaks_from_input: {
    shows:
      "The test error is too good: below what the noise allows, or nearly every class right after a few epochs. With tomorrow's data the model fails.",
    code: "// the window ends where the target begins: no value is in both\nconst { x, y } = slidingWindows(series, { window: 20, horizon: 1 });",
  },
  targets_not_matching_inputs: {
    shows:
      "Training loss stays at the target's variance for some epochs, then falls by learning windows by heart.",
    code: "const { x, y } = slidingWindows(series, { window: 20 }); // cut together; fit shuffles pairs",
  },
  window_length_one: {
    shows: "The error is that of a regression on the last value, several times what a window reaches.",
    code: "slidingWindows(series, { window: 20 });",
  },
  window_shorter_than_period: {
    shows: "The model misses each spike or turn of the season, however long it trains.",
    code: "const { season } = seasonality(series);\nslidingWindows(series, { window: (season ?? 20) + 2 });",
  },
  target_scale_mismatch: {
    shows: "Validation loss is many times training loss from the first epoch, and both move independently.",
    code: "const scaler = standardScaler().fit(series.slice(0, 400));\nconst [train, held] = [series.slice(0, 400), series.slice(380)].map((part) => scaler.transform(part));",
  },
  data_leakage_scaler: {
    shows: "Nothing looks wrong: the reported error is only better than the one in use will be.",
    code: "const scaler = standardScaler().fit(series.slice(0, 400)); // the training part alone\nscaler.transform(series);",
  },
  duplicate_windows_across_split: {
    shows: "Validation loss follows training loss all the way down, even while the model learns by heart.",
    code: "const { train, test } = trainTestSplit(series, { testFraction: 0.2 });\nslidingWindows(train, { window: 20 });\nslidingWindows(test, { window: 20 });",
  },
  non_stationary_target: {
    shows: "Forecasts stay behind the trend; the last value repeated does better.",
    code: "const trend = series.map((value, t) => value + 0.05 * t);\nconst steps = difference(trend);\nslidingWindows(standardScaler().fitTransform(steps), { window: 20 });",
  },
  data_drift: {
    shows: "A fine validation loss for some time, then a poor one.",
    code: "slidingWindows(difference(series), { window: 20 });",
  },
  class_imbalance: {
    shows: "High accuracy, and the rare class is never predicted.",
    code: "const labels = series.slice(20).map((value) => (value > 1.2 ? 1 : 0));\nconst ones = labels.filter((label) => label === 1).length;\nconst classWeight = { 0: labels.length / (2 * (labels.length - ones)), 1: labels.length / (2 * ones) };",
  },
  unused_features: {
    shows: "Nothing, but weights that are fitted to noise.",
    code: "const rows = series.map((value) => [value, 2 * value]);\nrows.map(([value]) => [value]);",
  },
  label_shape_mismatch: {
    shows:
      "`fit` refuses the labels, naming both shapes; elsewhere the loss stalls at the target's variance and all predictions are its mean.",
    code: "const labels = series.slice(20); // one a window: [N] is taken as [N, 1], nothing else is stretched\nawait model.fit(x, labels, { epochs: 1 });\nawait model.fit(x, labels.map((value) => [value]), { epochs: 1 });",
  },
  stacked_lstm_needs_return_sequences: {
    shows:
      "`sequential` refuses the second layer; elsewhere it trains without a symptom, on a batch read as one sequence.",
    code: "sequential([\n  lstm({ units: 16, returnSequences: true, inputShape: [20, 1] }), // all but the last hand on every step\n  lstm({ units: 16 }),\n  dense({ units: 1 }),\n]);",
  },
  index_out_of_range: {
    shows:
      "`fit` refuses a label or a token, naming sample and step; elsewhere the loss is NaN, or rows of a table are read that are not there.",
    code: "const labels = [1, 2, 3, 3, 2]; // three classes, counted from 1\nlabels.map((label) => label - 1); // for sparseCategoricalCrossentropy and three units\nembedding({ inputDim: 51, outputDim: 8 }); // words 1 to 50, and 0 for padding",
  },
  time_and_features_swapped: {
    shows:
      "The model is no better than a dense layer on the lags, or repeats the last value; with many sensors it learns by heart what the right way round would have taught it.",
    code: "const lags = x.data; // [N, 1, 20]: twenty lags beside each other, one step\nslidingWindows(series, { window: 20 }).x.shape; // [N, 20, 1]: twenty steps of one feature",
  },
  padding_counted: {
    shows: "Accuracy begins high and says nothing: most labels belong to padding, and are all alike.",
    code: "embedding({ inputDim: 50, outputDim: 8, maskZero: true, inputShape: [24] }); // index 0 is padding\nmasking({ maskValue: 0, inputShape: [24, 3] }); // for numbers: steps of zeros alone",
  },
  nothing_to_learn: {
    shows: "Loss stays at the target's variance, accuracy at the commoner class's share, whatever is tried.",
    code: "const steps = returns(series.map((value) => value + 10)).slice(1); // before a network: does anything tell the next value?\nacf(steps, { nLags: 10 }).values;",
  },
  metric_does_not_fit: {
    shows: "The loss falls as it should, and accuracy stays at 0 (or at a small number that never changes).",
    code: 'model.compile({ optimizer: adam({ learningRate: 0.01 }), loss: "mse", metrics: ["mae", "r2"] });',
  },
  frozen_weights: {
    shows:
      "The loss falls a little, to what the layers that are trained can do, and stays; weights are the same before and after.",
    code: "model.layers.filter((layer) => !layer.trainable).map(({ name }) => name); // none, unless it was trained elsewhere",
  },
  activation_not_for_recurrence: {
    shows:
      "The loss jumps, stalls or becomes NaN, on long sequences more than on short ones; lower rates only put it off.",
    code: 'lstm({ units: 24, inputShape: [20, 1] }); // tanh, the default\ndense({ units: 16, activation: "relu" }); // relu belongs behind it',
  },
  softmax_with_one_unit: {
    shows: "The loss is the same number from the first batch on; predictions are 1.",
    code: 'dense({ units: 1, activation: "sigmoid" });',
  },
  loss_activation_mismatch: {
    shows: "The loss jumps, or stands at a value that no training changes.",
    code: 'sequential([lstm({ units: 8, inputShape: [20, 1] }), dense({ units: 1 })]).compile({ optimizer: "adam", loss: binaryCrossentropy({ fromLogits: true }) });',
  },
  output_activation_range: {
    shows: "Predictions are cut off at a bound; the loss stays on a plateau.",
    code: 'dense({ units: 1, activation: "linear" });',
  },
  symmetric_or_zero_initialisation: {
    shows: "Predictions are constant; kernel gradients are exactly zero, or equal for all units.",
    code: 'lstm({ units: 24, kernelInitializer: "glorotUniform", recurrentInitializer: "orthogonal", biasInitializer: "zeros" });',
  },
  dying_relu: {
    shows: "A layer puts out zeros for every sample; the gradient below it is zero.",
    code: 'dense({ units: 16, activation: "leakyRelu" });',
  },
  weight_decay_too_high: {
    shows: "The weights' norm collapses in the first epochs; predictions become constant.",
    code: "adamw({ learningRate: 0.01, weightDecay: 0.004 });",
  },
  truncation_shorter_than_dependency: {
    shows: "The gradient is exactly zero before the cut; the model never beats guessing.",
    code: 'model.compile({ optimizer: adam({ learningRate: 0.01 }), loss: "mse", truncate: null });',
  },
  saturated_gates: {
    shows: "Most gate activations stand within 0.05 of a bound, before training has begun.",
    code: "const flow = await model.gradientFlow(x, y);\nflow.layers[0].gates.input.saturated;",
  },
  exploding_gradients: {
    shows:
      "The gradient's norm grows by orders of magnitude towards the first step; the loss becomes NaN within an epoch.",
    code: "sgd({ learningRate: 0.05, globalClipnorm: 1 });",
  },
  vanishing_gradients: {
    shows: "The gradient falls to nothing some steps before the end, and the answer lies before them.",
    code: "lstm({ units: 24, biasInitializer: chrono({ maxTimesteps: 60 }), unitForgetBias: false, inputShape: [60, 2] });",
  },
  state_never_carried: {
    shows: "The loss stops where each piece's beginning cannot be known.",
    code: "sequential([lstm({ units: 16, stateful: true, batchSize: 4, returnSequences: true, inputShape: [5, 1] }), dense({ units: 1 })]);",
  },
  stateful_with_shuffle: {
    shows: "A stateful model learns no more than one without state.",
    code: "// shuffle: false, and the state cleared where a series begins\nconst options = { shuffle: false, batchSize: 4, callbacks: [{ onEpochBegin: () => model.resetStates() }] };",
  },
  dropout_too_high: {
    shows: "Training loss stays above validation loss, and both stay high.",
    code: "lstm({ units: 24, dropout: 0.1 });",
  },
  gradient_clipping_always_active: {
    shows: "The norm before clipping is many times the bound in every batch; training crawls.",
    code: "sgd({ learningRate: 0.05, globalClipnorm: 1 });",
  },
  learning_rate_too_high: {
    shows: "The loss jumps about, or stays above that of a constant answer.",
    code: 'model.compile({ optimizer: adam({ learningRate: 0.01 }), loss: "mse" });',
  },
  learning_rate_too_low: {
    shows: "The loss falls in every epoch, and by less than one per cent in all.",
    code: "const finder = lrFinder({ steps: 60 });\nawait model.fit(x, y, { epochs: 5, callbacks: [finder] });\nfinder.result.suggestion;",
  },
  nan_in_loss: {
    shows: "The loss is NaN or Infinity.",
    code: "const watch = doctor({ x, y });\nawait model.fit(x, y, { epochs: 1, callbacks: [watch] });\nwatch.diagnoses;",
  },
  batch_size_too_large: {
    shows: "One or two updates an epoch; the loss falls smoothly and not far.",
    code: "await model.fit(x, y, { epochs: 1, batchSize: 32 });",
  },
  insufficient_capacity: {
    shows: "Training and validation loss stop together, high up.",
    code: "lstm({ units: 24 });",
  },
  overfitting: {
    shows: "Validation loss rises while training loss goes on falling.",
    code: 'const stopping = earlyStopping({ monitor: "val_loss", patience: 10, restoreBestWeights: true });\nawait model.fit(x, y, { epochs: 3, validationSplit: 0.2, callbacks: [stopping] });',
  },
  underfitting_stopped_early: {
    shows: "The loss was falling in the last epoch as in the first.",
    code: "await model.fit(x, y, { epochs: 8, validationSplit: 0.2, callbacks: [earlyStopping({ patience: 5 })] });",
  },
  beaten_by_baseline: {
    shows: "The last value repeated has a smaller error.",
    code: "const naive = naiveForecast(series, { horizon: 3 });",
  },
};

export const prelude = `const series = Array.from({ length: 500 }, (_, t) => Math.sin((2 * Math.PI * t) / 25) + 0.5 * Math.sin((2 * Math.PI * t) / 10));
const { x, y } = slidingWindows(series, { window: 20 });
const model = sequential([lstm({ units: 8, inputShape: [20, 1] }), dense({ units: 1 })], { seed: 1 });
model.compile({ optimizer: adam({ learningRate: 0.01 }), loss: "mse" });
const history = await model.fit(x, y, { epochs: 12 });
for (const { title, why, remedy } of await diagnose(model, { x, y, history })) console.log(title, why, remedy);`;
