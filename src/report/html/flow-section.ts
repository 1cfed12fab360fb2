import type { TrainingFlow } from "../../inspect/training-flow.js";
import { isRecurrentFlow, type RecurrentLayerFlow } from "../../model/flow.js";
import { gradientFlowHeatmap } from "../../viz/flow-heatmap.js";
import { drawPicture, type Picture } from "../../viz/picture.js";
import { flowTable, tableNote, weightTable } from "../text/flow-table.js";
import { flowFacts, lastFlow, memoryInWords, trainedFlow } from "../text/flow-words.js";
import { gatesPicture, saturationPicture, stepsPicture, updatesPicture } from "./flow-pictures.js";
import { inlinePicture } from "./inline-picture.js";
import { escapeHtml } from "./page.js";
import { listHtml, tableHtml } from "./page-parts.js";

const WIDE = 760;
const HALF = 372;
const NARROW = 340;

/** Draws the same picture in some width. */
type Draw = (pixels: number) => string;

/** Pictures for a screen and for a phone, numbered. */
function figures() {
  let count = 0;
  return (draw: Draw, caption: string, width = WIDE): string => {
    const id = `flow-${++count}`;
    const drawn = [inlinePicture(draw(width), "wide", id), inlinePicture(draw(NARROW), "narrow", id)];
    return `<figure>${drawn.join("")}<figcaption>${escapeHtml(caption)}</figcaption></figure>`;
  };
}

const drawing =
  (picture: Picture): Draw =>
  (width) =>
    drawPicture(picture, { width });

/** Layers whose gates are drawn; of more, the last ones: the state they end in is what the network remembers. */
const MOST_LAYERS = 4;

const gatesShown = (training: TrainingFlow): readonly RecurrentLayerFlow[] =>
  trainedFlow(training).layers.filter(isRecurrentFlow).slice(-MOST_LAYERS);

const gateFigures = (layer: RecurrentLayerFlow, figure: ReturnType<typeof figures>): string =>
  `<div class="pair">${figure(
    drawing(gatesPicture(layer)),
    `Gates of ${layer.name} at the end of the training, from the first step it reads to the last.`,
    HALF,
  )}${figure(drawing(saturationPicture(layer)), "Share of their activations within 0.05 of a bound.", HALF)}</div>`;

const beginsAtZero = ({ flows, layer }: TrainingFlow): boolean =>
  flows.length > 0 &&
  lastFlow({ flows: flows.slice(0, 1), layer }).hiddenGradient.every((norm) => norm === 0);

/** How the gradient flowed while the network learnt: by time step and layer, by epoch, through the gates, and into the weights. */
export function flowSection(training: TrainingFlow | undefined): string {
  if (training === undefined) return "";
  const { layer } = training;
  const figure = figures();
  const steps = stepsPicture(training);
  const zero = beginsAtZero(training)
    ? " The output layer begins at zero, so the first batch sends nothing back."
    : "";
  const html = [
    "<h2>How the gradient flows</h2>",
    `<p>${escapeHtml(memoryInWords(training))}</p>`,
    figure(
      (width) => gradientFlowHeatmap(trainedFlow(training), { title: "‖dL/dh‖ by step and layer", width }),
      "Gradient of the loss for the hidden state of each recurrent layer at the end of the training, by time step: where it is pale, little is learnt from that step.",
    ),
    tableHtml(flowTable(training)),
    `<p class="soft">${escapeHtml(tableNote(training))}</p>`,
    figure(
      drawing(steps),
      `The same of ${layer} over the training, by time step and epoch, of each epoch's first batch.${zero}`,
    ),
    ...gatesShown(training).map((own) => gateFigures(own, figure)),
    figure(drawing(updatesPicture(training)), "How far an update moves each kernel, as a share of its size."),
    tableHtml(weightTable(training)),
    '<p class="soft">Weights at the end of the training: norm, norm of the gradient, and how far an update moves them.</p>',
    listHtml(flowFacts(training)),
  ].join("\n");
  return `<section id="gradient-flow">${html}</section>`;
}
