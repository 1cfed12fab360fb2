import { installPeers, newerNode } from "../peers/install.js";
import { predictionFlops, type Shape, trainingFlops } from "../shapes.js";
import { type Entrant, type Pace, race, ratio, type Standing } from "../support/race.js";
import type { Findings, Section, Settings } from "../support/section.js";
import { geometricMean } from "../support/statistics.js";
import { type Cell, digits, type Report } from "../support/table.js";

type Mode = "training" | "prediction";

/** The engine tries its kernels three times alone and three times shared before it chooses; then it is itself. */
const SETTLED = 8;

const ours = (threads: number | "auto", dist: string): Entrant => ({
  name: threads === 1 ? "gateflow, 1 thread" : "gateflow",
  script: "peers/gateflow.ts",
  task: {
    threads,
    dist,
    ...(threads === 1 ? { ceiling: true } : { leastWarmSteps: SETTLED }),
  },
});
const tfjs = (backend: "wasm" | "cpu"): Entrant => ({
  name: `tfjs ${backend}`,
  script: "peers/tfjs.ts",
  task: { threads: 1, backend },
  isPeer: true,
});
const onnx: Entrant = {
  name: "onnxruntime-web",
  script: "peers/onnx.ts",
  task: { threads: 1 },
  isPeer: true,
};
function jax(): Entrant[] {
  const node = newerNode();
  if (node === null) return [];
  return [{ name: "jax-js", script: "peers/jax.ts", task: { threads: 1 }, node, isPeer: true }];
}

/**
 * Peers a shape is raced against. Left out is what would take minutes a step (tfjs cpu beyond the smallest), or
 * minutes to compile (jax-js has no scan: steps are written out); in a quick run also what takes seconds a step.
 */
function peersOf(mode: Mode, { name }: Shape, quick: boolean, optional: boolean): Entrant[] {
  const small = name === "seed-a" || name === "seed-b";
  const huge = name === "xl";
  return [
    ...(huge || (quick && !small) || (mode === "training" && name === "online") ? [] : [tfjs("wasm")]),
    ...(name === "seed-a" ? [tfjs("cpu")] : []),
    ...(optional && mode === "prediction" ? [onnx] : []),
    ...(optional && mode === "training" && (name === "seed-a" || (small && !quick)) ? jax() : []),
  ];
}

const paceOf = (quick: boolean): Pace =>
  quick
    ? { rounds: 1, warmSteps: 100, leastWarmSeconds: 0.6, warmSeconds: 1, seconds: 0.6 }
    : { rounds: 3, warmSteps: 40, leastWarmSeconds: 3, warmSeconds: 45, seconds: 4 };

interface Result {
  readonly shape: Shape;
  readonly standings: readonly Standing[];
}

/** The columns of one shape. */
function rowOf({ shape, standings }: Result, mode: Mode, peers: readonly string[]): Cell[] {
  const named = (name: string): Standing | undefined => standings.find((standing) => standing.name === name);
  const [one, own] = [named("gateflow, 1 thread")!, named("gateflow")!];
  const rate = (mode === "training" ? trainingFlops(shape) : predictionFlops(shape)) / one.milliseconds / 1e6;
  const share = one.ceiling === null ? null : `${Math.round((100 * rate) / one.ceiling)} %`;
  const times = peers.map((peer) => {
    // Equal threads in prediction; the default against peers that have one thread only in training.
    const value = ratio(mode === "prediction" ? one : own, named(peer));
    return value === null ? null : `${digits(value)}x`;
  });
  const trust = `${Math.round(100 * Math.max(one.spread, own.spread))} %`;
  return [
    shape.name,
    one.milliseconds,
    rate,
    share,
    own.milliseconds,
    `${digits(one.milliseconds / own.milliseconds)}x`,
    trust,
    ...times,
  ];
}

function meansOf(results: readonly Result[], mode: Mode, peers: readonly string[]): string[] {
  return peers.flatMap((peer) => {
    const values = results.flatMap(({ standings }) => {
      const own = standings.find(
        ({ name }) => name === (mode === "prediction" ? "gateflow, 1 thread" : "gateflow"),
      );
      return (
        ratio(
          own!,
          standings.find(({ name }) => name === peer),
        ) ?? []
      );
    });
    if (values.length < 2) return [];
    return [
      `Against ${peer}: ${digits(geometricMean(values))}x in the geometric mean, ${digits(Math.min(...values))}x at least.`,
    ];
  });
}

function reportOf(results: readonly Result[], mode: Mode, missing: readonly string[]): Report {
  const found = new Set(results.flatMap(({ standings }) => standings.map(({ name }) => name)));
  const peers = ["tfjs wasm", "tfjs cpu", "onnxruntime-web", "jax-js"].filter((name) => found.has(name));
  const engines = new Set(results.flatMap(({ standings }) => standings.map(({ engine }) => engine)));
  const cold = results.flatMap(({ shape, standings }) =>
    standings
      .filter(({ warmSteps, name }) => warmSteps < 20 && peers.includes(name))
      .map(({ name, warmSteps }) => `${name} on ${shape.name} (${warmSteps})`),
  );
  return {
    title: mode === "training" ? "Training: forward, loss, BPTT, clip, Adam" : "Prediction",
    columns: [
      "shape",
      "1 thread ms",
      "GF/s",
      "of ceiling",
      "default ms",
      "threads",
      "spread",
      ...peers.map((name) => `${name}`),
    ],
    rows: results.map((result) => rowOf(result, mode, peers)),
    notes: [
      mode === "prediction"
        ? "Peers: their time over ours with one thread each."
        : "Peers: their time over ours with its default threads; theirs run on one here. jax-js: the gradient alone, no update.",
      ...meansOf(results, mode, peers),
      `Ran: ${[...engines].join("; ")}.`,
      ...(cold.length === 0 ? [] : [`Warmed by fewer than 20 steps, which flatters us: ${cold.join(", ")}.`]),
      ...missing,
    ],
  };
}

async function run(mode: Mode, { quick, shapes, dist, log }: Settings): Promise<Findings> {
  const notInstalled = await installPeers(log);
  const missing = notInstalled === null ? [] : [notInstalled];
  const results: Result[] = [];
  for (const shape of shapes) {
    const entrants = [
      ours(1, dist),
      ours("auto", dist),
      ...peersOf(mode, shape, quick, notInstalled === null),
    ];
    const standings = await race(shape, mode, entrants, paceOf(quick), log, (name, why) => {
      missing.push(`${name} is left out of ${shape.name}: ${why}`);
    });
    results.push({ shape, standings });
  }
  const reports = [reportOf(results, mode, missing)];
  if (mode === "prediction") reports.push(...(await stepReport({ quick, shapes, dist, log })));
  return { reports, data: results };
}

/** One new time step through a stateful model: no batch machinery, the call included. */
async function stepReport({ quick, shapes, dist, log }: Settings): Promise<Report[]> {
  const shape = shapes.find(({ name }) => name === "online");
  if (shape === undefined) return [];
  const [standing] = await race({ ...shape, timesteps: 1 }, "step", [ours("auto", dist)], paceOf(quick), log);
  return [
    {
      title: "One time step through a stateful model (model.step)",
      columns: ["shape", "microseconds", "spread"],
      rows: [
        [
          `${shape.name}: ${shape.units} units, ${shape.features} features`,
          standing!.milliseconds * 1000,
          `${Math.round(100 * standing!.spread)} %`,
        ],
      ],
    },
  ];
}

export const training: Section = (settings) => run("training", settings);
export const prediction: Section = (settings) => run("prediction", settings);
