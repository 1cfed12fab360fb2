import { drawPicture, type Picture } from "../../index.js";
import { gatesPicture, saturationPicture, stepsPicture, updatesPicture } from "./flow-pictures.js";
import { flowFacts, lastFlow, memoryInWords } from "./flow-words.js";
import { escapeHtml } from "./page.js";
import { listHtml } from "./page-parts.js";
import type { TrainingFlow } from "./training-flow.js";

const WIDE = 760;
const HALF = 372;
const NARROW = 340;

/** A part of a page and the style it needs. */
export interface Section {
  readonly html: string;
  readonly style: string;
}

const STYLE = /<style>([^<]*)<\/style>/;

/**
 * A picture for a screen and for a phone. A style inside of an SVG is the whole page's: it is taken out, to stand in the
 * page once and for these pictures alone. Two pictures may not share the names of their patterns.
 */
function figure(picture: Picture, caption: string, width = WIDE): string {
  const draw = (kind: "wide" | "narrow", pixels: number): string => {
    const own = `none-${kind}`;
    return drawPicture(picture, { width: pixels })
      .replace(STYLE, "")
      .replace("<svg ", `<svg class="${kind} flow" `)
      .replaceAll('id="none"', `id="${own}"`)
      .replaceAll("url(#none)", `url(#${own})`);
  };
  return `<figure>${draw("wide", width)}${draw("narrow", NARROW)}<figcaption>${escapeHtml(caption)}</figcaption></figure>`;
}

/** The style of the pictures, for those of this section. */
function styleOf(picture: Picture): string {
  const own = STYLE.exec(drawPicture(picture))?.[1] ?? "";
  return `\n${own.replaceAll(/([^{}]+)(\{[^{}]*\})/g, "svg.flow $1$2\n")}`;
}

const beginsAtZero = ({ flows, layer }: TrainingFlow): boolean =>
  lastFlow({ flows: flows.slice(0, 1), layer }).hiddenGradient.every((norm) => norm === 0);

/** How the gradient flowed while the network learnt: by time step and epoch, through the gates, and into the weights. */
export function flowSection(training: TrainingFlow | undefined): Section {
  if (training === undefined) return { html: "", style: "" };
  const { layer } = training;
  const steps = stepsPicture(training);
  const zero = beginsAtZero(training)
    ? " The output layer begins at zero, so the first batch sends nothing back."
    : "";
  const html = [
    "<h2>Gradient flow</h2>",
    `<p>${escapeHtml(memoryInWords(training))}</p>`,
    figure(
      steps,
      `Gradient of the loss for the hidden state of ${layer}, by time step and epoch, of each epoch's first batch: little is learnt from where it is pale.${zero}`,
    ),
    `<div class="pair">${figure(gatesPicture(training), `Gates of ${layer} in the last epoch, from the first step of the window to the last.`, HALF)}${figure(
      saturationPicture(training),
      "Share of their activations within 0.05 of a bound.",
      HALF,
    )}</div>`,
    figure(updatesPicture(training), "How far an update moves each kernel, as a share of its size."),
    listHtml(flowFacts(training)),
  ].join("\n");
  return { html: `<section id="gradient-flow">${html}</section>`, style: styleOf(steps) };
}
