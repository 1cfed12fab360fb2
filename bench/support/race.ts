import type { Outcome, Task } from "../peers/task.js";
import type { Shape } from "../shapes.js";
import { runScript } from "./child.js";
import { median, spread } from "./statistics.js";

/** Who runs, and how. */
export interface Entrant {
  readonly name: string;
  /** A file of bench/. */
  readonly script: string;
  readonly task: Pick<Task, "threads" | "backend" | "dist" | "ceiling" | "leastWarmSteps">;
  /** The program that runs it, if not this Node. */
  readonly node?: string;
  /** A peer that fails, or computes something else, is left out; ours must not. */
  readonly isPeer?: true;
}

/** `rounds`, and what a task says of time. */
export type Pace = { readonly rounds: number } & Pick<
  Task,
  "warmSteps" | "leastWarmSeconds" | "warmSeconds" | "seconds"
>;

export interface Standing {
  readonly name: string;
  readonly engine: string;
  /** Median of the rounds' medians, in milliseconds. */
  readonly milliseconds: number;
  readonly rounds: readonly number[];
  /** Half the distance between quartiles over the median: within a round, or between rounds where that is more. */
  readonly spread: number;
  readonly warmSteps: number;
  readonly losses: readonly number[];
  readonly ceiling: number | null;
}

/** A minute for what the numbers' making takes besides: start, weights, checks, one step too many. */
const GRACE_SECONDS = 60;

/** Losses after equal updates differ by rounding, and by where Adam's epsilon stands. */
const SAME_LOSS = 5e-3;

/**
 * Runs the entrants in turn, each time in a fresh process: first all once, then all again in the opposite order. What
 * slows the machine down for a while slows all of them.
 * @throws Error when one of ours fails, or losses of the same updates disagree: then they did not do the same work.
 */
export async function race(
  shape: Shape,
  mode: Task["mode"],
  entrants: readonly Entrant[],
  pace: Pace,
  log: (line: string) => void,
  leaveOut: (name: string, why: string) => void = () => {},
): Promise<Standing[]> {
  const { rounds, ...timing } = pace;
  const out = new Set<string>();
  const outcomes = new Map<string, Outcome[]>();
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? entrants : entrants.toReversed();
    for (const { name, script, task, node, isPeer } of order) {
      if (out.has(name)) continue;
      log(`${mode} ${shape.name}: ${name}${rounds > 1 ? `, round ${round + 1} of ${rounds}` : ""}`);
      const timeout = (pace.warmSeconds + pace.seconds + GRACE_SECONDS) * 1000;
      try {
        const outcome = await runScript<Outcome>(
          script,
          { shape, mode, ...timing, ...task } satisfies Task,
          node === undefined ? { timeout } : { timeout, node },
        );
        outcomes.set(name, [...(outcomes.get(name) ?? []), outcome]);
      } catch (error) {
        if (isPeer !== true) throw error;
        out.add(name);
        const lines = (error as Error).message.split("\n").filter((line) => line.trim() !== "");
        leaveOut(name, lines.find((line) => /^\w*Error\b/.test(line)) ?? lines[0]!);
      }
    }
  }
  const standings = entrants
    .filter(({ name }) => !out.has(name))
    .map(({ name }) => standingOf(name, outcomes.get(name)!));
  const first = standings[0]!;
  return standings.filter((standing) => {
    const why = disagreement(standing.losses, first.losses);
    if (why === null) return true;
    if (entrants.find(({ name }) => name === standing.name)?.isPeer !== true) {
      throw new Error(`${shape.name}: ${standing.name} is not ${first.name}: ${why}`);
    }
    leaveOut(standing.name, why);
    return false;
  });
}

/** Why losses are not those of the same updates; null where they are. */
function disagreement(losses: readonly number[], expected: readonly number[]): string | null {
  // A peer without an optimizer here repeats its first loss.
  const own = new Set(losses).size === 1 ? losses.slice(0, 1) : losses;
  const at = own.findIndex((loss, i) => {
    const other = expected[i] ?? loss;
    return !(Math.abs(loss - other) <= SAME_LOSS * Math.abs(other));
  });
  return at < 0 ? null : `loss ${at} is ${own[at]}, not ${expected[at]}`;
}

function standingOf(name: string, outcomes: readonly Outcome[]): Standing {
  const medians = outcomes.map(({ milliseconds }) => median(milliseconds));
  const ceilings = outcomes.flatMap(({ ceiling }) => ceiling ?? []);
  return {
    name,
    engine: outcomes[0]!.engine,
    milliseconds: median(medians),
    rounds: medians,
    spread: Math.max(spread(medians), ...outcomes.map(({ milliseconds }) => spread(milliseconds))),
    warmSteps: Math.min(...outcomes.map(({ warmSteps }) => warmSteps)),
    losses: outcomes[0]!.losses,
    ceiling: ceilings.length === 0 ? null : Math.max(...ceilings),
  };
}

/** How many times as long a peer takes: the median over rounds, each compared within itself. */
export function ratio(own: Standing, peer: Standing | undefined): number | null {
  if (peer === undefined) return null;
  return median(peer.rounds.map((time, round) => time / own.rounds[round]!));
}
