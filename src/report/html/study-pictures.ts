import type { Dimension } from "../../search/space.js";
import type { Study } from "../../search/study.js";
import type { Trial } from "../../search/trial.js";
import type { ParallelAxis, ParallelLine } from "../../viz/parallel-chart.js";
import type { BarsPicture, LinesPicture } from "../../viz/picture.js";

/** More lines than these are one grey. */
const MOST_LINES = 300;
/** The part of the trials that stands out. */
const GOOD = 0.2;

const hasValue = (trial: Trial): trial is Trial & { readonly value: number } =>
  trial.value !== null && trial.state !== "failed";

const completeOf = ({ trials }: Study): (Trial & { readonly value: number })[] =>
  trials.filter(hasValue).filter(({ state }) => state === "complete");

/** Whether values are better told apart by decades. */
const spansDecades = (values: readonly number[]): boolean => {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low > 0 && high / low > 10;
};

/** Complete trials, best first. */
function rankedOf(study: Study): (Trial & { readonly value: number })[] {
  const sign = study.direction === "minimize" ? 1 : -1;
  return completeOf(study).sort((a, b) => sign * (a.value - b.value) || a.number - b.number);
}

/** What each trial came to, in their order, and the best so far; null where none was completed. */
export function historyPicture(study: Study): LinesPicture | null {
  const complete = completeOf(study);
  if (complete.length === 0) return null;
  const pruned = study.trials.filter(hasValue).filter(({ state }) => state === "pruned");
  const better = study.direction === "minimize" ? Math.min : Math.max;
  let best = complete[0]!.value;
  const course = complete.map(({ value }) => (best = better(best, value)));
  const dots = (name: string, of: readonly (Trial & { readonly value: number })[]) => ({
    name,
    x: of.map(({ number }) => number),
    values: of.map(({ value }) => value),
    points: true,
  });
  return {
    kind: "lines",
    title: "What the trials came to",
    x: { label: "trial" },
    y: { label: "value", log: spansDecades([...complete, ...pruned].map(({ value }) => value)) },
    lines: [
      { name: "best so far", x: complete.map(({ number }) => number), values: course },
      dots("complete", complete),
      ...(pruned.length === 0 ? [] : [dots("given up", pruned)]),
    ],
  };
}

/** Each dimension's share of what told good trials from others; null after too few trials to say. */
export function importancePicture(study: Study): BarsPicture | null {
  const shares = Object.entries(study.importance());
  if (shares.length === 0) return null;
  return {
    kind: "bars",
    title: "What mattered",
    x: { label: "share of the importance in %", range: [0, 100] },
    y: { label: "" },
    bars: shares.map(([name, share]) => ({ name, value: Math.round(1000 * share) / 10 })),
  };
}

/** Last words of paths, as few as tell them apart: `units` for `layers.0.units`. */
export function shortPaths(paths: readonly string[]): string[] {
  return paths.map((path) => {
    const words = path.split(".");
    for (let count = 1; count < words.length; count++) {
      const end = words.slice(-count).join(".");
      if (paths.every((other) => other === path || !`.${other}`.endsWith(`.${end}`))) return end;
    }
    return path;
  });
}

const written = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

function axisOf(name: string, { distribution }: Dimension): ParallelAxis {
  if (distribution.distribution === "choice")
    return { name, kind: "names", names: distribution.options.map(written) };
  const { low, high } = distribution;
  const log =
    distribution.distribution === "logUniform" || (distribution.distribution === "int" && distribution.log);
  return { name, kind: "number", low, high, log };
}

/** The value and every parameter of the complete trials, a line each; null where none was completed. */
export function parallelAxes(
  study: Study,
  dimensions: readonly Dimension[],
): { axes: ParallelAxis[]; lines: ParallelLine[] } | null {
  const ranked = rankedOf(study);
  if (ranked.length === 0) return null;
  const values = ranked.map(({ value }) => value);
  const names = shortPaths(dimensions.map(({ path }) => path));
  const axes = [
    {
      name: "value",
      kind: "number" as const,
      low: Math.min(...values),
      high: Math.max(...values),
      log: spansDecades(values),
    },
    ...dimensions.map((dimension, d) => axisOf(names[d]!, dimension)),
  ];
  const good = Math.ceil(GOOD * ranked.length);
  const lines = ranked.slice(0, MOST_LINES).map(
    ({ value, params }, i): ParallelLine => ({
      rank: i === 0 ? "best" : i < good ? "good" : "rest",
      places: [
        value,
        ...dimensions.map(({ path, distribution }) => {
          const own = params[path];
          if (distribution.distribution !== "choice") return own as number;
          const index = distribution.options.map(written).indexOf(written(own));
          return index < 0 ? null : index;
        }),
      ],
    }),
  );
  return { axes, lines };
}
