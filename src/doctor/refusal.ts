import type { GateflowError } from "../errors.js";
import { type Code, isCode } from "./causes.js";
import type { Diagnosis } from "./diagnosis.js";
import { bars } from "./pictures/pictures.js";
import { prospectOf } from "./prospects.js";

/** Faults that only a refusal tells: what else is found beside them, they come first, for nothing can be built or trained. */
export const refusedCodes: readonly Code[] = [
  "stacked_lstm_needs_return_sequences",
  "label_shape_mismatch",
  "index_out_of_range",
];

const isShape = (value: unknown): value is readonly (number | null)[] =>
  Array.isArray(value) && value.every((extent) => extent === null || typeof extent === "number");

const shapeText = (shape: readonly (number | null)[]): string =>
  `[${shape.map((extent) => extent ?? "N").join(", ")}]`;

const textOf = (value: unknown): string =>
  isShape(value) ? shapeText(value) : typeof value === "string" ? value : JSON.stringify(value);

/** What came and what was expected, where the error says so. */
function evidenceOf({ received, expected }: GateflowError): Record<string, string> {
  return {
    ...(received === undefined ? {} : { received: textOf(received) }),
    ...(expected === undefined ? {} : { expected: textOf(expected) }),
  };
}

/** `fit(): labels have …` without the call: the sentence stands by itself. */
const sentenceOf = ({ message }: GateflowError): string => message.replace(/^[\w.]+\(\)(?: \w+)?: /, "");

const firstOf = (text: string): string => text.split(/\. (?=[A-Z])/)[0]!.replace(/\.$/, "");

/** Numbers of a shape behind the samples'. */
const perSample = (shape: readonly (number | null)[]): number =>
  shape.slice(1).reduce<number>((size, extent) => size * (extent ?? 1), 1);

function stacked(error: GateflowError, timesteps: number | undefined): Partial<Diagnosis> {
  const [, layer = "the layer", from = "the layer before"] =
    /(`[^`]+`)[\s\S]* from (`[^`]+`)/.exec(error.message) ?? [];
  return {
    title: `${layer} needs a sequence, and ${from} hands on its last output only`,
    why: "Without returnSequences a recurrent layer keeps its outputs to itself, all but the last: the next one has no time steps to read. Taken for one long sequence, as some libraries do, the batch trains without a symptom, and each answer depends on the samples before it; here it is refused before the first update.",
    remedy: sentenceOf(error).split(". ").slice(1).join(". ") || sentenceOf(error),
    fix: { layers: [] },
    ...(timesteps === undefined
      ? {}
      : {
          picture: bars(
            "Time steps handed from layer to layer",
            [
              ["of the input", timesteps],
              [`${from} hands on`, 1],
              [`${layer} expects`, timesteps],
            ],
            { x: "time steps", y: "layer" },
          ),
        }),
  };
}

function labels(error: GateflowError): Partial<Diagnosis> {
  const { received, expected } = error;
  const shapes = isShape(received) && isShape(expected) ? { received, expected } : undefined;
  const width = shapes?.received.at(-1);
  const isWidth = shapes !== undefined && shapes.received.length === shapes.expected.length;
  return {
    why: "Each prediction needs a label of its own. Stretched to fit, as some libraries do, every prediction is compared with every label: the loss is least where all predictions are the labels' mean, so it stalls at the target's variance and says nothing. Here it is refused before the first update.",
    remedy: isWidth
      ? `Give labels of the shape ${shapeText(shapes.expected)}, or have the last layer predict as many numbers as there are labels: units: ${width}.`
      : sentenceOf(error),
    ...(shapes === undefined
      ? {}
      : {
          picture: bars(
            "Numbers for each sample",
            [
              ["labels", perSample(shapes.received)],
              ["predictions", perSample(shapes.expected)],
            ],
            { x: "numbers", y: "of what" },
          ),
        }),
  };
}

function index(error: GateflowError): Partial<Diagnosis> {
  const { received, expected } = error;
  const most = Number(/\d+$/.exec(String(expected))?.[0]);
  const isLabel = / y holds /.test(error.message);
  return {
    evidence: { received: textOf(received), expected: textOf(expected), bound: most },
    why: isLabel
      ? "A class is the place of an output unit, counted from 0: there is no unit for this one. Elsewhere the loss reads beside the predictions, or becomes NaN."
      : "An index is the row of a table: this row is not there. Elsewhere whatever stands behind the table is read, or zeros.",
    ...(typeof received === "number" && Number.isFinite(most)
      ? {
          picture: bars(
            isLabel ? "Labels and units" : "Indices and rows",
            [
              [isLabel ? "label" : "index", received],
              [isLabel ? "largest class" : "largest row", most],
            ],
            { x: isLabel ? "class" : "index", y: "of what", marks: { largest: most } },
          ),
        }
      : {}),
  };
}

/**
 * What was refused, as a diagnosis.
 * @param timesteps of the sequences the model was given, where known.
 */
export function refusalOf(error: GateflowError, timesteps?: number): Diagnosis {
  const code = isCode(error.code) ? error.code : "refused";
  return {
    code,
    severity: "error",
    title: firstOf(sentenceOf(error)),
    evidence: evidenceOf(error),
    why: "The engine refuses it before the first update.",
    remedy: sentenceOf(error),
    ...prospectOf(code),
    ...(code === "stacked_lstm_needs_return_sequences"
      ? stacked(error, timesteps)
      : code === "label_shape_mismatch"
        ? labels(error)
        : code === "index_out_of_range"
          ? index(error)
          : {}),
  };
}
