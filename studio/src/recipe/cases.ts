import {
  DEFAULT_RECIPE,
  type Fault,
  type StudioRecipe,
  withOptimizer,
  withRecipe,
  withRecurrent,
} from "./studio-recipe.ts";

/** One way in which a model does not learn, and its healthy twin. */
export interface ClinicCase {
  /** As in the list of cases: the doctor's code, and what tells two cases of one code apart. */
  readonly name: string;
  readonly code: string;
  /** One sentence: the fault. */
  readonly about: string;
  readonly sick: StudioRecipe;
  readonly cured: StudioRecipe;
}

type Change = (studio: StudioRecipe) => StudioRecipe;

const after = (...changes: readonly Change[]): StudioRecipe =>
  changes.reduce((studio, change) => change(studio), DEFAULT_RECIPE);

const data =
  (name: string, knobs: Record<string, number> = {}): Change =>
  (studio) => ({ ...studio, data: name, knobs });
const fault =
  (name: Fault): Change =>
  (studio) => ({ ...studio, fault: name });
const windowed =
  (window: number): Change =>
  (studio) =>
    withRecipe(studio, { window });
const series =
  (set: object): Change =>
  (studio) =>
    withRecipe(studio, { series: { ...studio.recipe.series, ...set } });
const recurrent =
  (set: object): Change =>
  (studio) =>
    withRecurrent(studio, set as Record<string, unknown>);
const optimizer =
  (set: object): Change =>
  (studio) =>
    withOptimizer(studio, set as Record<string, unknown>);
const output =
  (set: object): Change =>
  (studio) =>
    withRecipe(studio, {
      layers: studio.recipe.layers.map((layer, i, { length }) =>
        i === length - 1 ? { ...layer, ...set } : layer,
      ),
    });
const compile =
  (set: object): Change =>
  (studio) =>
    withRecipe(studio, { compile: { ...studio.recipe.compile, ...set } });
const fit =
  (set: object): Change =>
  (studio) =>
    withRecipe(studio, { fit: { ...studio.recipe.fit, ...set } });
const bias =
  (set: NonNullable<StudioRecipe["gateBias"]>): Change =>
  (studio) => ({ ...studio, gateBias: set });
const layers =
  (list: StudioRecipe["recipe"]["layers"]): Change =>
  (studio) =>
    withRecipe(studio, { layers: list });

const normal = (stddev: number) => ({ name: "randomNormal", config: { stddev } });
const dense = { kind: "dense", units: 1 };
const latch: Change = (studio) => windowed(60)({ ...studio, data: "latch", knobs: {}, trainShare: 5 / 6 });

const pair = (
  code: string,
  about: string,
  base: readonly Change[],
  sick: readonly Change[],
  cured: readonly Change[],
  suffix = "",
): ClinicCase => {
  const name = `${code}${suffix}`;
  return {
    name,
    code,
    about,
    sick: { ...after(...base, ...sick), case: `${name}: sick` },
    cured: { ...after(...base, ...cured), case: `${name}: cured` },
  };
};

