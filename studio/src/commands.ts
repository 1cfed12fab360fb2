/** What one can have done: the page's buttons, in words the workers understand. */
import { batch, effect, signal } from "@preact/signals";
import { broken, trainer } from "./boot.ts";
import { atOnce, pace } from "./draw/pace.ts";
import type {
  ExportKind,
  Finding,
  FromWorker,
  Job,
  Progress,
  Recorded,
  Stage,
  ToWorker,
  Trained,
} from "./protocol.ts";
import { adapted } from "./recipe/adapt.ts";
import { recipeOfCase } from "./recipe/cases.ts";
import { type StudioRecipe, withRecipe } from "./recipe/studio-recipe.ts";
import * as state from "./state.ts";
import { download } from "./text/download.ts";

let doctor: Worker | undefined;
/** Of the run; what comes from an older one is not listened to. */
let run = 0;
let question = 0;
let pending: ReturnType<typeof setTimeout> | undefined;
/** Goes on when the run's weights have come. */
let whenSnapshot: ((trained: Trained) => void) | undefined;

const tell = (message: ToWorker): void => trainer.postMessage(message);

/** What shows sequences and forecasts, which cost more than an update to look at. */
const LOOKED_AT = ["Forecast", "Cell trace", "Look closer"];

export function startWorkers(): void {
  trainer.onmessage = ({ data }: MessageEvent<FromWorker>) => hear(data);
  void broken.then((why) => {
    state.alarm.value = `The training stopped: ${why}.`;
  });
  // What nobody sees is not computed while it trains.
  const isVisible = signal(!document.hidden);
  document.addEventListener("visibilitychange", () => {
    isVisible.value = !document.hidden;
  });
  effect(() => {
    const looks = isVisible.value && LOOKED_AT.some((name) => state.inSight.value.has(name));
    tell({ kind: "watching", looks });
  });
}

const job = (): Job => ({
  recipe: state.recipe.value,
  files: {
    ...(state.dataFile.value === undefined || state.recipe.value.data !== "file"
      ? {}
      : { data: state.dataFile.value }),
    ...(state.modelFile.value === undefined ? {} : { model: state.modelFile.value }),
  },
});

function load(): void {
  clearTimeout(pending);
  pending = undefined;
  run++;
  // What the doctor still says is of another run.
  question++;
  whenOver = undefined;
  latest = state.NOTHING_YET;
  state.forgetRun();
  tell({ kind: "load", id: run, job: job() });
  tell({ kind: "speed", updatesPerSecond: state.speed.value });
  // The doctor comes after the first pictures: both at once would be later.
  isUnseen = true;
  state.findings.value = { ...state.findings.value, isLooking: true };
}

/** Whether the doctor has still to look at the untrained model. */
let isUnseen = false;
function firstLook(): void {
  if (!isUnseen) return;
  isUnseen = false;
  lookAtIt(null, "before");
}

/** Loads what was changed a moment ago. */
function settle(): void {
  if (pending !== undefined) load();
}

/** Takes another recipe; a run begins anew, after a moment in which more may change. */
export function change(next: StudioRecipe, delay = 120): void {
  if (next === state.recipe.value) return;
  state.recipe.value = next;
  clearTimeout(pending);
  if (delay === 0) load();
  else pending = setTimeout(load, delay);
}

export function train(): void {
  settle();
  const { epoch, ended, running } = state.progress.value;
  const epochs = state.recipe.value.recipe.fit?.epochs ?? 25;
  if (running) return;
  if (ended !== undefined || epoch >= epochs) load();
  state.place.value = "newest";
  tell({ kind: "run", until: { kind: "epochs", epochs } });
}

export function pause(): void {
  whenOver = undefined;
  tell({ kind: "pause" });
}

export function step(): void {
  settle();
  state.place.value = "newest";
  tell({ kind: "run", until: { kind: "update" } });
}

export function epoch(): void {
  settle();
  state.place.value = "newest";
  tell({ kind: "run", until: { kind: "epoch" } });
}

export const reset = (): void => load();

export function setSpeed(updatesPerSecond: number): void {
  state.speed.value = updatesPerSecond;
  tell({ kind: "speed", updatesPerSecond });
}

