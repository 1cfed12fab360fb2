import { terminateOnNaN } from "../../callbacks/terminate-on-nan.js";
import type { GradientFlow } from "../../model/flow.js";
import type { Model } from "../../model/model.js";
import { isClassLoss } from "../../recipe/train-recipe.js";
import type { Tensor } from "../../tensor.js";
import { constantLoss, linearUnexplained } from "../evidence/baseline-loss.js";
import { type ClassWeight, exampleWeights, weightedConstantLoss } from "../evidence/class-weights.js";
import type { Windows } from "../evidence/window-source.js";
import { costOfAStep, stepsOf } from "./allowance.js";
import { type CopyOptions, copyOf, type ModelFile } from "./model-copy.js";
import { type Arrays, eachOf, given, head, isOne, rowsFrom, rowsWithout, spread } from "./rows.js";

export interface TrialOptions extends CopyOptions {
  /** Updates to make. Default 100. */
  readonly updates?: number;
  readonly batch?: number;
  readonly shuffle?: boolean;
  /** A trial few models need may cost as much as all others together. */
  readonly isByItself?: boolean;
  /** Asked of each epoch's loss: whether the trial has shown what it was made for, and may end. */
  readonly isEnough?: (loss: number) => boolean;
}

/** What a short training of a copy came to. */
export interface Trial {
  /** Loss of each epoch of the trial. */
  readonly losses: readonly number[];
  /** Loss of each batch, in their order; it ends where one is no number. */
  readonly batchLosses: readonly number[];
  /** Loss over all trial samples before, and after, dropout off. */
  readonly before: number;
  readonly after: number;
  readonly updates: number;
}

const BATCH = 32;
/** Examples to be learnt by heart, and how often they are shown. */
const FEW = 16;
const TIMES = 200;
const FLOW_BATCH = 64;
/** Stretches of the examples that are left out in turn, and how long a copy is trained on the others at most. */
const FOLDS = 4;
const MOST_FOLD_EPOCHS = 100;
/** Two thirds of a training show what it comes to. */
const LEAST_FOLD_SHARE = 2 / 3;
const MOST_SAMPLES = 1024;
/** Steps × samples a trial may cost: keeps long sequences from taking minutes. */
const BUDGET = 4_000_000;

/** A copy wide enough to learn may be worth that of a model that is too narrow to. */
const MOST_TIMES_DEARER = 2;
const THIRD = 3.3;
/** Fewer updates than this tell nothing. */
const LEAST_TRIAL_UPDATES = 30;

/** A trial that would take longer than what is judged is worth: the rule that asks for it says nothing. */
export class Unaffordable extends Error {}

/** What a graph of several inputs or outputs is trained on, in place of one x and one y. */
export interface ManyArrays {
  readonly x: Arrays;
  readonly y: Arrays;
  readonly validation: { readonly x: Arrays; readonly y: Arrays } | null;
  /** The loss of the best constant answers, as the losses are added up. */
  readonly constantLoss: number | null;
}

/** What is known beside a model and its examples. */
export interface ExperimentOptions {
  readonly many?: ManyArrays | undefined;
  /** Factors of the classes the model is trained with. */
  readonly classWeight?: ClassWeight | undefined;
  /** The examples held back, opened. */
  readonly held?: Windows | null;
}

/** Experiments on copies of a model, each made once and remembered. The model itself is never run. */
export class Experiments {
  readonly #memory = new Map<string, Promise<unknown>>();
  #copy: Model | undefined;
  readonly #all: ManyArrays;
  /** Whether there are several inputs or outputs: then `x`, `y` and `windows` are the first of each. */
  readonly isMany: boolean;
  /** The loss of the best constant answer, examples weighted as in training. */
  readonly constantLoss: number | null;
  /** The same on the examples held back; null where there are none. */
  readonly validationConstant: number | null;
  readonly #classWeight: ClassWeight | undefined;
  readonly #weights: Float32Array | null;
  readonly #heldWeights: Float32Array | null;
  /** Samples × steps all trials together may take. Default: any number. */
  allowance = Infinity;
  signal: AbortSignal | undefined;
  #spent = 0;
  /** Steps a sample has: tokens too are read one by one. */
  readonly #steps: number;
  #linear: number | null | undefined;

