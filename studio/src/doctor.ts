/** The doctor, as the page sees him: when he looks, at what, and what he has said. */
import type { FromWorker, Stage, ToWorker, Trained } from "./protocol.ts";
import { recipeOfCase } from "./recipe/cases.ts";
import { alarm, findings, jobNow, points, recipe } from "./state.ts";
import { steadyWorker } from "./steady-worker.ts";
import { tell } from "./trainer.ts";

type Say = ReturnType<typeof steadyWorker>;
let say: Say | undefined;
/** The run he looks at. */
let run = 0;
let question = 0;
/** Whether he has still to look at the untrained model. */
let isUnseen = false;
/** At what stage the run is whose weights have been asked for. */
let expected: Stage | undefined;

/** Milliseconds of training before he looks at it, and from one look to the next, at least. */
const LIVE_AFTER = 4000;
/** So many times as long as his last look took he waits before the first one at a training under way. */
const LIVE_FIRST = 4;
/** All others take no more than one part in so many of the time. */
const LIVE_SHARE = 20;
let live = { isBusy: false, cost: 0, next: Number.POSITIVE_INFINITY, asked: 0 };

interface Question {
  readonly trained: Trained | null;
  readonly stage: Stage;
}
/** What he was asked last and has not answered. */
let open: Question | undefined;

const isLooking = (is: boolean): void => {
  findings.value = { ...findings.value, isLooking: is };
};

/** Another run begins: what he still says is of the one before. He comes after the first pictures: both at once would be later. */
export function expect(next: number): void {
  run = next;
  question++;
  expected = undefined;
  open = undefined;
  isUnseen = true;
  isLooking(true);
}

/** Has him look at the untrained model, once. */
export function lookFirst(): void {
  if (!isUnseen) return;
  isUnseen = false;
  look(null, "before");
}

/** A training begins: he waits until there is something to see. */
export function wait(): void {
  live = { ...live, next: performance.now() + Math.max(LIVE_AFTER, LIVE_FIRST * live.cost) };
}

/** Has him look at a training that goes on, where he has time and it has gone on for long enough. */
export function lookOn(): void {
  if (live.isBusy || expected !== undefined || performance.now() < live.next || points.length < 2) return;
  ask("during");
}

/** Has him look at the run as it is now, once its weights have come. */
export function ask(stage: Stage): void {
  if (stage === "after") isLooking(true);
  expected = stage;
  tell({ kind: "snapshot", id: run });
}

/** The run's weights, as they were asked for. */
export function lookAt(trained: Trained): void {
  const stage = expected;
  expected = undefined;
  if (stage !== undefined) look(trained, stage);
}

function look(trained: Trained | null, stage: Stage): void {
  isAgain = false;
  open = { trained, stage };
  if (stage !== "during") isLooking(true);
  put(open);
}

function put({ trained, stage }: Question): void {
  question++;
  live = { ...live, isBusy: true, asked: performance.now() };
  const cure = recipeOfCase((recipe.value.case ?? "").replace(/: sick$/, ": cured")) ?? null;
  const message: ToWorker = { kind: "diagnose", id: question, job: jobNow(), trained, stage, cure };
  say ??= start();
  say(message);
}

function hear(message: FromWorker): void {
  if (message.kind !== "findings" && message.kind !== "failed") return;
  const isLatest = message.id === question;
  const now = performance.now();
  const cost = now - live.asked;
  live = { ...live, isBusy: !isLatest, cost, next: now + Math.max(LIVE_AFTER, LIVE_SHARE * cost) };
  if (isLatest) open = undefined;
  if (message.kind === "failed") {
    if (isLatest) isLooking(false);
    alarm.value = message.message;
  } else if (isLatest) {
    const { stage, findings: found } = message;
    findings.value = {
      ...findings.value,
      [stage]: found,
      ...(stage === "during" ? {} : { isLooking: false }),
    };
  }
}

/** Whether the question has been put again already. */
let isAgain = false;

/** The worker he works in, started when he is first asked. */
const start = (): Say =>
  steadyWorker({
    start: () =>
      new Worker(new URL("./worker/worker.ts", import.meta.url), { type: "module", name: "gateflow doctor" }),
    hear,
    renewed(why, isHopeless) {
      live = { ...live, isBusy: false };
      if (open === undefined) return;
      // A file may not have come; what breaks him off in the middle is asked once more as well, and no more after that.
      if (why === null || !(isAgain || isHopeless)) {
        isAgain = why !== null;
        put(open);
        return;
      }
      open = undefined;
      isLooking(false);
      alarm.value = `The doctor broke off: ${why}.`;
    },
  });
