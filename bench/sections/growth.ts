import type { Section } from "../support/section.js";
import { logLogSlope, median } from "../support/statistics.js";
import type { Report } from "../support/table.js";
import { trainedOnce } from "../support/trained.js";

interface Point {
  readonly at: number;
  readonly milliseconds: number;
  readonly bytes: number;
}

interface Axis {
  readonly name: string;
  readonly values: readonly number[];
  form(value: number): { batch: number; timesteps: number; features: number; units: readonly number[] };
  /** The slope that the flops of the products have over the same points. */
  readonly expected: string;
}

const base = { batch: 32, timesteps: 32, features: 16, units: [64] };

const axes: readonly Axis[] = [
  { name: "batch", values: [16, 32, 64, 128, 256], form: (batch) => ({ ...base, batch }), expected: "1" },
  {
    name: "time",
    values: [16, 32, 64, 128, 256],
    form: (timesteps) => ({ ...base, timesteps }),
    expected: "1",
  },
  {
    name: "features",
    values: [64, 128, 256, 512, 1024],
    form: (features) => ({ ...base, features }),
    expected: "below 1: H (F + H)",
  },
  {
    name: "units",
    values: [32, 64, 128, 256, 512],
    form: (units) => ({ ...base, units: [units] }),
    expected: "2, with F + H less",
  },
  {
    name: "layers",
    values: [1, 2, 4, 8],
    form: (layers) => ({ ...base, features: 64, units: new Array<number>(layers).fill(64) }),
    expected: "1",
  },
];

/** A sequence so long that its tape would not fit, cut every so many steps. */
const truncated = { batch: 1, features: 1, units: [16], truncate: 64 };

function pointsReport(
  title: string,
  axis: string,
  points: readonly Point[],
  notes: readonly string[],
): Report {
  return {
    title,
    columns: [axis, "ms a step", "MiB"],
    rows: points.map(({ at, milliseconds, bytes }) => [String(at), milliseconds, bytes / 2 ** 20]),
    notes,
  };
}

/** How time and memory of a training step grow with each size, and with the length of a truncated sequence. */
export const growth: Section = async ({ quick, dist, log }) => {
  const seconds = quick ? 0.25 : 1.5;
  const slopes: (readonly (string | number)[])[] = [];
  const data: Record<string, readonly Point[]> = {};
  for (const { name, values, form, expected } of axes) {
    const points: Point[] = [];
    for (const at of quick ? values.slice(0, 4) : values) {
      log(`growth: ${name} ${at}`);
      const { milliseconds, training } = await trainedOnce(dist, form(at), { seconds });
      points.push({ at, milliseconds: median(milliseconds), bytes: training });
    }
    data[name] = points;
    const slopeOf = (pick: (point: Point) => number): number =>
      logLogSlope(points.map((point) => ({ x: point.at, y: pick(point) })));
    slopes.push([
      name,
      `${points[0]!.at} … ${points.at(-1)!.at}`,
      slopeOf(({ milliseconds }) => milliseconds).toFixed(2),
      expected,
      slopeOf(({ bytes }) => bytes).toFixed(2),
    ]);
  }
  const { truncate, ...model } = truncated;
  const long: Point[] = [];
  for (const timesteps of [1_000, 10_000, 100_000, 1_000_000]) {
    log(`growth: truncated, ${timesteps} steps`);
    const { milliseconds, training } = await trainedOnce(
      dist,
      { ...model, timesteps },
      { truncate, seconds },
    );
    long.push({ at: timesteps, milliseconds: median(milliseconds), bytes: training });
  }
  data.truncated = long;
  const slopeOf = (pick: (point: Point) => number): string =>
    logLogSlope(long.map((point) => ({ x: point.at, y: pick(point) }))).toFixed(2);
  return {
    reports: [
      {
        title: "Growth: slopes on a log-log fit, one thread",
        columns: ["axis", "points", "time", "flops grow with", "memory"],
        rows: slopes,
        notes: ["Around batch 32, time 32, features 16 (64 for layers), 64 units, one layer."],
      },
      pointsReport(`One sequence, truncate ${truncate}: a training step by its length`, "time steps", long, [
        `Slopes: time ${slopeOf(({ milliseconds }) => milliseconds)}, memory ${slopeOf(({ bytes }) => bytes)} (0: it does not grow with the length).`,
      ]),
    ],
    data,
  };
};
