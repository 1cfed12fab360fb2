import { describe } from "vitest";
import { cellBattery } from "../../support/cell-battery.js";
import { kernelBuilds } from "../../support/kernels.js";

describe.each(await kernelBuilds())("simple recurrent kernels ($name)", (build) => {
  // Panels of four groups are not cut.
  cellBattery(build, "rnn", { units: 37, groups: [4, 8] });
});