  constructor(
    readonly file: ModelFile,
    readonly x: Tensor,
    readonly y: Tensor,
    readonly windows: Windows,
    readonly validation: { readonly x: Tensor; readonly y: Tensor } | null,
    { many, classWeight, held = null }: ExperimentOptions = {},
  ) {
    this.isMany = many !== undefined;
    this.#steps = stepsOf(file, windows);
    const isWeighted = classWeight !== undefined && many === undefined && isClassLoss(file.loss.name);
    this.#weights = isWeighted ? exampleWeights(windows, classWeight) : null;
    this.#classWeight = this.#weights === null ? undefined : classWeight;
    this.#heldWeights =
      this.#classWeight === undefined || held === null
        ? null
        : exampleWeights(held, this.#classWeight, windows);
    const constantOf = (own: Windows, weights: Float32Array | null): number | null =>
      weights === null ? constantLoss(own, file.loss) : weightedConstantLoss(own, weights);
    this.#all = many ?? { x, y, validation, constantLoss: constantOf(windows, this.#weights) };
    this.constantLoss = this.#all.constantLoss;
    this.validationConstant = held === null ? null : constantOf(held, this.#heldWeights);
  }

  /** Share of the variance a linear regression leaves. */
  get linear(): number | null {
    if (this.#linear === undefined) this.#linear = this.isMany ? null : linearUnexplained(this.windows);
    return this.#linear;
  }

  /** The copy that measurements are made on; it is not trained. */
  get copy(): Model {
    this.#copy ??= copyOf(this.file);
    return this.#copy;
  }

  get isStateful(): boolean {
    return this.file.batchSize !== undefined;
  }

  dispose(): void {
    this.#copy?.dispose();
  }

  once<T>(name: string, work: () => Promise<T>): Promise<T> {
    const known = this.#memory.get(name) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const result = work();
    this.#memory.set(name, result);
    return result;
  }

  /** The same rows of all that is given and asked for, and their weights where they have any. */
  #rows(pick: (value: Tensor) => Tensor): { x: Tensor; y: Tensor; weighted: { sampleWeight?: Tensor } } {
    const { x, y } = this.#all;
    const weights = this.#weights;
    return {
      x: given(eachOf(x, pick)),
      y: given(eachOf(y, pick)),
      weighted: weights === null ? {} : { sampleWeight: pick({ shape: [weights.length], data: weights }) },
    };
  }

  #some(most: number): { x: Tensor; y: Tensor } {
    const { x, file } = this;
    if (file.batchSize !== undefined) return this.#rows((value) => head(value, file.batchSize!));
    const count = Math.min(x.shape[0]!, most);
    return this.#rows((value) => spread(value, count));
  }

  /** Samples one after the other, as batches of a training that is not shuffled. */
  batch(first: number, count: number): { x: Tensor; y: Tensor } {
    return this.#rows((value) => rowsFrom(value, first, count));
  }

  /** Samples for measurements: a batch spread over all, or one stateful batch. */
  get sample(): { x: Tensor; y: Tensor } {
    return this.#some(FLOW_BATCH);
  }

  /** How gradients flow in the model as it is. */
  flow(): Promise<GradientFlow> {
    return this.once("flow", () => this.copy.gradientFlow(this.sample.x, this.sample.y));
  }

  /** How gradients would flow at the start of a new training. */
  freshFlow(): Promise<GradientFlow> {
    return this.once("fresh flow", () =>
      this.with({ weights: "fresh" }, (model) => model.gradientFlow(this.sample.x, this.sample.y)),
    );
  }

  async with<T>(options: CopyOptions, work: (model: Model) => Promise<T>): Promise<T> {
    const model = copyOf(this.file, options);
    try {
      return await work(model);
    } finally {
      model.dispose();
    }
  }

  #trialData(): { x: Tensor; y: Tensor; weighted: { sampleWeight?: Tensor } } {
    const { file } = this;
    const samples = this.x.shape[0]!;
    if (file.batchSize === undefined) {
      if (samples <= MOST_SAMPLES) return this.#rows((value) => value);
      return this.#rows((value) => spread(value, MOST_SAMPLES));
    }
    const whole = Math.floor(Math.min(samples, 4 * MOST_SAMPLES) / file.batchSize) * file.batchSize;
    return this.#rows((value) => head(value, whole));
  }

