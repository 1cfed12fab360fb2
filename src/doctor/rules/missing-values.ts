import type { Picture } from "../../viz/picture.js";
import { type DataCase, namedColumns } from "../data-case.js";
import { type Rule, short } from "../diagnosis.js";
import { line, lines } from "../pictures.js";

const firstGap = (values: Cells): number => values.findIndex((value) => !Number.isFinite(value));

type Cells = Float64Array | Float32Array | Int32Array;

/** Any gap is one too many: one NaN in a batch makes every weight NaN in one update. */
export const missingValues: Rule<DataCase> = {
  code: "missing_values",
  severity: "error",
  explainedBy: ["constant_feature"],
  look(at) {
    // A timeline takes each step from one window; a gap may stand in another.
    const cells = at.windows === null ? [] : [{ name: "x", values: at.windows.x.data, isTarget: false }];
    const named = namedColumns(at).filter(({ values }) => firstGap(values) >= 0);
    const holes = named.length > 0 ? named : cells.filter(({ values }) => firstGap(values) >= 0);
    const [first] = holes;
    if (first === undefined) return null;
    let missing = 0;
    for (const value of first.values) if (!Number.isFinite(value)) missing++;
    const { windows } = at;
    const row = windows === null ? 0 : windows.timesteps * windows.features;
    let poisoned = 0;
    for (let n = 0; windows !== null && n < windows.samples; n++) {
      if (windows.x.data.subarray(n * row, (n + 1) * row).some((value) => !Number.isFinite(value)))
        poisoned++;
    }
    return {
      title: `${missing} of ${first.values.length} values of ${first.name} are missing`,
      evidence: {
        column: first.name,
        columnsWithGaps: holes.length,
        missing,
        share: short(missing / first.values.length),
        firstAt: firstGap(first.values),
        bound: 0,
        ...(windows === null ? {} : { poisonedWindows: poisoned, windows: windows.samples }),
      },
      why: "A NaN goes through every sum it meets: one gap in a batch turns the loss, every gradient and after one update every weight into NaN. A gap poisons each window it stands in.",
      remedy:
        "Fill the gaps before cutting windows: series = interpolate(series), or forwardFill(series) where the future must not be seen. Long gaps: mark them with an extra 0/1 feature, or use masking().",
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
