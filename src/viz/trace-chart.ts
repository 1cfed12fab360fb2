import type { Trace } from "../inspect/index.js";
import { numberIn, refuseUnknown } from "../options.js";
import { checkTrace } from "./check-input.js";
import { type CurvePanel, lineChart } from "./line-chart.js";

/** Options of `traceChart`. */
export interface TraceChartOptions {
  /** Column of the trace to draw. Default 0. */
  readonly unit?: number;
  /** Stands above the picture. Default: what it shows. */
  readonly title?: string;
  /** Pixels. Default 760. */
  readonly width?: number;
}

/** Features of the input that are drawn; more would be a thicket. */
const MOST_FEATURES = 4;

const column = (rows: Float64Array, width: number, index: number): Float64Array =>
  Float64Array.from({ length: rows.length / Math.max(1, width) }, (_, t) => rows[t * width + index]!);

/**
 * One cell through one sequence: the input, its state, its gates, and the gradients that come back, below each other.
 * @returns an SVG document.
 * @throws ConfigError for a unit the trace does not have.
 *
 * @example
 * const svg = traceChart(trace(model, x), { unit: 0 });
 */
export function traceChart(trace: Trace, options: TraceChartOptions = {}): string {
  const where = "traceChart()";
  checkTrace(where, trace);
  refuseUnknown(where, options, ["unit", "title", "width"]);
  const { units, features } = trace;
  const unit = numberIn(where, "unit", options.unit ?? 0, { min: 0, max: units - 1, integer: true });
  const own = (rows: Float64Array): Float64Array => column(rows, units, unit);
  const shown = Math.min(MOST_FEATURES, features);
  const hasCell = trace.cell.length > 0;
  /** A projected hidden state has no column of the unit's. */
  const hasHidden = trace.hiddenUnits === units;
  const sizeOf = (values: Float64Array): Float64Array => values.map(Math.abs);
  const gates = Object.entries(trace.gates);
  const panels: CurvePanel[] = [
    {
      yLabel: "input x",
      height: 90,
      curves: Array.from({ length: shown }, (_, k) => ({
        name: features > shown && k === shown - 1 ? `feature ${k} (of ${features})` : `feature ${k}`,
        values: column(trace.input, features, k),
      })),
    },
    {
      yLabel: "state",
      height: 130,
      curves: [
        ...(hasCell ? [{ name: "cell state c", values: own(trace.cell) }] : []),
        ...(hasHidden ? [{ name: "hidden state h", values: own(trace.hidden) }] : []),
      ],
    },
    {
      yLabel: "activation",
      height: 130,
      curves: gates.map(([name, { activation }]) => ({ name, values: own(activation) })),
    },
    {
      yLabel: "|gradient|",
      height: 130,
      log: true,
      curves: [
        ...(hasHidden ? [{ name: "|dL/dh|", values: sizeOf(own(trace.hiddenGradient)) }] : []),
        ...(hasCell ? [{ name: "|dL/dc|", values: sizeOf(own(trace.cellGradient)) }] : []),
      ],
    },
    ...(trace.jacobian === null
      ? []
      : [
          {
            yLabel: "‖∂h_T/∂h_t‖",
            height: 110,
            log: true,
            curves: [
              { name: "largest singular value", values: trace.jacobian.spectral },
              { name: "Frobenius norm", values: trace.jacobian.frobenius },
            ],
          },
        ]),
  ];
  return lineChart(panels, {
    title: options.title ?? `Unit ${unit} of ${trace.layer} (L: ${trace.loss})`,
    xLabel: "time step t (in the order the layer reads)",
    ...(options.width === undefined ? {} : { width: options.width }),
  });
}
