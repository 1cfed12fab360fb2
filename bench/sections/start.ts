import { runScript } from "../support/child.js";
import type { Section } from "../support/section.js";
import { median, spread } from "../support/statistics.js";

interface Start {
  readonly importing: number;
  readonly instantiation: number;
  readonly threads: number;
  readonly prediction: number;
}

/** Milliseconds for the wasm module to be compiled and instantiated. */
const INSTANTIATION_BUDGET = 10;

const told: readonly { readonly key: keyof Start; readonly what: string; readonly budget: number | null }[] =
  [
    { key: "importing", what: "import", budget: null },
    {
      key: "instantiation",
      what: "decode, compile and instantiate the kernels",
      budget: INSTANTIATION_BUDGET,
    },
    { key: "threads", what: "createEngine, workers started", budget: null },
    { key: "prediction", what: "build a model of 64 units and predict once (50 steps)", budget: null },
  ];

/** From nothing to the first prediction, each time in a fresh Node without a loader. */
export const start: Section = async ({ quick, dist, log }) => {
  const starts: Start[] = [];
  for (let round = 0; round < (quick ? 5 : 15); round++) {
    log(`start, round ${round + 1}`);
    starts.push(await runScript<Start>("start.mjs", { dist }, { nodeArguments: [] }));
  }
  return {
    reports: [
      {
        title: "Start, in milliseconds",
        columns: ["what", "median", "spread", "budget"],
        rows: told.map(({ key, what, budget }) => {
          const times = starts.map((one) => one[key]);
          return [what, median(times), `${Math.round(100 * spread(times))} %`, budget];
        }),
      },
    ],
    data: starts,
  };
};
