import { describe } from "vitest";
import { cellBattery } from "../../support/cell-battery.js";
import { kernelBuilds } from "../../support/kernels.js";

describe.each(await kernelBuilds())("GRU kernels ($name)", (build) => {
  describe("reset gate after the product", () => {
    cellBattery(build, "gru", { units: 18, groups: [1, 2, 4] });
  });
  describe("reset gate before the product", () => {
    cellBattery(build, "gruResetBefore", { units: 18, groups: [1, 2, 4] });
  });
});
