import type { Knobs } from "./generators.ts";

export interface Knob {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

interface Common {
  readonly label: string;
  /** One sentence. */
  readonly about: string;
  readonly knobs: Readonly<Record<string, Knob>>;
  /** Outputs the model needs where it is not one. */
  readonly outputs?: (knobs: Knobs) => number;
}

/** Names of functions in generators.ts, which only workers hold, and exported programs. */
type SeriesGenerator = "sines" | "sinesBeside" | "threeSines" | "spikes" | "autoregressive";
type ExampleGenerator = "adding" | "copy" | "latch" | "signOfSum" | "announcements" | "noise";

export type Source =
  | (Common & {
      readonly kind: "series";
      readonly unit: string;
      readonly season?: number;
      readonly generator: SeriesGenerator;
    })
  | (Common & {
      readonly kind: "bundled";
      readonly unit: string;
      readonly season?: number;
      readonly file: string;
    })
  | (Common & { readonly kind: "examples"; readonly window: number; readonly generator: ExampleGenerator });

const knob = (label: string, value: number, min: number, max: number, step = 1): Knob => ({
  label,
  value,
  min,
  max,
  step,
});
const seed = (value: number): Knob => knob("Random seed of the data", value, 0, 999_999);
const length = (value: number): Knob => knob("Values", value, 60, 20_000, 10);
const examples = (value: number): Knob => knob("Examples", value, 20, 20_000, 10);

const sineKnobs = {
  length: length(500),
  noise: knob("Noise", 0.1, 0, 2, 0.05),
  period1: knob("First period", 25, 2, 500, 0.5),
  period2: knob("Second period", 10, 2, 500, 0.5),
  trend: knob("Trend a value", 0, -1, 1, 0.01),
  level: knob("Level", 0, -10_000, 10_000, 1),
  amplitude: knob("Amplitude", 1, 0, 10_000, 0.1),
  gaps: knob("Share of gaps", 0, 0, 0.9, 0.01),
  spikes: knob("Share of spikes", 0, 0, 0.5, 0.01),
  features: knob("Columns", 1, 1, 16),
  seed: seed(1),
};

/** All data there are, by the name that stands in an address. */
export const sources: Readonly<Record<string, Source>> = {
  sines: {
    kind: "series",
    label: "Sines",
    about: "Two sine waves with noise: forecast the next value.",
    unit: "",
    knobs: sineKnobs,
    generator: "sines",
  },
  co2: {
    kind: "bundled",
    label: "CO₂ of Mauna Loa, weekly",
    about: "Carbon dioxide in the air: a trend with a yearly season.",
    unit: "ppm",
    season: 52,
    file: "co2",
    knobs: {},
  },
  sunspots: {
    kind: "bundled",
    label: "Sunspots, yearly",
    about: "Spots on the sun, counted since 1700: a cycle of about eleven years.",
    unit: "spots",
    season: 11,
    file: "sunspots",
    knobs: {},
  },
  adding: {
    kind: "examples",
    label: "Task: adding",
    about: "Two numbers of a long row are marked: give their sum at the end.",
    window: 40,
    knobs: { examples: examples(1000), seed: seed(3) },
    generator: "adding",
  },
  copy: {
    kind: "examples",
    label: "Task: copy",
    about: "Signs come first, then nothing for long: say them again at the end.",
    window: 30,
    knobs: { examples: examples(800), symbols: knob("Signs to copy", 3, 1, 12), seed: seed(5) },
    outputs: ({ symbols }) => symbols!,
    generator: "copy",
  },
  latch: {
    kind: "examples",
    label: "Task: latch",
    about: "One early sign is marked: report it at the end.",
    window: 60,
    knobs: { examples: examples(768), seed: seed(21) },
    generator: "latch",
  },
  "sign of sum": {
    kind: "examples",
    label: "Task: sign of a sum",
    about: "Is the sum of the row above zero? Two classes.",
    window: 15,
    knobs: { examples: examples(400), seed: seed(41) },
    generator: "signOfSum",
  },
  announcements: {
    kind: "examples",
    label: "Task: announcements",
    about: "Now and then a sign is announced amid noise: say the last one at every step.",
    window: 5,
    knobs: {
      examples: examples(240),
      streams: knob("Parallel streams", 4, 1, 64),
      every: knob("Values between announcements", 25, 1, 500),
      seed: seed(51),
    },
    generator: "announcements",
  },
  "sines beside": {
    kind: "series",
    label: "Sines beside another column",
    about: "Sines, and a second column of another size that tells nothing.",
    unit: "",
    knobs: {
      ...sineKnobs,
      other: knob("Level beside", 500, -10_000, 10_000),
      spread: knob("Spread beside", 1000, 0, 10_000),
    },
    generator: "sinesBeside",
  },
  "three sines": {
    kind: "series",
    label: "Three sines",
    about: "Three waves at once, without noise: more than one unit can hold.",
    unit: "",
    knobs: { length: length(500) },
    generator: "threeSines",
  },
  spikes: {
    kind: "series",
    label: "Spikes",
    about: "1 every so many steps, else 0: only a window longer than the pause tells when.",
    unit: "",
    knobs: { length: length(500), period: knob("Pause between spikes", 12, 2, 200) },
    generator: "spikes",
  },
  autoregressive: {
    kind: "series",
    label: "Noise with memory",
    about: "Each value holds a share of the last; the rest is noise.",
    unit: "",
    knobs: { length: length(500), memory: knob("Memory", 0.6, -0.99, 0.99, 0.01), seed: seed(5) },
    generator: "autoregressive",
  },
  noise: {
    kind: "examples",
    label: "Noise",
    about: "Nothing can be learnt here; a model from a file can be looked at with it.",
    window: 20,
    knobs: {
      examples: examples(256),
      features: knob("Columns", 1, 1, 1024),
      outputs: knob("Outputs", 1, 1, 1024),
      sequences: knob("Targets at every step (0 or 1)", 0, 0, 1),
      seed: seed(7),
    },
    outputs: ({ outputs }) => outputs!,
    generator: "noise",
  },
};

/** A source's own values with those of a recipe in their place. */
export function knobsOf(source: Source, given: Readonly<Record<string, number>>): Knobs {
  const own = Object.entries(source.knobs).map(([name, { value }]) => [name, given[name] ?? value]);
  return Object.fromEntries(own) as Knobs;
}
