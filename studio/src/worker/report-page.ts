import {
  drawPicture,
  flowOverTraining,
  type GradientFlow,
  gateChart,
  gradientFlowHeatmap,
  isRecurrentFlow,
  type RecordedGradientFlow,
  type Trace,
  traceChart,
  updateChart,
} from "gateflow";
import { namedGradients } from "../named-gradients.ts";
import type { Frame, Job, Recorded } from "../protocol.ts";

const flowOf = ({ loss, gradientNorm, layers }: Frame): GradientFlow => ({
  loss,
  gradientNorm,
  layers: layers.map(({ name, kind, weights, recurrent }) => ({
    name,
    kind,
    weights,
    ...namedGradients(recurrent),
  })),
});

/** At most so many rows fit into a picture. */
const MOST_ROWS = 60;

function recordedFlows({ frames }: Recorded): RecordedGradientFlow[] {
  const every = Math.max(1, Math.ceil(frames.length / MOST_ROWS));
  return frames
    .filter((_, i) => i % every === 0)
    .map((frame) => ({ epoch: frame.epoch, batch: 0, flow: flowOf(frame) }));
}

/** The gradient flow over the training, as the library draws it. */
export const flowPicture = (recorded: Recorded): string => flowOverTraining(recordedFlows(recorded));

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** The run as one page that needs nothing else: its pictures, losses, findings and recipe. */
export function reportPage({ recipe }: Job, recorded: Recorded): string {
  const { points, look, findings } = recorded;
  const flows = recordedFlows(recorded);
  const newest = recorded.frames.at(-1);
  const pictures: string[] = [];
  if (points.length > 0) {
    const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
    const x = points.map(({ epoch }) => epoch);
    pictures.push(
      drawPicture({
        kind: "lines",
        title: "Loss",
        x: { label: "epoch" },
        y: { label: "loss", log: points.every(({ loss }) => loss > 0) },
        lines: [
          { name: "training", x, values: points.map(({ loss }) => finite(loss)) },
          { name: "validation", x, values: points.map(({ validation }) => finite(validation)) },
        ],
      }),
    );
  }
  if (flows.length > 0) pictures.push(flowOverTraining(flows), updateChart(flows));
  if (newest !== undefined) {
    const flow = flowOf(newest);
    pictures.push(gradientFlowHeatmap(flow));
    for (const layer of flow.layers) if (isRecurrentFlow(layer)) pictures.push(gateChart(layer));
  }
  const trace = look?.traces[0];
  if (trace !== undefined) {
    const whole: Trace = { ...trace, hiddenUnits: trace.units, loss: "compiled loss", jacobian: null };
    pictures.push(traceChart(whole));
  }
  const last = points.at(-1);
  const list = findings
    .map(({ title, why, remedy }) => `<li><b>${escaped(title)}.</b> ${escaped(why)} ${escaped(remedy)}</li>`)
    .join("\n");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>A training of gateflow</title>
<style>body{font:15px/1.5 system-ui,sans-serif;max-width:860px;margin:24px auto;padding:0 12px;color:#1d2229;background:#fff}svg{max-width:100%;height:auto}pre{background:#f4f4f1;padding:12px;overflow:auto}</style>
</head>
<body>
<h1>A training of gateflow</h1>
<p>${last === undefined ? "It was not trained." : `Epoch ${last.epoch}, ${last.update} updates: loss ${last.loss}, validation loss ${last.validation}.`}</p>
<h2>What the doctor found</h2>
${list === "" ? "<p>Nothing.</p>" : `<ul>\n${list}\n</ul>`}
<h2>Pictures</h2>
${pictures.map((svg) => `<figure>${svg.replace(/^<\?xml[^>]*\?>/, "")}</figure>`).join("\n")}
<h2>The recipe</h2>
<pre>${escaped(JSON.stringify(recipe, null, 2))}</pre>
</body>
</html>
`;
}
