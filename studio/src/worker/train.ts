import {
  type Callback,
  createEngine,
  type Engine,
  earlyStopping,
  type Logs,
  type Sequential,
} from "gateflow";
import type { Frame, FromWorker, Job, LossPoint, Progress, Trained, Until } from "../protocol.ts";
import { buildModel } from "./build-model.ts";
import { buffersOf, frameOf, lookAt } from "./observe.ts";
import { type Prepared, prepare } from "./prepare.ts";

/** Frames the page keeps; at so many every other one is dropped, here and there. */
const MOST_FRAMES = 400;
const FRAMES_AN_EPOCH = 4;
/** Milliseconds between two messages about how far it is. */
const TELL_EVERY = 100;
/** Share of the time that looking at sequences and forecasts may take from training, and the least time between two looks. */
const LOOKING = 0.01;
const LOOK_EVERY = 200;
/** Weight of the newest measurement in the rate shown. */
const FRESH = 0.3;

/** Says something to the page; buffers that are given are handed over, not copied. */
export type Post = (message: FromWorker, buffers?: ArrayBuffer[]) => void;

/** Ends a fit from within a hook. */
class Stopped extends Error {}

let shared: { readonly reproducible: boolean; readonly engine: Promise<Engine> } | undefined;

/** One engine for all runs of a kind. */
export async function engineFor(reproducible: boolean): Promise<Engine> {
  if (shared?.reproducible === reproducible) {
    const engine = await shared.engine;
    if (!engine.disposed) return engine;
  }
  void shared?.engine.then((engine) => engine.dispose());
  // A policy that forbids blob: needs the worker's own file.
  const worker = (): Worker =>
    new Worker(new URL("./thread.ts", import.meta.url), { type: "module", name: "gateflow thread" });
  const threads = globalThis.crossOriginIsolated === true ? { worker } : { threads: 1 };
  const engine = createEngine({ reproducible, ...threads });
  shared = { reproducible, engine };
  engine.catch(() => {
    shared = undefined;
  });
  return engine;
}

/** One training: a single `fit` that waits before each update until it may make it. */
export class Run {
  readonly #id: number;
  readonly #job: Job;
  readonly #post: Post;
  /** Whether anybody sees what `#look` finds. */
  isWatched = true;
  #model!: Sequential;
  #prepared!: Prepared;
  #wake: (() => void) | undefined;
  /** How far it may go; null: it rests. */
  #until: Until | null = null;
  #startEpoch = 0;
  #updatesLeft = 0;
  #disposed = false;
  #ended: Progress["ended"];
  #epoch = 0;
  #update = 0;
  #stride = 1;
  #kept = 0;
  #loss = Number.NaN;
  #validation = Number.NaN;
  readonly #history: Record<string, number[]> = { loss: [], val_loss: [] };
  #points: LossPoint[] = [];
  #frames: Frame[] = [];
  #told = 0;
  #speed = 0;
  #rate = 0;
  #rateFrom = { time: 0, update: 0 };
  #looked = { spent: 0, training: 0, at: 0, update: -1 };
  #example = -1;

  constructor(id: number, job: Job, post: Post) {
    this.#id = id;
    this.#job = job;
    this.#post = post;
  }

