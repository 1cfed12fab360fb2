/** Everything the page knows, in one place. */
import { batch, computed, signal } from "@preact/signals";
import type {
  Finding,
  Frame,
  Job,
  LayerFrame,
  Loaded,
  Look,
  LossPoint,
  OpenedFile,
  Progress,
  Refusal,
} from "./protocol.ts";
import { DEFAULT_RECIPE, type StudioRecipe } from "./recipe/studio-recipe.ts";

export const recipe = signal<StudioRecipe>(DEFAULT_RECIPE);
/** What was opened: numbers, and a model. */
export const dataFile = signal<OpenedFile | undefined>(undefined);
export const modelFile = signal<OpenedFile | undefined>(undefined);

/** What is trained, as workers are told. */
export const jobNow = (): Job => ({
  recipe: recipe.value,
  files: {
    ...(dataFile.value === undefined || recipe.value.data !== "file" ? {} : { data: dataFile.value }),
    ...(modelFile.value === undefined ? {} : { model: modelFile.value }),
  },
});

export const NOTHING_YET: Progress = {
  epoch: 0,
  update: 0,
  loss: Number.NaN,
  validation: Number.NaN,
  running: false,
  updatesPerSecond: 0,
  points: [],
};
export const progress = signal<Progress>(NOTHING_YET);
export const loaded = signal<Loaded | null>(null);
export const refusal = signal<Refusal | null>(null);
/** Updates a second; 0: as fast as it goes. */
export const speed = signal(0);

/** What was recorded of this run; the lists grow in place, the number tells that they did, and that it is time to show it. */
export const frames: Frame[] = [];
export const points: LossPoint[] = [];
export const looks: Look[] = [];
export const recorded = signal(0);

/** A run that is kept to be seen beside the next. */
export interface KeptRun {
  readonly name: string;
  readonly points: readonly LossPoint[];
  readonly frames: readonly Frame[];
  /** Some of its looks, the last one among them. */
  readonly looks: readonly Look[];
}
export const keptRuns = signal<readonly KeptRun[]>([]);
const MOST_KEPT = 4;
const LOOKS_OF_KEPT = 12;

/** Keeps the run as it stands; the oldest of too many is forgotten. */
export function keepRun(name: string): void {
  const every = Math.ceil(looks.length / LOOKS_OF_KEPT);
  const some = looks.filter((_, i) => i % every === 0 || i === looks.length - 1);
  keptRuns.value = [
    ...keptRuns.value.filter((run) => run.name !== name).slice(1 - MOST_KEPT),
    { name, points: [...points], frames: [...frames], looks: some },
  ];
  besideName.value = name;
}

/** Which of them is drawn beside the present one in every picture; null: none. */
export const besideName = signal<string | null>(null);
export const beside = computed(() => keptRuns.value.find(({ name }) => name === besideName.value));

export interface Findings {
  readonly before: readonly Finding[];
  /** Of the training under way; null: not looked at yet. */
  readonly during: readonly Finding[] | null;
  readonly after: readonly Finding[] | null;
  readonly isLooking: boolean;
}
export const NO_FINDINGS: Findings = { before: [], during: null, after: null, isLooking: false };
export const findings = signal<Findings>(NO_FINDINGS);

/** What went wrong with something that was asked for; one at a time. */
export const alarm = signal<string | null>(null);
/** What went well, for those who cannot see it. */
export const notice = signal<string | null>(null);

/** The moment that is shown: the number of its update, or the newest, whichever it is. */
export const place = signal<number | "newest">("newest");
/** Its index among the frames: a number of an update stays what it is when the list is thinned. */
export const shownPlace = computed(() => {
  void recorded.value;
  const { value } = place;
  if (value === "newest") return frames.length - 1;
  return Math.max(
    0,
    frames.findLastIndex(({ update }) => update <= value),
  );
});
export const shownFrame = computed<Frame | undefined>(() => {
  void recorded.value;
  return frames[shownPlace.value];
});
/** The newest look that is no newer than the frame; at the newest place the newest of all. */
export const shownLook = computed<Look | undefined>(() => {
  void recorded.value;
  const frame = shownFrame.value;
  if (place.value === "newest" || frame === undefined) return looks.at(-1);
  return looks.findLast(({ update }) => update <= frame.update) ?? looks[0];
});