/** The clinic: every row that can be drawn. */
export const cases: readonly ClinicCase[] = [
  pair(
    "unscaled_inputs",
    "One input column is about a thousand times larger than the other.",
    [data("sines beside")],
    [],
    [series({ scale: "standard" })],
  ),
  pair(
    "unscaled_target",
    "The target lies around 5000, far from what a fresh model can say.",
    [data("sines", { level: 5000, amplitude: 1200 }), series({ scale: "standard" })],
    [fault("raw target"), optimizer({ learningRate: 0.001 })],
    [],
  ),
  pair("window_length_one", "The model sees a single value.", [], [windowed(1)], []),
  pair(
    "window_shorter_than_period",
    "A spike comes every 12 steps, the window shows 5.",
    [data("spikes")],
    [windowed(5)],
    [windowed(14)],
  ),
  pair(
    "target_leaks_from_input",
    "The target is the last value of its own window.",
    [data("autoregressive"), windowed(10)],
    [fault("leak")],
    [],
  ),
  pair(
    "targets_not_matching_inputs",
    "The targets were shuffled, the windows were not.",
    [],
    [fault("permuted targets")],
    [],
  ),
  pair("learning_rate_too_high", "Adam with a learning rate of 3.", [], [optimizer({ learningRate: 3 })], []),
  pair(
    "learning_rate_too_low",
    "Adam with a learning rate of a millionth.",
    [],
    [optimizer({ learningRate: 1e-6 })],
    [],
  ),
  pair(
    "saturated_gates",
    "Weights drawn with a deviation of 30: every gate is wide open or shut.",
    [],
    [
      recurrent({
        kernelInitializer: normal(30),
        recurrentInitializer: normal(30),
        biasInitializer: normal(30),
        unitForgetBias: false,
      }),
    ],
    [],
  ),
  pair(
    "symmetric_or_zero_initialisation",
    "All weights start at zero, so all units are the same one.",
    [],
    [
      recurrent({
        kernelInitializer: "zeros",
        recurrentInitializer: "zeros",
        unitForgetBias: false,
      }),
      output({ kernelInitializer: "zeros" }),
    ],
    [],
  ),
  pair(
    "saturated_gates",
    "Input and output gates start shut, at a bias of -12.",
    [],
    [bias({ input: -12, output: -12 })],
    [],
    " (shut by their biases)",
  ),
  pair(
    "exploding_gradients",
    "Linear cells with recurrent weights of gain 3 over 60 steps, and no clipping.",
    [data("sines", { length: 400, seed: 3 }), windowed(60)],
    [
      recurrent({ activation: "linear", recurrentInitializer: { name: "orthogonal", config: { gain: 3 } } }),
      compile({ optimizer: { name: "sgd", learningRate: 0.05 } }),
    ],
    [compile({ optimizer: { name: "sgd", learningRate: 0.05, globalClipnorm: 1 } })],
  ),
  pair(
    "vanishing_gradients",
    "The forget gate starts at a bias of -2: what was 60 steps ago is gone.",
    [latch],
    [bias({ forget: -2 })],
    [bias({ forget: 4 })],
  ),
  pair(
    "truncation_shorter_than_dependency",
    "The gradient is cut every 10 steps, what matters is 45 to 60 steps back.",
    [latch, bias({ forget: 4 })],
    [compile({ truncate: 10 })],
    [],
  ),
  pair(
    "missing_values",
    "One value in twenty is missing.",
    [data("sines", { gaps: 0.05 })],
    [],
    [series({ impute: "linear" })],
  ),
  pair(
    "non_stationary_target",
    "The series climbs out of the range it was scaled to.",
    [data("sines", { seed: 4, trend: 0.05 })],
    [series({ scale: "minMax" })],
    [series({ scale: "standard", difference: 1 })],
  ),
  pair(
    "softmax_with_one_unit",
    "Softmax over a single output is always 1.",
    [data("sign of sum"), windowed(15), compile({ loss: "binaryCrossentropy" })],
    [output({ activation: "softmax" })],
    [output({ activation: "sigmoid" })],
  ),
  pair(
    "output_activation_range",
    "A sigmoid can say 0 to 1, the targets reach from -1.7 to 1.7.",
    [],
    [output({ activation: "sigmoid" })],
    [],
  ),
  pair("constant_target", "Every target is 0.7: the wrong column.", [], [fault("constant target")], []),
  pair(
    "data_leakage_scaler",
    "The scaler has seen the values it is tested on.",
    [data("sines", { seed: 6, trend: 0.02 }), series({ scale: "standard" })],
    [fault("scaler on all")],
    [],
  ),
  pair(
    "constant_feature",
    "A constant column is divided by its deviation, which is zero.",
    [data("sines beside", { other: 3, spread: 0 }), series({ scale: "standard" })],
    [fault("no zero guard")],
    [],
  ),
  pair(
    "stateful_with_shuffle",
    "State is carried from chunk to chunk, but the chunks come in random order.",
    [
      data("announcements"),
      windowed(5),
      layers([{ kind: "lstm", units: 16, returnSequences: true, stateful: true }, dense]),
    ],
    [fit({ batchSize: 4, shuffle: true })],
    [fit({ batchSize: 4, shuffle: false })],
  ),
  pair(
    "insufficient_capacity",
    "One unit for a sum of three sines.",
    [data("three sines"), windowed(30)],
    [recurrent({ units: 1 })],
    [recurrent({ units: 32 })],
  ),
  pair(
    "overfitting",
    "96 units learn 50 windows by heart.",
    [
      data("autoregressive", { length: 160, seed: 61 }),
      windowed(15),
      (studio) => ({ ...studio, trainShare: 65 / 160 }),
    ],
    [recurrent({ units: 96 }), fit({ epochs: 150 })],
    [
      recurrent({ units: 8, dropout: 0.2 }),
      fit({ epochs: 150, earlyStopping: { patience: 10, restoreBestWeights: true } }),
    ],
  ),
  pair(
    "stacked_lstm_needs_return_sequences",
    "The first of two layers hands on its last state alone.",
    [],
    [layers([{ kind: "lstm", units: 16 }, { kind: "lstm", units: 16 }, dense])],
    [layers([{ kind: "lstm", units: 16, returnSequences: true }, { kind: "lstm", units: 16 }, dense])],
  ),
  pair(
    "label_shape_mismatch",
    "The targets are whole windows, the model gives one number.",
    [],
    [fault("label shape")],
    [],
  ),
  pair(
    "weight_decay_too_high",
    "Each update halves the weights.",
    [],
    [compile({ optimizer: { name: "adamw", learningRate: 0.01, weightDecay: 50 } })],
    [compile({ optimizer: { name: "adamw", learningRate: 0.01, weightDecay: 0.004 } })],
  ),
  pair(
    "outliers",
    "Two values in a hundred are spikes of 200.",
    [data("sines", { spikes: 0.02 })],
    [series({ scale: "standard" })],
    [series({ scale: "robust", clip: 3 })],
  ),
  pair(
    "dying_relu",
    "A layer of rectifiers starts so far below zero that none ever fires.",
    [],
    [
      layers([
        { kind: "lstm", units: 24 },
        {
          kind: "dense",
          units: 16,
          activation: "relu",
          biasInitializer: { name: "constant", config: { value: -10 } },
        },
        dense,
      ]),
    ],
    [layers([{ kind: "lstm", units: 24 }, { kind: "dense", units: 16, activation: "relu" }, dense])],
  ),
];

/** The recipe a name of the list stands for: `vanishing_gradients: sick`. */
export function recipeOfCase(label: string): StudioRecipe | undefined {
  const found = cases.find(({ name }) => label === `${name}: sick` || label === `${name}: cured`);
  return found === undefined ? undefined : label.endsWith("sick") ? found.sick : found.cured;
}
