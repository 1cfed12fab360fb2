/**
 * How series look. Colours are of middle lightness, to stand on white and on near-black; dashes and widths differ as
 * well, so that a print in black and white can be read. `currentColor` takes the page's text colour.
 */
export interface LineStyle {
  readonly color: string;
  /** Lengths of dash and hole in pixels; empty: solid. */
  readonly dash: readonly number[];
  readonly width: number;
}

const plain: LineStyle = { color: "currentColor", dash: [], width: 1.2 };

const styles: Readonly<Record<string, LineStyle>> = {
  LSTM: { color: "#2f7fe0", dash: [], width: 2.6 },
  forecast: { color: "#2f7fe0", dash: [], width: 2.6 },
  naive: { color: "#808080", dash: [2, 3], width: 2 },
  "seasonal naive": { color: "#d07a12", dash: [7, 3], width: 1.6 },
  drift: { color: "#2c9a63", dash: [9, 3, 2, 3], width: 1.6 },
  "Holt-Winters": { color: "#a45bc4", dash: [3, 2], width: 1.6 },
  theta: { color: "#c2456b", dash: [12, 3, 3, 3, 3, 3], width: 1.6 },
  training: { color: "#2f7fe0", dash: [], width: 2.2 },
  validation: { color: "#d07a12", dash: [7, 3], width: 1.8 },
};

/** The style of a series by its name; what has none is drawn in the text's colour. */
export const styleOf = (name: string): LineStyle =>
  styles[name] ?? (name.startsWith("LSTM") ? styles.LSTM! : plain);

/** Fills: intervals, histogram bars. */
export const FILL = "#2f7fe0";

const text = { labelColor: "currentColor", titleColor: "currentColor", labelFontSize: 11, titleFontSize: 12 };

/** Vega's configuration for all charts. */
export const chartConfig = {
  font: "system-ui, sans-serif",
  axis: {
    ...text,
    domainColor: "currentColor",
    domainOpacity: 0.5,
    tickColor: "currentColor",
    tickOpacity: 0.5,
    gridColor: "currentColor",
    gridOpacity: 0.12,
    titleFontWeight: "normal" as const,
    titlePadding: 6,
  },
  legend: { ...text, symbolSize: 500, symbolStrokeColor: "currentColor" },
};
