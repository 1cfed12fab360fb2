import type { Section } from "../support/section.js";
import { trainedOnce } from "../support/trained.js";

const MEBI = 2 ** 20;

/** Linear memory that a model holds after training and after prediction, beside what its weights alone need. */
export const memory: Section = async ({ shapes, dist, log }) => {
  const rows = [];
  for (const shape of shapes) {
    log(`memory: ${shape.name}`);
    const { weights, training, prediction } = await trainedOnce(dist, shape);
    rows.push({ shape: shape.name, weights, training, prediction });
  }
  return {
    reports: [
      {
        title: "Linear memory in use, MiB",
        columns: ["shape", "weights", "weights, gradients, Adam", "after training", "after prediction alone"],
        rows: rows.map(({ shape, weights, training, prediction }) => [
          shape,
          (4 * weights) / MEBI,
          (16 * weights) / MEBI,
          training / MEBI,
          prediction / MEBI,
        ]),
        notes: ["Training keeps the tape of gates and states: 4 B T (6 H + F) bytes a layer, at least."],
      },
    ],
    data: rows,
  };
};