  /** Makes data and model, says what they are, and shows the untrained model. */
  async begin(): Promise<void> {
    const { recipe } = this.#job;
    const engine = await engineFor(recipe.reproducible);
    this.#prepared = await prepare(this.#job);
    if (this.#disposed) return;
    const model = await buildModel(this.#job, this.#prepared, engine);
    this.#model = model;
    const { train, validation } = this.#prepared;
    const batchSize = recipe.recipe.fit?.batchSize ?? 32;
    const updatesPerEpoch = Math.ceil(train.x.shape[0]! / batchSize);
    this.#stride = Math.max(1, Math.round(updatesPerEpoch / FRAMES_AN_EPOCH));
    const size = { batchSize: model.batchSize ?? 256 };
    const first = { x: head(train.x, batchSize), y: head(train.y, batchSize) };
    const flow = frameOf(await model.gradientFlow(first.x, first.y), 0, 0);
    this.#post({ kind: "frames", id: this.#id, frames: [flow], stride: this.#stride });
    this.#loss = (await model.evaluate(train.x, train.y, size)).loss!;
    this.#validation =
      model.batchSize === undefined
        ? (await model.evaluate(validation.x, validation.y, size)).loss!
        : Number.NaN;
    if (this.#disposed) return;
    this.#post({
      kind: "loaded",
      id: this.#id,
      info: {
        parameters: model.countParams(),
        updatesPerEpoch,
        trainExamples: train.x.shape[0]!,
        validationExamples: validation.x.shape[0]!,
        features: train.x.shape[2] ?? 1,
        window: train.x.shape[1]!,
        threads: engine.info.threads,
        simd: engine.info.simd,
        isolated: globalThis.crossOriginIsolated === true,
        layers: recipe.recipe.layers,
        stateful: model.batchSize !== undefined,
      },
    });
    this.#tell();
    await this.#look();
    void this.#fit();
  }

  run(until: Until): void {
    if (this.#ended === "stopped early") return;
    this.#ended = undefined;
    this.#until = until;
    this.#startEpoch = this.#epoch;
    this.#updatesLeft = until.kind === "update" ? 1 : Infinity;
    this.#rateFrom = { time: performance.now(), update: this.#update };
    this.#looked = { ...this.#looked, training: performance.now(), spent: 0 };
    this.#wake?.();
  }

  pause(): void {
    this.#until = null;
  }

  set speed(updatesPerSecond: number) {
    this.#speed = updatesPerSecond;
  }

  async probe(example: number): Promise<void> {
    this.#example = example;
    // While it trains, the next look is at this one.
    if (this.#until === null && this.#model !== undefined) await this.#look();
  }

  get model(): Sequential {
    return this.#model;
  }

  snapshot(): Trained {
    return { weights: this.#model.getWeights(), history: this.#history };
  }

  /** Ends the fit and gives the memory back. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    this.#until = null;
    this.#wake?.();
    await this.#fitted;
    this.#model?.dispose();
  }

  #fitted: Promise<void> | undefined;

  #fit(): Promise<void> {
    this.#fitted = this.#fitWhole().catch((error: unknown) => {
      if (error instanceof Stopped || this.#disposed) return;
      const { message, code } = error as { message: string; code?: string };
      this.#until = null;
      this.#post({
        kind: "refused",
        id: this.#id,
        refusal: code === undefined ? { message } : { message, code },
      });
    });
    return this.#fitted;
  }

  async #fitWhole(): Promise<void> {
    const { train, validation } = this.#prepared;
    const { fit = {} } = this.#job.recipe.recipe;
    const { batchSize = 32, shuffle = true, classWeight, earlyStopping: stopping } = fit;
    const isStateful = this.#model.batchSize !== undefined;
    await this.#model.fit(train.x, train.y, {
      // It goes on for as long as somebody wants; where it rests is decided before each update.
      epochs: 2 ** 31,
      batchSize,
      shuffle,
      ...(classWeight === undefined ? {} : { classWeight }),
      ...(isStateful ? {} : { validationData: [validation.x, validation.y] as const }),
      callbacks: [
        this.#callback(isStateful),
        ...(stopping === undefined || isStateful
          ? []
          : [earlyStopping({ monitor: "val_loss", ...stopping })]),
      ],
    });
    this.#ended = "stopped early";
    await this.#rest();
  }

  #callback(isStateful: boolean): Callback {
    let endWatch: (() => void) | undefined;
    return {
      name: "studio",
      logNames: [],
      onEpochBegin: () => {
        if (isStateful) this.#model.resetStates();
      },
      onTrainBatchBegin: async () => {
        await this.#permit();
        if (this.#update % this.#stride !== 0 && this.#until?.kind !== "update") return;
        const update = this.#update;
        endWatch = this.#model.watchFlow((flow) => {
          this.#frames.push(frameOf(flow, update, this.#epoch));
        }, true);
      },
      onTrainBatchEnd: (_, { loss }: Logs) => {
        endWatch?.();
        endWatch = undefined;
        if (this.#frames.length > 0 && this.#update % this.#stride === 0) this.#thin();
        this.#update++;
        this.#updatesLeft--;
        this.#loss = loss!;
        if (!Number.isFinite(loss!)) {
          this.#ended = "not finite";
          this.#until = null;
        }
        if (performance.now() - this.#told > TELL_EVERY) this.#tell();
      },
      onEpochEnd: (_, { loss, val_loss: validation }) => {
        this.#epoch++;
        this.#loss = loss!;
        this.#validation = validation ?? Number.NaN;
        this.#history.loss!.push(this.#loss);
        if (validation !== undefined) this.#history.val_loss!.push(validation);
        this.#points.push({
          epoch: this.#epoch,
          update: this.#update,
          loss: this.#loss,
          validation: this.#validation,
        });
      },
    };
  }

  /** Every other frame is dropped where there are too many; the page does the same. */
  #thin(): void {
    this.#kept++;
    if (this.#kept < MOST_FRAMES) return;
    this.#stride *= 2;
    this.#kept = Math.ceil(this.#kept / 2);
    this.#sendFrames();
  }

  #mayGoOn(): boolean {
    const until = this.#until;
    if (until === null) return false;
    if (until.kind === "update") return this.#updatesLeft > 0;
    if (until.kind === "epoch") return this.#epoch <= this.#startEpoch;
    if (this.#epoch < until.epochs) return true;
    this.#ended = "epochs";
    return false;
  }

  /** Waits until the next update may be made. */
  async #permit(): Promise<void> {
    for (;;) {
      if (this.#disposed) throw new Stopped();
      if (this.#mayGoOn()) break;
      await this.#rest();
      if (this.#disposed) throw new Stopped();
      if (this.#mayGoOn()) break;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
    if (this.#speed > 0 && this.#until?.kind !== "update") {
      await new Promise((resolve) => setTimeout(resolve, 1000 / this.#speed));
      if (this.#disposed) throw new Stopped();
      await this.#look();
      this.#tell();
      return;
    }
    const now = performance.now();
    const { spent, training, at } = this.#looked;
    if (this.isWatched && now - at > LOOK_EVERY && spent < LOOKING * (now - training)) await this.#look();
  }

  /** Shows everything as it stands. */
  async #rest(): Promise<void> {
    this.#until = null;
    this.#rate = 0;
    if (this.#looked.update !== this.#update) await this.#look();
    this.#tell();
  }

  async #look(): Promise<void> {
    const began = performance.now();
    const look = await lookAt(this.#model, this.#prepared, this.#update, this.#example);
    const now = performance.now();
    this.#looked = {
      ...this.#looked,
      spent: this.#looked.spent + now - began,
      at: now,
      update: this.#update,
    };
    if (!this.#disposed) this.#post({ kind: "look", id: this.#id, look }, buffersOf(look));
  }

  #sendFrames(): void {
    if (this.#frames.length === 0) return;
    this.#post({ kind: "frames", id: this.#id, frames: this.#frames, stride: this.#stride });
    this.#frames = [];
  }

  #tell(): void {
    if (this.#disposed) return;
    const now = performance.now();
    this.#told = now;
    const { time, update } = this.#rateFrom;
    if (now - time > 300 && this.#update > update) {
      const rate = (1000 * (this.#update - update)) / (now - time);
      this.#rate = this.#rate === 0 ? rate : this.#rate + FRESH * (rate - this.#rate);
      this.#rateFrom = { time: now, update: this.#update };
    }
    this.#sendFrames();
    this.#post({
      kind: "progress",
      id: this.#id,
      progress: {
        epoch: this.#epoch,
        update: this.#update,
        loss: this.#loss,
        validation: this.#validation,
        running: this.#until !== null,
        updatesPerSecond: this.#rate,
        points: this.#points,
        ...(this.#ended === undefined ? {} : { ended: this.#ended }),
      },
    });
    this.#points = [];
  }
}

const head = (
  { shape, data }: { shape: readonly number[]; data: Float32Array | Int32Array },
  count: number,
) => {
  const rows = Math.min(count, shape[0]!);
  return { shape: [rows, ...shape.slice(1)], data: data.slice(0, (data.length / shape[0]!) * rows) };
};
