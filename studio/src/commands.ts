/** What one can have done: the page's buttons, in words the worker that trains understands. */
import { batch, computed, effect, signal } from "@preact/signals";
import * as doctor from "./doctor.ts";
import { atOnce, pace } from "./draw/pace.ts";
import type { ExportKind, Finding, FromWorker, Progress, Recorded } from "./protocol.ts";
import { adapted } from "./recipe/adapt.ts";
import { recipeOfCase } from "./recipe/cases.ts";
import { type StudioRecipe, withRecipe } from "./recipe/studio-recipe.ts";
import * as state from "./state.ts";
import { ask, listen, tell } from "./trainer.ts";

/** Of the run; what comes from an older one is not listened to. */
let run = 0;
let pending: ReturnType<typeof setTimeout> | undefined;

/** What shows sequences and forecasts, which cost more than an update to look at. */
const LOOKED_AT = ["Forecast", "Cell trace", "Look closer"];

export function startWorkers(): void {
  // What nobody sees is not computed while it trains.
  const isVisible = signal(!document.hidden);
  document.addEventListener("visibilitychange", () => {
    isVisible.value = !document.hidden;
  });
  const isWatched = computed(
    () => isVisible.value && LOOKED_AT.some((name) => state.inSight.value.has(name)),
  );
  const watch = (): void => tell({ kind: "watching", looks: isWatched.value });
  listen(hear, () => {
    // Another worker in place of one that broke off: it is told what the other one knew, and the run begins anew.
    const [wasTraining, next] = [isTraining, whenOver];
    watch();
    load();
    whenOver = next;
    if (wasTraining) train();
  });
  effect(watch);
}

function load(): void {
  clearTimeout(pending);
  pending = undefined;
  run++;
  isTraining = false;
  whenOver = undefined;
  latest = state.NOTHING_YET;
  state.forgetRun();
  tell({ kind: "load", id: run, job: state.jobNow() });
  tell({ kind: "speed", updatesPerSecond: state.speed.value });
  doctor.expect(run);
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
  isTraining = true;
  tell({ kind: "run", until: { kind: "epochs", epochs } });
}
/** Whether it has been asked for, and neither stopped nor come to its end. */
let isTraining = false;

export function pause(): void {
  isTraining = false;
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
  // It trains for as long as the sick one was to, unless that is what the finding changes.
  const { epochs } = state.recipe.value.recipe.fit ?? {};
  const isKept = epochs === undefined || finding.fix?.fit?.epochs !== undefined;
  change(isKept ? next : withRecipe(next, { fit: { ...next.recipe.fit, epochs } }), 0);
  train();
}

/** Data of another kind need another last layer, another window. */
export function chooseData(name: string): void {
  change(adapted(state.recipe.value, name), 0);
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
  const answer = await ask((id) => ({ kind: "export", id, what, job: state.jobNow(), recorded }));
  if (answer.kind === "failed") state.alarm.value = answer.message;
  if (answer.kind !== "exported") return;
  const { download } = await import("./text/download.ts");
  download(answer.name, answer.type, answer.bytes);
}

/** What the training last said of itself, shown or not yet. */
let latest: Progress = state.NOTHING_YET;

/** Whether anything has been recorded since it was last shown: without it the numbers change, and no picture. */
let isNews = false;

function show(): void {
  batch(() => {
    state.progress.value = latest;
    if (isNews) state.recorded.value++;
    isNews = false;
  });
}

function hear(message: FromWorker): void {
  if (message.id !== run) return;
  switch (message.kind) {
    case "snapshot":
      doctor.lookAt(message.trained);
      break;
    case "loaded":
      state.loaded.value = message.info;
      break;
    case "refused":
      batch(() => {
        state.refusal.value = message.refusal;
        state.progress.value = { ...state.progress.value, running: false };
      });
      if (!goOn()) doctor.lookFirst();
      break;
    case "frames":
      state.addFrames(message.frames, message.stride);
      isNews = true;
      pace(show);
      break;
    case "look":
      state.addLook(message.look);
      isNews = true;
      pace(show);
      doctor.lookFirst();
      break;
    case "progress": {
      const { running, ended } = latest;
      latest = message.progress;
      if (running && !latest.running) isTraining = false;
      state.addPoints(latest.points);
      isNews ||= latest.points.length > 0;
      // While it runs the page follows at its own pace; where it begins, rests or ends it shows that at once.
      if (latest.running && running) {
        pace(show);
        doctor.lookOn();
      } else atOnce(show);
      if (latest.running && !running) doctor.wait();
      // A training is over: now there is something for the doctor to see.
      if (latest.ended !== undefined && ended === undefined && !goOn()) doctor.ask("after");
      break;
    }
  }
}
