import type { DataCase } from "../data-case.js";
import { type Rule, short } from "../diagnosis.js";
import type { Windows } from "../evidence/window-source.js";
import { bars, PER_CENT } from "../pictures/pictures.js";

/** Of windows split in time none ends inside a training window; of those split at random nearly all do. */
const MOST_KNOWN_SHARE = 0.1;
/** Where more than a tenth of the training windows end as others do, windows repeat themselves. */
const MOST_DISTINCT = 0.9;
/** Standard errors above what comes by chance. */
const BEYOND_CHANCE_ERRORS = 3;

/** Numbers as one number, by two hashes of their bits (Fowler, Noll & Vo's, with two primes): 53 bits tell windows apart. */
function keyOf(parts: readonly (Float32Array | Int32Array)[]): number {
  let [high, low] = [0x811c9dc5, 0x2545f491];
  for (const part of parts) {
    const bits = new Int32Array(part.buffer, part.byteOffset, part.length);
    for (const word of bits) {
      high = Math.imul(high ^ word, 0x01000193);
      high ^= high >>> 15;
      low = Math.imul(low ^ word, 0x21f0aaad);
      low ^= low >>> 13;
    }
  }
  return (high >>> 0) * 2 ** 21 + (low >>> 11);
}

/** Where a window's steps lie: tokens `[samples, steps]` have no axis of features. */
interface Steps {
  readonly timesteps: number;
  readonly features: number;
}

const stepsOf = ({ timesteps, features }: Windows, isIndexed: boolean): Steps =>
  isIndexed ? { timesteps: timesteps * features, features: 1 } : { timesteps, features };

/** Half a window: what neighbouring windows share, and long enough that others seldom read the same. */
function halfBefore({ x }: Windows, { features, timesteps }: Steps, sample: number, end: number): number {
  const last = (sample * timesteps + end) * features;
  return keyOf([x.data.subarray(last - Math.ceil(timesteps / 2) * features, last)]);
}

/** Where each window ends. */
const endsOf = (windows: Windows, steps: Steps): number[] =>
  Array.from({ length: windows.samples }, (_, n) => halfBefore(windows, steps, n, steps.timesteps));

/** Every place inside the windows, the step before their last included: what follows it stands there too. */
function insidesOf(windows: Windows, steps: Steps): Set<number> {
  const keys = new Set<number>();
  for (let n = 0; n < windows.samples; n++)
    for (let end = Math.ceil(steps.timesteps / 2); end < steps.timesteps; end++)
      keys.add(halfBefore(windows, steps, n, end));
  return keys;
}

/** Whole windows with their targets. */
const examplesOf = ({ x, y, samples }: Windows): number[] => {
  const [row, width] = [x.data.length / samples, y.data.length / samples];
  return Array.from({ length: samples }, (_, n) =>
    keyOf([x.data.subarray(n * row, (n + 1) * row), y.data.subarray(n * width, (n + 1) * width)]),
  );
};

/** The probability that two keys are the same by chance: the share of pairs of training windows that end alike. */
function alike(keys: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  let pairs = 0;
  for (const count of counts.values()) pairs += count * (count - 1);
  return pairs / (keys.length * (keys.length - 1));
}

/**
 * Validation windows that end inside a training window, where what follows them stands as well, or that are training
 * examples: split after windows were cut. Counts, roundings and series that repeat themselves read alike by nature: how often
 * training windows end alike tells how often that happens by chance.
 */
export const duplicateWindowsAcrossSplit: Rule<DataCase> = {
  code: "duplicate_windows_across_split",
  look(at) {
    const { windows, validation } = at;
    if (windows === null || validation === null || !(at.isIndexed || windows.isSequence)) return null;
    if (windows.samples < 10 || validation.samples === 0 || validation.timesteps !== windows.timesteps)
      return null;
    if (validation.features !== windows.features || validation.width !== windows.width) return null;
    const steps = stepsOf(windows, at.isIndexed);
    const ends = endsOf(windows, steps);
    const distinct = new Set(ends);
    // Of a series that settles into a cycle the end is known by nature.
    if (distinct.size < MOST_DISTINCT * ends.length) return null;
    const inside = insidesOf(windows, steps);
    const trained = new Set(examplesOf(windows));
    const whole = examplesOf(validation);
    const asked = endsOf(validation, steps);
    const known = asked.filter((key, n) => inside.has(key) || trained.has(whole[n]!)).length;
    const share = known / asked.length;
    // One chance for each different key there is: of a series that repeats itself exactly all are known.
    const chance = Math.min(1, alike(ends) * (inside.size + distinct.size));
    const error = Math.sqrt((chance * (1 - chance)) / asked.length);
    if (!(share > MOST_KNOWN_SHARE + chance + BEYOND_CHANCE_ERRORS * error) || known < 3) return null;
    return {
      title: `${short(100 * share)} % of the validation windows end inside a training window`,
      evidence: {
        known,
        validationSamples: asked.length,
        share: short(share),
        shareByChance: short(chance),
        bound: MOST_KNOWN_SHARE,
      },
      why: "Neighbouring windows share all but one value. Split at random, the training part has seen the value each validation window asks for: the validation loss measures memory, and early stopping never stops.",
      remedy:
        "Split the series in time first, then cut windows from each part: trainTestSplit(series, { testFraction: 0.2 }), with gap: window where windows must not touch; or timeSeriesSplit.",
      picture: bars(
        "What follows the validation windows",
        [
          ["stands in a training window", 100 * share],
          ["is new", 100 - 100 * share],
        ],
        {
          x: `share of ${asked.length} validation windows (%)`,
          y: "what follows",
          range: PER_CENT,
          marks: { [`bound ${100 * MOST_KNOWN_SHARE} %`]: 100 * MOST_KNOWN_SHARE },
        },
      ),
    };
  },
};
