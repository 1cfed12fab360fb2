import { expect, test } from "vitest";
import { ConfigError, FormatError } from "../../../../src/errors.js";
import { minMaxScaler } from "../../../../src/series/prepare/min-max-scaler.js";
import { powerTransform } from "../../../../src/series/prepare/power-transform.js";
import { robustScaler } from "../../../../src/series/prepare/robust-scaler.js";
import { scalerFromJSON } from "../../../../src/series/prepare/scaler-from-json.js";
import { standardScaler } from "../../../../src/series/prepare/standard-scaler.js";

const rows = [
  [1, 100],
  [2.5, 250],
  [4, 175],
  [3, 300],
];

test("a scaler read back from JSON text gives the same bits", () => {
  for (const scaler of [
    standardScaler(),
    standardScaler({ withMean: false }),
    minMaxScaler({ clip: true }),
    robustScaler({ withCentering: false, withScaling: false }),
    minMaxScaler({ featureRange: [-2, 3] }),
    robustScaler({ quantileRange: [10, 90] }),
    powerTransform({ method: "box-cox", standardize: false }),
    powerTransform(),
  ]) {
    scaler.fit(rows);
    const again = scalerFromJSON(JSON.parse(JSON.stringify(scaler)));
    expect(again.kind).toBe(scaler.kind);
    expect(again.toJSON()).toEqual(scaler.toJSON());
    expect(again.transform(rows)).toEqual(scaler.transform(rows));
    expect(again.inverseTransform([0.3], { column: 1 })).toEqual(
      scaler.inverseTransform([0.3], { column: 1 }),
    );
  }
});

test("what no scaler wrote is refused", () => {
  const good = standardScaler().fit(rows).toJSON();
  expect(() => scalerFromJSON(JSON.stringify(good))).toThrow(/JSON\.parse/);
  expect(() => scalerFromJSON(null)).toThrow(FormatError);
  expect(() => scalerFromJSON({ ...good, kind: "quantileScaler" })).toThrow(/quantileScaler/);
  expect(() => scalerFromJSON({ ...good, columns: [] })).toThrow(FormatError);
  expect(() => scalerFromJSON({ ...good, columns: [{ mean: 1 }] })).toThrow(
    /`scale` of column 0 is undefined/,
  );
  expect(() => scalerFromJSON({ kind: "minMaxScaler", options: { range: 1 }, columns: [{}] })).toThrow(
    ConfigError,
  );
});
