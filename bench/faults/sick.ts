import { dataFaults } from "./data-faults.js";
import type { Fault } from "./fault.js";
import { modelFaults } from "./model-faults.js";

/** Every code the bench can make. */
export const faults: Readonly<Record<string, Fault>> = { ...dataFaults, ...modelFaults };