export const probe = (example: number): void => tell({ kind: "probe", example });

/** Keeps the run to be seen beside the next. */
export function compare(): void {
  if (state.points.length === 0) {
    state.alarm.value = "There is no run to keep yet: train for an epoch first.";
    return;
  }
  kept++;
  state.keepRun(`run ${kept}`);
  state.notice.value = `Kept as run ${kept}. Change something and train: the next run is drawn beside it in every picture.`;
}
let kept = 0;

/** Trains the sick case of the pair that is chosen, keeps it, and trains its healthy twin beside it. */
export function trainPair(): void {
  const pair = state.recipe.value.case?.replace(/: (sick|cured)$/, "");
  const [sick, cured] = [recipeOfCase(`${pair}: sick`), recipeOfCase(`${pair}: cured`)];
  if (sick === undefined || cured === undefined) return;
  const epochs = state.recipe.value.recipe.fit?.epochs;
  const both = (studio: StudioRecipe): StudioRecipe =>
    epochs === undefined ? studio : withRecipe(studio, { fit: { ...studio.recipe.fit, epochs } });
  state.modelFile.value = undefined;
  change(both(sick), 0);
  train();
  whenOver = () => {
    if (state.frames.length > 0) state.keepRun("sick");
    change(both(cured), 0);
    train();
  };
}
/** Goes on when the training under way is over, or refused. */
let whenOver: (() => void) | undefined;
function goOn(): boolean {
  const next = whenOver;
  whenOver = undefined;
  next?.();
  return next !== undefined;
}

/** Makes the change a finding asks for, and trains. */
export function applyRemedy(finding: Finding): void {
  const { remedied: next } = finding;
  if (next === null) {
    state.alarm.value = `No machine can make this change: ${finding.remedy}`;
    return;
  }
  if (state.frames.length > 0) state.keepRun(`before: ${finding.code.replaceAll("_", " ")}`);
  state.modelFile.value = undefined;
  change(next, 0);
  train();
}

/** Data of another kind need another last layer, another window. */
export function chooseData(name: string): void {
  change(adapted(state.recipe.value, name), 0);
}

/** Milliseconds of training before the doctor looks at it, and from one look to the next, at least. */
const LIVE_AFTER = 4000;
/** So many times as long as his last look took he waits before the first one at a training under way. */
const LIVE_FIRST = 4;
/** All others take no more than one part in so many of the time. */
const LIVE_SHARE = 20;
let live = { isBusy: false, cost: 0, next: Number.POSITIVE_INFINITY, asked: 0 };

/** What the doctor was asked last and has not answered. */
let open: { readonly trained: Trained | null; readonly stage: Stage } | undefined;

function lookAtIt(trained: Trained | null, stage: Stage): void {
  question++;
  open = { trained, stage };
  doctor ??= startDoctor();
  if (stage !== "during") state.findings.value = { ...state.findings.value, isLooking: true };
  live = { ...live, isBusy: true, asked: performance.now() };
  const cure = recipeOfCase((state.recipe.value.case ?? "").replace(/: sick$/, ": cured")) ?? null;
  doctor.postMessage({ kind: "diagnose", id: question, job: job(), trained, stage, cure } satisfies ToWorker);
}

/** Has the doctor look at a training that goes on, where he has time and it has gone on for long enough. */
function lookOn(): void {
  const now = performance.now();
  if (live.isBusy || whenSnapshot !== undefined || now < live.next || state.points.length < 2) return;
  askDoctor("during");
}

