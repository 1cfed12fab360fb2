/** What is public of this room, and of what the model records for it. */

export {
  type GateFlow,
  type GradientFlow,
  isRecurrentFlow,
  type LayerFlow,
  type RecurrentLayerFlow,
  type WeightFlow,
} from "../model/flow.js";
export { type DeadUnits, deadUnits } from "./dead-units.js";
export type { JacobianNorms } from "./float64/jacobian.js";
export {
  type GradientFlowRecorder,
  type GradientFlowRecorderOptions,
  gradientFlowRecorder,
  type RecordedGradientFlow,
} from "./gradient-flow-recorder.js";
export { type GrowthRate, growthRate } from "./growth-rate.js";
export { type MemoryHorizonOptions, memoryHorizon } from "./memory-horizon.js";
export { type FlowSummary, summarizeFlow } from "./summarize-flow.js";
export { timeConstants } from "./time-constants.js";
export { type GateTrace, type Trace, type TraceOptions, trace } from "./trace.js";
