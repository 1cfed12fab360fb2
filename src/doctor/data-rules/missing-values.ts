import type { Picture } from "../../viz/picture.js";
import { columnName, type DataCase, namedColumns } from "../data-case.js";
import { type Rule, short } from "../diagnosis.js";
import { line, lines } from "../pictures/pictures.js";

const firstGap = (values: Cells): number => values.findIndex((value) => !Number.isFinite(value));

type Cells = Float64Array | Float32Array | Int32Array;

interface Gap {
  readonly value: number;
  readonly place: Readonly<Record<string, number | string>>;
}

/** The first value that is none, in the order in which it was given: sample by sample, step by step; inputs before targets. */
function firstOf(at: DataCase): Gap | null {
  const { windows } = at;
  if (windows === null) {
    const columns = at.columns.map((values) => firstGap(values));
    const timeStep = Math.min(...columns.filter((place) => place >= 0));
    const column = columns.indexOf(timeStep);
    if (column < 0) return null;
    const place = at.columns.length === 1 ? { timeStep } : { column: columnName(at, column), timeStep };
    return { value: at.columns[column]![timeStep]!, place };
  }
  const { x, y, timesteps, features, width, isSequence } = windows;
  // What is told of a column without any number is not told again.
  const broken = at.columns.map((values) => !values.some(Number.isFinite));
  const inX = x.data.findIndex(
    (value, i) => !Number.isFinite(value) && x.beyond?.has(i) !== true && !broken[i % features],
  );
  if (inX >= 0) {
    const place = {
      column: `feature ${inX % features}`,
      sample: Math.floor(inX / features / timesteps),
      ...(isSequence ? { timeStep: Math.floor(inX / features) % timesteps } : {}),
    };
    return { value: x.data[inX]!, place };
  }
  const inY = y.data.findIndex((value, i) => !Number.isFinite(value) && y.beyond?.has(i) !== true);
  if (inY < 0) return null;
  const last = y.shape.at(-1)!;
  const place = {
    column: width === 1 ? "target" : `target ${y.shape.length >= 3 ? inY % last : inY % width}`,
    sample: Math.floor(inY / width),
    ...(y.shape.length >= 3 ? { timeStep: Math.floor((inY % width) / last) } : {}),
  };
  return { value: y.data[inY]!, place };
}

/** The named column a gap stands in: a timeline takes each step from one window, and a gap may stand in another. */
function columnWith(at: DataCase): { name: string; values: Cells } | undefined {
  const holes = namedColumns(at).filter(
    ({ values }) => firstGap(values) >= 0 && values.some(Number.isFinite),
  );
  const { windows } = at;
  return holes[0] ?? (windows === null ? undefined : { name: "x", values: windows.x.data });
}

const inWords = ({ place }: Gap): string =>
  Object.entries(place)
    .filter(([name]) => name !== "column")
    .map(([name, value]) => `${name === "timeStep" ? "time step" : name} ${value}`)
    .join(", ");

/** Any gap is one too many: one NaN in a batch makes every weight NaN in one update. */
export const missingValues: Rule<DataCase> = {
  code: "missing_values",
  look(at) {
    const gap = firstOf(at);
    const first = gap === null ? undefined : columnWith(at);
    if (gap === null || first === undefined) return null;
    let [missing, infinite] = [0, 0];
    for (const value of first.values) {
      if (Number.isNaN(value)) missing++;
      else if (!Number.isFinite(value)) infinite++;
    }
    const { windows } = at;
    const row = windows === null ? 0 : windows.timesteps * windows.features;
    let poisoned = 0;
    for (let n = 0; windows !== null && n < windows.samples; n++) {
      if (windows.x.data.subarray(n * row, (n + 1) * row).some((value) => !Number.isFinite(value)))
        poisoned++;
    }
    const count = missing + infinite;
    const isInfinite = missing === 0;
    return {
      title: `${count} of ${first.values.length} values of ${first.name} are ${isInfinite ? "infinite" : "missing"}, the first at ${inWords(gap)}`,
      evidence: {
        ...gap.place,
        value: String(gap.value),
        columnsWithGaps: namedColumns(at).filter(({ values }) => firstGap(values) >= 0).length,
        missing: count,
        ...(infinite > 0 ? { infinite } : {}),
        share: short(count / first.values.length),
        bound: 0,
        ...(windows === null ? {} : { poisonedWindows: poisoned, windows: windows.samples }),
      },
      why: isInfinite
        ? "Infinity in a batch makes the loss infinite or NaN, and after one update every weight. It poisons each window it stands in."
        : "A NaN goes through every sum it meets: one gap in a batch turns the loss, every gradient and after one update every weight into NaN. A gap poisons each window it stands in.",
      remedy: isInfinite
        ? "Look for what made it: a division by zero, the logarithm of zero, a number too large for float32. Mend that; or make such values gaps (NaN) and fill them before cutting windows: series = interpolate(series)."
        : "Fill the gaps before cutting windows: series = interpolate(series), or forwardFill(series) where the future must not be seen. Long gaps: mark them with an extra 0/1 feature, or use masking().",
      fix: { series: { impute: "linear" } },
      picture: aroundGap(first.name, first.values),
    };
  },
};

const BEFORE = 60;
const SHOWN = 200;

/** The values around the first gap; gaps at the height of the last value known. */
function aroundGap(name: string, values: Cells): Picture {
  const from = Math.max(0, firstGap(values) - BEFORE);
  const shown = Float64Array.from(values.subarray(from, from + SHOWN));
  const gaps = [...shown.keys()].filter((i) => !Number.isFinite(shown[i]!));
  let last = shown.find(Number.isFinite) ?? 0;
  const heights = Array.from(shown, (value) => {
    if (Number.isFinite(value)) last = value;
    return short(last);
  });
  return lines(
    `Values of ${name} around the first gap`,
    [
      line(name, shown, { first: from }),
      {
        name: "missing (at the last known value)",
        x: gaps.map((i) => from + i),
        values: gaps.map((i) => heights[i]!),
        points: true,
      },
    ],
    { x: "place in the order of the values", y: "value" },
  );
}
