import type { Code } from "./causes.js";

/** What a change takes, and what it brings. */
export interface Prospect {
  /** What the change costs: time, memory, data, or nothing. */
  readonly cost: string;
  /** What to see when it has helped; where it has not, the cause is another one. */
  readonly expect: string;
}

const NOTHING = "Nothing: the training takes as long as before.";
const PREPARED = "One pass over the data before training; forecasts have to be brought back the same way.";
const ANEW = "The training begins anew: what was learnt so far is lost, and it was nothing.";
const NO_TRIAL = "Nothing but the edit: nothing could be trained before it.";

/** Of each diagnosis what its change costs, and what to expect of it. */
export const prospects: Readonly<Record<Code, Prospect>> = {
  stacked_lstm_needs_return_sequences: {
    cost: "Memory for every step's output of the lower layer.",
    expect: "The model builds, and the next layer reads as many steps as the first.",
  },
  label_shape_mismatch: {
    cost: NO_TRIAL,
    expect: "The first update runs; the loss begins near the target's variance.",
  },
  index_out_of_range: { cost: NO_TRIAL, expect: "The first update runs; the loss begins near log(classes)." },
  constant_feature: {
    cost: "Nothing: one column fewer.",
    expect: "The loss is a number from the first batch; without 0/0 in the column it stays the same.",
  },
  missing_values: {
    cost: "Filled values are guesses: errors near gaps are larger than elsewhere.",
    expect: "The loss is a number from the first batch on.",
  },
  insufficient_data: {
    cost: "Data: no setting replaces examples.",
    expect: "Trainings with other seeds come to about the same validation loss.",
  },
  constant_target: {
    cost: NO_TRIAL,
    expect: "The loss begins near the target's variance and falls slowly, not at once.",
  },
  outliers: {
    cost: "What lies beyond the clip is not told apart any more.",
    expect: "Scaled values spread over about ±2, and the loss falls for the ordinary ones.",
  },
  unscaled_target: {
    cost: PREPARED,
    expect: "The loss begins near 1 and falls within the first epochs instead of creeping.",
  },
  unscaled_inputs: {
    cost: PREPARED,
    expect: "Gates leave 0 and 1, and the loss falls within the first epochs.",
  },
  target_leaks_from_input: {
    cost: "The reported error becomes worse, and true.",
    expect: "An error above that of a copy of the last value at first, then below it.",
  },
  time_and_features_swapped: {
    cost: "One pass of the recurrence for each step that was a feature: longer epochs.",
    expect: "An error well below that of the last value repeated.",
  },
  targets_not_matching_inputs: {
    cost: NOTHING,
    expect: "Training and validation loss fall together below the target's variance.",
  },
  nothing_to_learn: {
    cost: "Other inputs, or another question: no setting helps.",
    expect: "No more than the constant answer with these inputs, however long it trains.",
  },
  window_length_one: {
    cost: "Time in proportion to the window's length.",
    expect: "An error well below that of a regression on the last value.",
  },
  window_shorter_than_period: {
    cost: "Time in proportion to the window's length, and as many examples fewer as the window grows.",
    expect: "The turns of the season are met, and the loss falls below the level it stood at.",
  },
  target_scale_mismatch: {
    cost: NOTHING,
    expect: "The validation loss begins near the training loss and moves with it.",
  },
  data_leakage_scaler: {
    cost: "The reported error becomes a little worse, and true.",
    expect: "Nothing changes in training; new days come out as the test part said.",
  },
  duplicate_windows_across_split: {
    cost: "The reported error becomes worse, and true.",
    expect: "The validation loss rises where the model learns by heart, and early stopping works.",
  },
  non_stationary_target: {
    cost: PREPARED,
    expect: "Forecasts follow the trend; the error falls below that of the last value repeated.",
  },
  data_drift: {
    cost: "Less data, or training again from time to time.",
    expect: "Errors stay the same from the first to the last of the validation part.",
  },
  class_imbalance: {
    cost: "More false alarms of the rare class; accuracy may fall.",
    expect: "The recall of the rare class rises; the weighted loss falls below that of a constant answer.",
  },
  unused_features: {
    cost: "Nothing: one column fewer.",
    expect: "The same or a little lower validation loss, with fewer weights.",
  },
  padding_counted: {
    cost: "Nothing: masked steps are skipped.",
    expect: "A higher loss at first (padding was easy), then better answers where there is something to say.",
  },
  frozen_weights: {
    cost: "Time for the gradients of these layers.",
    expect: "The loss moves from the first epoch on.",
  },
  softmax_with_one_unit: { cost: ANEW, expect: "The loss leaves its first value within the first epoch." },
  loss_activation_mismatch: {
    cost: ANEW,
    expect: "The loss begins near log(classes), or the target's variance, and falls.",
  },
  metric_does_not_fit: {
    cost: "Nothing: a metric trains nothing.",
    expect: "A number that moves as the loss does.",
  },
  output_activation_range: {
    cost: ANEW,
    expect: "Predictions reach the targets beyond the old bound, and the loss falls below its plateau.",
  },
  activation_not_for_recurrence: {
    cost: "Nothing; tanh is also the faster one where a GPU has it built in.",
    expect: "A loss without leaps at rates that broke before.",
  },
  weight_decay_too_high: {
    cost: ANEW,
    expect: "The weights' norm stays, and the loss leaves the target's variance.",
  },
  symmetric_or_zero_initialisation: {
    cost: ANEW,
    expect: "The loss leaves its first value within the first epoch.",
  },
  dying_relu: { cost: ANEW, expect: "Some units answer to some samples, and the loss moves." },
  truncation_shorter_than_dependency: {
    cost: "Memory and time in proportion to the steps the gradient goes back.",
    expect: "The loss leaves its plateau, often after some epochs without change.",
  },
  exploding_gradients: {
    cost: "Nothing where gradients are small; the largest steps become shorter.",
    expect: "A loss without leaps, and no NaN.",
  },
  stateful_with_shuffle: {
    cost: "Batches always come in the same order.",
    expect: "The training loss falls below the level at which it stood.",
  },
  saturated_gates: { cost: ANEW, expect: "Gates stand between 0.05 and 0.95 at first, and the loss moves." },
  vanishing_gradients: {
    cost: "Nothing in time; short memories are learnt a little later.",
    expect: "The loss leaves its plateau, often after some epochs without change.",
  },
  state_never_carried: {
    cost: "Batches always come in the same order, of one size.",
    expect: "The training loss falls below the level at which it stood.",
  },
  dropout_too_high: {
    cost: "Less protection from learning by heart: watch the validation loss.",
    expect: "Training and validation loss fall both.",
  },
  gradient_clipping_always_active: {
    cost: "Larger steps: the rate may have to be lowered.",
    expect: "The loss falls several times as fast.",
  },
  learning_rate_too_high: {
    cost: "More epochs: steps are smaller.",
    expect: "A loss that falls without leaps, within the first epochs.",
  },
  learning_rate_too_low: {
    cost: "Nothing: fewer epochs are needed.",
    expect: "As much progress in one epoch as in hundreds before.",
  },
  nan_in_loss: { cost: ANEW, expect: "The loss is a number in every batch." },
  batch_size_too_large: {
    cost: "Longer epochs: the same samples in more, smaller products.",
    expect: "The loss falls further in the same number of epochs.",
  },
  insufficient_capacity: {
    cost: "Time and memory with the square of the units; more danger of learning by heart.",
    expect: "Training and validation loss fall together below their plateau.",
  },
  overfitting: {
    cost: "A higher training loss.",
    expect: "The validation loss stays at its lowest; the training loss ends higher.",
  },
  underfitting_stopped_early: {
    cost: "As many times the training time as epochs.",
    expect: "Both losses go on falling; the validation loss says when to stop.",
  },
  beaten_by_baseline: {
    cost: "Time for longer trainings, or a step before and after the model.",
    expect: "An error below the baseline's; where it stays above, keep the baseline.",
  },
};

const REFUSED: Prospect = { cost: NO_TRIAL, expect: "The first update runs." };

/** @param code a diagnosis's; `refused` has no name of its own. */
export const prospectOf = (code: Code | "refused"): Prospect =>
  code === "refused" ? REFUSED : prospects[code];