/** Of the run beside: what it was at the same update; where the present one rests at its end, how it ended, too. */
const besideUpdate = computed(() =>
  place.value === "newest" && !progress.value.running
    ? Number.POSITIVE_INFINITY
    : (shownFrame.value?.update ?? 0),
);
export const besideFrame = computed<Frame | undefined>(() => {
  const kept = beside.value?.frames ?? [];
  return kept.findLast(({ update }) => update <= besideUpdate.value) ?? kept[0];
});
export const besideLook = computed<Look | undefined>(() => {
  const kept = beside.value?.looks ?? [];
  return kept.findLast(({ update }) => update <= besideUpdate.value) ?? kept[0];
});

/** What is looked at more closely: a layer, a unit, a time step. */
export const layerName = signal<string | null>(null);
export const unit = signal(0);
export const timeStep = signal<number | null>(null);

export const recurrentOf = (frame: Frame | undefined): LayerFrame[] =>
  frame?.layers.filter(({ recurrent }) => recurrent !== null) ?? [];
export const shownLayer = computed(() => {
  const recurrent = recurrentOf(shownFrame.value);
  return recurrent.find(({ name }) => name === layerName.value) ?? recurrent[0];
});
export const shownTrace = computed(() => {
  const traces = shownLook.value?.traces ?? [];
  return traces.find(({ layer }) => layer === shownLayer.value?.name) ?? traces[0];
});
/** The layer of the run beside that stands where the shown one stands, whatever it is called. */
export const besideLayer = computed(() => {
  const own = recurrentOf(besideFrame.value);
  const at = recurrentOf(shownFrame.value).findIndex(({ name }) => name === shownLayer.value?.name);
  return own[at] ?? own[0];
});
export const besideTrace = computed(() => {
  const traces = besideLook.value?.traces ?? [];
  return traces.find(({ layer }) => layer === besideLayer.value?.name) ?? traces[0];
});

/** Where one is in the tour; null: nowhere. */
export const walkStop = signal<number | null>(null);
/** Whether somebody is here for the first time. */
export const isInvited = signal(false);
/** Where one is in the update that is shown slowly; null: nowhere. */
export const slowStage = signal<number | null>(null);

/** Names of pictures that are pointed out. */
export const lit = signal<readonly string[]>([]);
/** How much of the backward pass is still to come, 1 to 0, while it is shown slowly. */
export const sweep = signal<number | null>(null);

/** What of the page is on the screen: the names of its pictures, and of parts that are folded out. */
export const inSight = signal<ReadonlySet<string>>(new Set());
export function sight(name: string, isSeen: boolean): void {
  if (inSight.value.has(name) === isSeen) return;
  const next = new Set(inSight.value);
  if (isSeen) next.add(name);
  else next.delete(name);
  inSight.value = next;
}

/** Light or dark, as the page is now; pictures are drawn anew when it changes. */
export const scheme = signal<"light" | "dark">("light");

/** Forgets the run, not the recipe. */
export function forgetRun(): void {
  frames.length = 0;
  points.length = 0;
  looks.length = 0;
  batch(() => {
    progress.value = NOTHING_YET;
    loaded.value = null;
    refusal.value = null;
    findings.value = NO_FINDINGS;
    place.value = "newest";
    recorded.value++;
  });
}

const MOST_LOOKS = 150;
/** Numbers of all looks together: 32 MB of them. */
const MOST_NUMBERS = 4e6;
const MOST_POINTS = 4000;

export function addFrames(added: readonly Frame[], stride: number): void {
  frames.push(...added);
  // The worker has thinned its list: so does the page. The newest stays, whatever its number.
  const newest = frames.at(-1);
  const kept = frames.filter((frame) => frame.update % stride === 0 || frame === newest);
  if (stride > 1 && kept.length < frames.length && frames.length > 400) {
    frames.length = 0;
    frames.push(...kept);
  }
}

const sizeOf = ({ traces }: Look): number =>
  traces.reduce((sum, { timesteps, units }) => sum + 12 * timesteps * units, 0);

export function addLook(look: Look): void {
  if (looks.at(-1)?.update === look.update) looks.pop();
  looks.push(look);
  // The first and the last stay; between them every other one.
  if (looks.length > Math.min(MOST_LOOKS, Math.max(4, MOST_NUMBERS / (sizeOf(look) || 1)))) {
    const kept = looks.filter((_, i) => i % 2 === 0 || i === looks.length - 1);
    looks.length = 0;
    looks.push(...kept);
  }
}

export function addPoints(added: readonly LossPoint[]): void {
  points.push(...added);
  if (points.length > MOST_POINTS) {
    const kept = points.filter((_, i) => i % 2 === 0 || i === points.length - 1);
    points.length = 0;
    points.push(...kept);
  }
}
