/** What is public of this room: plain data in, SVG documents or terminal text out. */

export {
  type FlowMeasure,
  type FlowOverTrainingOptions,
  type FlowPictureOptions,
  flowOverTraining,
  gradientFlowHeatmap,
} from "./flow-heatmap.js";
export type { Drawn as CurveData } from "./frame.js";
export { type GateChartOptions, gateChart, gatesOverTraining } from "./gate-chart.js";
export { type ChartOptions, type Curve, gradientNormChart } from "./line-chart.js";
export type { PictureMark } from "./marks.js";
export {
  type BarsPicture,
  type DrawPictureOptions,
  drawPicture,
  type HeatmapPicture,
  type LinesPicture,
  type Picture,
  type PictureAxis,
  type PictureLine,
} from "./picture.js";
export { type PrintPictureOptions, printPicture } from "./print-picture.js";
export { gradientFlowText, sparkline } from "./terminal.js";
export { type TraceChartOptions, traceChart } from "./trace-chart.js";
export { type UpdateChartOptions, type UpdateMeasure, updateChart } from "./update-chart.js";