function startDoctor(): Worker {
  const worker = new Worker(new URL("./worker/worker.ts", import.meta.url), {
    type: "module",
    name: "gateflow doctor",
  });
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    hasAnswered = true;
    if ("id" in data && data.id === question) open = undefined;
    if (data.kind === "failed") {
      if (data.id === question) state.findings.value = { ...state.findings.value, isLooking: false };
      state.alarm.value = data.message;
    }
    if (data.kind === "findings" || data.kind === "failed") {
      const now = performance.now();
      const cost = now - live.asked;
      live = {
        ...live,
        isBusy: data.id !== question,
        cost,
        next: now + Math.max(LIVE_AFTER, LIVE_SHARE * cost),
      };
    }
    if (data.kind !== "findings" || data.id !== question) return;
    const { stage, findings } = data;
    state.findings.value = {
      ...state.findings.value,
      [stage]: findings,
      ...(stage === "during" ? {} : { isLooking: false }),
    };
  };
  let hasAnswered = false;
  worker.onerror = (event) => {
    event.preventDefault();
    if (doctor !== worker) return;
    worker.terminate();
    doctor = undefined;
    live = { ...live, isBusy: false };
    if (open === undefined) return;
    // A file may not have come; one that broke off in its work is asked once more as well, and no more after that.
    if (hasAnswered || !hasFailed) {
      hasFailed = !hasAnswered;
      lookAtIt(open.trained, open.stage);
      return;
    }
    open = undefined;
    state.findings.value = { ...state.findings.value, isLooking: false };
    state.alarm.value = `The doctor could not be started: ${event.message || "its worker's file did not come"}.`;
  };
  return worker;
}
/** Whether a doctor broke before it had answered anything. */
let hasFailed = false;

let asked = 0;
const waiting = new Map<number, (message: FromWorker) => void>();

/** A question with one answer. */
function ask(make: (id: number) => ToWorker, transfer: Transferable[] = []): Promise<FromWorker> {
  asked++;
  const id = -asked;
  return new Promise((resolve) => {
    waiting.set(id, resolve);
    trainer.postMessage(make(id), transfer);
  });
}

/** Reads a file in the worker. */
export function openBytes(name: string, bytes: Uint8Array): Promise<FromWorker> {
  return ask((id) => ({ kind: "open", id, name, bytes }), [bytes.buffer as ArrayBuffer]);
}

/** Everything the page has recorded of the run. */
export const recordedNow = (): Recorded => ({
  frames: state.frames,
  points: state.points,
  look: state.shownLook.value ?? null,
  findings: state.findings.value.after ?? state.findings.value.during ?? state.findings.value.before,
});

/** Has a file made, and saves it. */
export async function exportAs(what: ExportKind): Promise<void> {
  settle();
  const recorded = recordedNow();
  const answer = await ask((id) => ({ kind: "export", id, what, job: job(), recorded }));
  if (answer.kind === "exported") download(answer.name, answer.type, answer.bytes);
  else if (answer.kind === "failed") state.alarm.value = answer.message;
}

/** What the training last said of itself, shown or not yet. */
let latest: Progress = state.NOTHING_YET;

function show(): void {
  batch(() => {
    state.progress.value = latest;
    state.recorded.value++;
  });
}

function hear(message: FromWorker): void {
  if (message.id < 0) {
    waiting.get(message.id)?.(message);
    waiting.delete(message.id);
    return;
  }
  if (message.kind === "snapshot") {
    whenSnapshot?.(message.trained);
    whenSnapshot = undefined;
    return;
  }
  if (message.id !== run) return;
  switch (message.kind) {
    case "loaded":
      state.loaded.value = message.info;
      break;
    case "refused":
      batch(() => {
        state.refusal.value = message.refusal;
        state.progress.value = { ...state.progress.value, running: false };
      });
      if (!goOn()) firstLook();
      break;
    case "frames":
      state.addFrames(message.frames, message.stride);
      pace(show);
      break;
    case "look":
      state.addLook(message.look);
      pace(show);
      firstLook();
      break;
    case "progress": {
      const { running, ended } = latest;
      latest = message.progress;
      state.addPoints(latest.points);
      // While it runs the page follows at its own pace; where it begins, rests or ends it shows that at once.
      if (latest.running && running) {
        pace(show);
        lookOn();
      } else atOnce(show);
      if (latest.running && !running)
        live = { ...live, next: performance.now() + Math.max(LIVE_AFTER, LIVE_FIRST * live.cost) };
      // A training is over: now there is something for the doctor to see.
      if (latest.ended !== undefined && ended === undefined && !goOn()) askDoctor("after");
      break;
    }
  }
}

function askDoctor(stage: Stage): void {
  const own = run;
  if (stage === "after") state.findings.value = { ...state.findings.value, isLooking: true };
  whenSnapshot = (trained) => {
    if (own === run) lookAtIt(trained, stage);
  };
  tell({ kind: "snapshot" });
}
