/** How much a fault costs: `error` nothing can be learnt, `warning` it learns far less than it could, `hint` worth a look. */
export type Severity = "error" | "warning" | "hint";

interface Cause<Other> {
  /** How much it costs where the rule does not say otherwise. */
  readonly severity: Severity;
  /** Causes behind which it would only tell their symptom again; `everything`: whatever else was found explains it. */
  readonly after: readonly Other[] | "everything";
}

/** A code that stands in an `after` and is no key does not compile. */
const table = <const Name extends string>(causes: { readonly [Key in Name]: Cause<NoInfer<Name>> }) => causes;

/** Numbers that cannot be trained on, or tell nothing. */
const unreadable = ["missing_values", "constant_target", "insufficient_data"] as const;
/** Values of a size no gate and no output is made for. */
const scale = ["unscaled_inputs", "unscaled_target", "outliers"] as const;
/** What nothing is to be learnt from, whatever the training. */
const unanswerable = ["constant_target", "targets_not_matching_inputs", "nothing_to_learn"] as const;
/** An output that is flat where the targets are. */
const flatOutput = ["softmax_with_one_unit", "loss_activation_mismatch"] as const;
/** A gradient that does not arrive, or arrives as anything. */
const gradient = [
  "symmetric_or_zero_initialisation",
  "saturated_gates",
  "exploding_gradients",
  "vanishing_gradients",
  "dying_relu",
  "truncation_shorter_than_dependency",
  "activation_not_for_recurrence",
] as const;
/** Whatever keeps every training from learning, long or short, at any rate. */
const untrainable = [
  ...scale,
  ...unanswerable,
  ...flatOutput,
  ...gradient,
  "time_and_features_swapped",
  "frozen_weights",
] as const;
const rate = ["learning_rate_too_high", "learning_rate_too_low"] as const;
const window = ["window_length_one", "window_shorter_than_period"] as const;

