import { expect, it } from "vitest";
import type { PanelProfile } from "../../../../src/forecast/panel/panel-profile.js";
import { fitSmoothedParts, smoothedPartPath } from "../../../../src/forecast/panel/smoothed-parts.js";
import { thetaForecast } from "../../../../src/series/baselines/theta.js";
import { expectClose } from "../../series/golden.js";
import { monthly } from "../support.js";

const profile = { base: "season", short: 12 } as PanelProfile;
const pause = (): undefined => undefined;
const y = Float64Array.from(monthly(96));

it("theta says what the public function says, from where it was fitted and from rows before and after", async () => {
  const [theta, smoothing] = await fitSmoothedParts(y, profile, 84, "smoothing and theta", pause);
  const known = y.slice(0, 84);
  expectClose(
    smoothedPartPath(theta!, known, 0, 84, 8)!,
    thetaForecast(known, { season: 12, horizon: 8 }),
    1e-12,
  );
  for (const part of [theta!, smoothing!]) {
    // A longer series does not change what is said from the rows before; a tail says what the whole says.
    const after = smoothedPartPath(part, y, 0, 90, 6)!;
    expect(Array.from(smoothedPartPath(part, y.slice(40), 40, 50, 6)!)).toEqual(Array.from(after));
    expect(Array.from(smoothedPartPath(part, y, 0, 70, 6)!)).not.toEqual(Array.from(after));
  }
});

it("fits only what the statistic needs", async () => {
  expect(await fitSmoothedParts(y, profile, 84, "autoregressions", pause)).toEqual([]);
  expect(await fitSmoothedParts(y, profile, 84, "theta", pause)).toHaveLength(1);
});