  /** Loss over the training samples, dropout off, weights as they are. */
  trainLoss(): Promise<number> {
    return this.once("train loss", () => this.lossOf(this.copy));
  }

  async lossOf(model: Model): Promise<number> {
    const { x, y, weighted } = this.#trialData();
    // Forward alone: a third of an epoch's work.
    this.#spent += (this.#samplesOf(x) * this.#steps) / 3;
    model.resetStates();
    const { loss } = await model.evaluate(x, y, { ...this.#batchOption(256), ...weighted });
    return loss!;
  }

  validationLoss(): Promise<number | null> {
    return this.once("validation loss", async () => {
      const { validation } = this.#all;
      if (validation === null || this.isStateful) return null;
      const { x, y } = validation;
      const weights = this.#heldWeights;
      const { loss } = await this.copy.evaluate(given(x), given(y), {
        batchSize: 256,
        ...(weights === null ? {} : { sampleWeight: { shape: [weights.length], data: weights } }),
      });
      return loss!;
    });
  }

  /** Of so many updates those that leave room for two more trials of the same length. */
  thirdOf(updates: number): number {
    const batch = this.file.batchSize ?? Math.min(BATCH, this.x.shape[0]!);
    const most = Math.floor(this.allowance / THIRD / (batch * this.#steps));
    return Math.min(updates, Math.max(LEAST_TRIAL_UPDATES, most));
  }

  #samplesOf(arrays: Arrays): number {
    return (isOne(arrays) ? arrays : Object.values(arrays)[0]!).shape[0]!;
  }

  #batchOption(batchSize: number): { batchSize: number } {
    return { batchSize: this.file.batchSize ?? batchSize };
  }

  /** Loss of a copy, begun anew, on sixteen examples it was shown again and again: a model that can learn knows them by heart. */
  async overfitFewExamples(): Promise<number> {
    return this.once("by heart", () =>
      this.with({ weights: "fresh" }, async (model) => {
        const count = Math.min(FEW, this.x.shape[0]!);
        const { x, y } = this.#rows((value) => spread(value, count));
        await model.fit(x, y, { epochs: TIMES, batchSize: count, callbacks: [terminateOnNaN()] });
        const { loss } = await model.evaluate(x, y, { batchSize: count });
        return loss!;
      }),
    );
  }

  /**
   * Trains a copy from the start, as it was, until its loss is no number. @returns experiments over the weights that loss was
   * computed with, to be disposed of; null where the training goes well.
   */
  async lastFiniteWeights(updates = 200): Promise<Experiments | null> {
    return this.with({ weights: "fresh" }, async (model) => {
      const { x, y } = this.#trialData();
      let last = model.getWeights();
      let left = updates;
      let isBroken = false;
      while (left > 0 && !isBroken) {
        model.resetStates();
        await model.fit(x, y, {
          ...this.#batchOption(Math.min(BATCH, this.#samplesOf(x))),
          shuffle: false,
          callbacks: [
            {
              onTrainBatchEnd() {
                isBroken = !Number.isFinite(model.batchLoss);
                if (isBroken || --left === 0) model.stopTraining = true;
                else last = model.getWeights();
              },
            },
          ],
        });
      }
      const file = { ...this.file, weights: last };
      const options = this.isMany ? { many: this.#all } : {};
      return isBroken ? new Experiments(file, this.x, this.y, this.windows, null, options) : null;
    });
  }

  /**
   * What copies come to on examples they were not trained on: in turn one of four stretches is left out, and a copy, begun anew,
   * is trained on the others as long as the model was. Mean loss over all examples.
   */
  leftOut(batch: number): Promise<number> {
    return this.once("left out", async () => {
      const { x } = this.#all;
      const samples = this.#samplesOf(x);
      const inFold = samples * (1 - 1 / FOLDS);
      const batchSize = Math.max(1, Math.min(batch, Math.floor(inFold)));
      const perEpoch = Math.ceil(inFold / batchSize);
      const asLong = Math.max(1, Math.min(MOST_FOLD_EPOCHS, Math.round(this.file.updates / perEpoch)));
      // Asked last, where nothing else was found: it may cost as much as all that was tried before.
      const affordable = Math.floor(this.allowance / (FOLDS * inFold * this.#steps));
      if (affordable < LEAST_FOLD_SHARE * asLong) throw new Unaffordable();
      const epochs = Math.min(asLong, affordable);
      this.#spent += FOLDS * epochs * inFold * this.#steps;
      let sum = 0;
      for (let fold = 0; fold < FOLDS; fold++) {
        const [from, to] = [fold, fold + 1].map((f) => Math.floor((f * samples) / FOLDS)) as [number, number];
        const rest = this.#rows((value) => rowsWithout(value, from, to));
        const out = this.#rows((value) => rowsFrom(value, from, to - from));
        const loss = await this.with({ weights: "fresh" }, async (model) => {
          await model.fit(rest.x, rest.y, {
            epochs,
            batchSize,
            callbacks: [terminateOnNaN()],
            ...(this.signal === undefined ? {} : { signal: this.signal }),
            ...(this.#classWeight === undefined ? {} : { classWeight: this.#classWeight }),
          });
          return (await model.evaluate(out.x, out.y, { batchSize: 256, ...out.weighted })).loss!;
        });
        this.signal?.throwIfAborted();
        sum += loss * (to - from);
      }
      return sum / samples;
    });
  }

  /** How many times as much a copy's step costs as one of the model: its layers may be wider. */
  #timesDearer(copy: Model): number {
    const { layers, weights } = this.file;
    if (weights === null) return 1;
    const kinds = layers.map(({ kind }) => kind);
    return Math.min(MOST_TIMES_DEARER, costOfAStep(kinds, copy.getWeights()) / costOfAStep(kinds, weights));
  }

  /** Trains a copy for a few updates. */
  async trial(name: string, options: TrialOptions = {}): Promise<Trial> {
    return this.once(`trial ${name}`, () =>
      this.with(options, async (model) => {
        const { x, y } = this.#trialData();
        const samples = this.#samplesOf(x);
        const { batchSize } = this.#batchOption(Math.min(options.batch ?? BATCH, samples));
        const perEpoch = Math.ceil(samples / batchSize);
        const affordable = Math.max(8, Math.floor(BUDGET / (batchSize * this.#steps)));
        const cost = batchSize * this.#steps * this.#timesDearer(model);
        const spent = options.isByItself === true ? 0 : this.#spent;
        const left = Math.floor((this.allowance - spent) / cost);
        const asked = Math.min(options.updates ?? 100, affordable);
        if (left < Math.min(asked, LEAST_TRIAL_UPDATES)) throw new Unaffordable();
        const updates = Math.min(asked, left);
        const { isEnough } = options;
        const losses: number[] = [];
        const batchLosses: number[] = [];
        const before = await this.lossOf(model);
        const epochs = Math.max(1, Math.round(updates / perEpoch));
        model.resetStates();
        const history = await model.fit(x, y, {
          ...(this.signal === undefined ? {} : { signal: this.signal }),
          epochs,
          batchSize,
          shuffle: options.shuffle ?? !this.isStateful,
          ...(this.#classWeight === undefined ? {} : { classWeight: this.#classWeight }),
          callbacks: [
            {
              onEpochEnd(_epoch, { loss }) {
                model.resetStates();
                if (isEnough?.(loss!) === true) model.stopTraining = true;
              },
              onTrainBatchEnd(_batch, { loss }) {
                batchLosses.push(model.batchLoss);
                if (!Number.isFinite(loss)) model.stopTraining = true;
              },
            },
          ],
        });
        this.signal?.throwIfAborted();
        this.#spent += batchLosses.length * cost;
        losses.push(...(history.history.loss ?? []));
        return { losses, batchLosses, before, after: await this.lossOf(model), updates: batchLosses.length };
      }),
    );
  }
}