/** The order of causes: of each diagnosis how bad it is, and what explains it. */
export const causes = table({
  // Refused where it is seen.
  stacked_lstm_needs_return_sequences: { severity: "error", after: [] },
  label_shape_mismatch: { severity: "error", after: [] },
  index_out_of_range: { severity: "error", after: [] },
  // Data.
  constant_feature: { severity: "error", after: [] },
  missing_values: { severity: "error", after: [] },
  insufficient_data: { severity: "error", after: [] },
  constant_target: { severity: "error", after: [] },
  outliers: { severity: "error", after: ["constant_target"] },
  unscaled_target: { severity: "error", after: ["outliers"] },
  unscaled_inputs: { severity: "error", after: ["outliers"] },
  target_leaks_from_input: { severity: "error", after: [...unreadable, "constant_feature"] },
  time_and_features_swapped: { severity: "error", after: [...unreadable, "constant_feature"] },
  targets_not_matching_inputs: {
    severity: "error",
    after: [
      ...unreadable,
      "constant_feature",
      "outliers",
      "target_leaks_from_input",
      "time_and_features_swapped",
    ],
  },
  nothing_to_learn: { severity: "warning", after: "everything" },
  window_length_one: {
    severity: "error",
    after: ["missing_values", "constant_target", "time_and_features_swapped"],
  },
  window_shorter_than_period: {
    severity: "error",
    after: [
      ...unreadable,
      "outliers",
      "window_length_one",
      "target_leaks_from_input",
      "targets_not_matching_inputs",
    ],
  },
  target_scale_mismatch: { severity: "error", after: ["missing_values", "constant_target", "outliers"] },
  data_leakage_scaler: {
    severity: "warning",
    after: [
      "missing_values",
      "constant_feature",
      "constant_target",
      "unscaled_inputs",
      "unscaled_target",
      "target_scale_mismatch",
    ],
  },
  duplicate_windows_across_split: {
    severity: "warning",
    after: ["missing_values", "constant_feature", "constant_target", "target_leaks_from_input"],
  },
  non_stationary_target: {
    severity: "warning",
    after: [...unreadable, "outliers", "targets_not_matching_inputs"],
  },
  data_drift: {
    severity: "warning",
    after: [
      ...unreadable,
      ...scale,
      "constant_feature",
      "non_stationary_target",
      "target_scale_mismatch",
      "data_leakage_scaler",
    ],
  },
  class_imbalance: { severity: "warning", after: ["missing_values", "constant_target", ...flatOutput] },
  unused_features: {
    severity: "warning",
    after: [
      ...unreadable,
      "outliers",
      "targets_not_matching_inputs",
      "symmetric_or_zero_initialisation",
      "weight_decay_too_high",
    ],
  },
  padding_counted: { severity: "warning", after: ["missing_values"] },
  // Configuration, and weights as they stand.
  frozen_weights: { severity: "error", after: [] },
  softmax_with_one_unit: { severity: "error", after: [] },
  loss_activation_mismatch: { severity: "error", after: ["softmax_with_one_unit"] },
  metric_does_not_fit: { severity: "hint", after: ["loss_activation_mismatch", "softmax_with_one_unit"] },
  output_activation_range: {
    severity: "error",
    after: [...flatOutput, "unscaled_target", "target_scale_mismatch"],
  },
  activation_not_for_recurrence: { severity: "warning", after: [] },
  weight_decay_too_high: { severity: "error", after: [] },
  // Decay takes all weights to the same zero.
  symmetric_or_zero_initialisation: { severity: "error", after: ["weight_decay_too_high"] },
  dying_relu: { severity: "error", after: ["unscaled_inputs", "symmetric_or_zero_initialisation"] },
  truncation_shorter_than_dependency: {
    severity: "error",
    after: ["unscaled_inputs", "symmetric_or_zero_initialisation"],
  },
  // The first step.
  exploding_gradients: { severity: "error", after: [...scale, "symmetric_or_zero_initialisation"] },
  stateful_with_shuffle: { severity: "error", after: ["insufficient_data", "constant_target"] },
  saturated_gates: {
    severity: "error",
    after: [
      "unscaled_inputs",
      "outliers",
      "symmetric_or_zero_initialisation",
      "learning_rate_too_high",
      "stateful_with_shuffle",
      "activation_not_for_recurrence",
    ],
  },
  vanishing_gradients: {
    severity: "error",
    after: [
      "unscaled_inputs",
      "saturated_gates",
      "symmetric_or_zero_initialisation",
      "dying_relu",
      "softmax_with_one_unit",
      "truncation_shorter_than_dependency",
      "frozen_weights",
      "time_and_features_swapped",
    ],
  },
  state_never_carried: {
    severity: "error",
    after: [
      "insufficient_data",
      "constant_target",
      "target_leaks_from_input",
      "targets_not_matching_inputs",
      "time_and_features_swapped",
      "window_length_one",
    ],
  },
  dropout_too_high: { severity: "warning", after: [] },
  gradient_clipping_always_active: {
    severity: "warning",
    after: [...scale, "saturated_gates", "exploding_gradients", "symmetric_or_zero_initialisation"],
  },
  // Short trainings of copies, and the history.
  learning_rate_too_high: {
    severity: "error",
    after: [...untrainable, "output_activation_range", "weight_decay_too_high"],
  },
  learning_rate_too_low: {
    severity: "error",
    after: [
      ...untrainable,
      "weight_decay_too_high",
      "learning_rate_too_high",
      "gradient_clipping_always_active",
    ],
  },
  nan_in_loss: { severity: "error", after: ["activation_not_for_recurrence"] },
  batch_size_too_large: {
    severity: "warning",
    after: [...untrainable, ...rate, "output_activation_range", "weight_decay_too_high", "dropout_too_high"],
  },
  insufficient_capacity: {
    severity: "warning",
    after: [
      ...untrainable,
      ...rate,
      ...window,
      "output_activation_range",
      "weight_decay_too_high",
      "batch_size_too_large",
      "insufficient_data",
      "dropout_too_high",
    ],
  },
  overfitting: {
    severity: "warning",
    after: [
      ...scale,
      "target_scale_mismatch",
      "non_stationary_target",
      "learning_rate_too_high",
      "exploding_gradients",
      "targets_not_matching_inputs",
      "nothing_to_learn",
      "data_leakage_scaler",
    ],
  },
  underfitting_stopped_early: {
    severity: "warning",
    after: [
      ...untrainable,
      ...rate,
      ...window,
      "output_activation_range",
      "weight_decay_too_high",
      "batch_size_too_large",
      "insufficient_capacity",
      "insufficient_data",
      "dropout_too_high",
      "gradient_clipping_always_active",
      "overfitting",
      "class_imbalance",
      "padding_counted",
      "stateful_with_shuffle",
      "state_never_carried",
    ],
  },
  beaten_by_baseline: { severity: "warning", after: "everything" },
});

/** The stable identifier of a diagnosis. */
export type Code = keyof typeof causes;

/** Whether a word names a diagnosis, as an error's code may. */
export const isCode = (word: string | undefined): word is Code =>
  word !== undefined && Object.hasOwn(causes, word);

/** Whether what was found explains a fault already, or is it. What is only worth a look explains nothing. */
export function isExplained(
  code: Code,
  found: readonly { readonly code: string; readonly severity: Severity }[],
): boolean {
  if (found.some((other) => other.code === code)) return true;
  const { after } = causes[code] as Cause<Code>;
  const reasons = found.filter(({ severity }) => severity !== "hint").map((other) => other.code);
  return after === "everything" ? found.length > 0 : after.some((cause) => reasons.includes(cause));
}
