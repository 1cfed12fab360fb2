import { dataFaults } from "./data-faults.js";
import type { Fault } from "./fault.js";
import { layerFaults } from "./layer-faults.js";
import { trainingFaults } from "./training-faults.js";
import { weightFaults } from "./weight-faults.js";
import { windowFaults } from "./window-faults.js";
import { worldFaults } from "./world-faults.js";

/** Every code the bench can make. */
export const faults: Readonly<Record<string, Fault>> = {
  ...dataFaults,
  ...windowFaults,
  ...weightFaults,
  ...layerFaults,
  ...trainingFaults,
  ...worldFaults,
};
