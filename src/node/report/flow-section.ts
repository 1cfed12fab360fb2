import { flowOverTraining, gateChart, updateChart } from "../../index.js";
import { flowFacts, lastFlow, memoryInWords } from "./flow-words.js";
import { plural } from "./numbers.js";
import { escapeHtml } from "./page.js";
import { listHtml } from "./page-parts.js";
import type { TrainingFlow } from "./training-flow.js";

const WIDE = 760;
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
function figure(draw: (width: number) => string, caption: string, id: string): string {
  const drawing = (kind: "wide" | "narrow", width: number): string => {
    const own = `${id}-${kind}`;
    return draw(width)
      .replace(STYLE, "")
      .replace("<svg ", `<svg class="${kind} flow" `)
      .replaceAll('id="none"', `id="${own}"`)
      .replaceAll("url(#none)", `url(#${own})`);
  };
  return `<figure>${drawing("wide", WIDE)}${drawing("narrow", NARROW)}<figcaption>${escapeHtml(caption)}</figcaption></figure>`;
}

/** The style of a picture's own, for pictures of this section. */
function styleOf(svg: string): string {
  const own = STYLE.exec(svg)?.[1] ?? "";
  return `\n${own.replaceAll(/([^{}]+)(\{[^{}]*\})/g, "svg.flow $1$2\n")}`;
}

/** The output layer begins at zero, and the first batch therefore sends nothing back. */
const beginsAtZero = ({ flows, layer }: TrainingFlow): boolean =>
  lastFlow({ flows: flows.slice(0, 1), layer }).hiddenGradient.every((norm) => norm === 0);

/** How the gradient flowed while the network learnt: by time step and epoch, through the gates, and into the weights. */
export function flowSection(training: TrainingFlow | undefined): Section {
  if (training === undefined) return { html: "", style: "" };
  const { flows, layer } = training;
  const name = escapeHtml(layer);
  const heat = (width: number): string => flowOverTraining(flows, { layer, width });
  const zero = beginsAtZero(training)
    ? " The output layer begins at zero, so the first batch sends nothing back (hatched)."
    : "";
  const html = [
    "<h2>Gradient flow</h2>",
    `<p>${escapeHtml(memoryInWords(training))}</p>`,
    figure(
      heat,
      `Gradient of the loss for the hidden state of ${layer}, by time step and epoch: where it is pale, little is learnt from. ${plural(flows.length, "flow")}, each of the first batch of an epoch.${zero}`,
      "flow-steps",
    ),
    figure(
      (width) => gateChart(lastFlow(training), { width }),
      `Gates of ${layer} in the last epoch, from the first step of the window to the last.`,
      "flow-gates",
    ),
    figure(
      (width) => updateChart(flows, { width }),
      "How far an update moved each tensor, as a share of its size. Black: not finite, as of weights that leave zero.",
      "flow-updates",
    ),
    listHtml(flowFacts(training)),
  ].join("\n");
  return {
    html: `<section id="gradient-flow" aria-label="Gradient flow of ${name}">${html}</section>`,
    style: styleOf(heat(WIDE)),
  };
}
