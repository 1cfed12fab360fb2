import { ConfigError, ShapeError, StateError } from "../errors.js";
import { flag, numberIn, refuseUnknown } from "../options.js";
import type { Schedule, ScheduleFunction } from "../schedules/schedule.js";
import { toSchedule } from "../schedules/to-schedule.js";
import { type ClipOptions, Clipping, clipOptionNames } from "./clipping.js";
import type { ParameterBlock, Slots } from "./parameter-block.js";

/** Options every optimizer takes, with Keras's names and meanings. */
export interface OptimizerOptions extends ClipOptions {
  /** A number, a schedule, or a function of the number of updates made. Default: Keras's for the rule. */
  readonly learningRate?: number | Schedule | ScheduleFunction;
  /** Decoupled: before each update a weight w becomes w - w · weightDecay · learningRate (Loshchilov & Hutter 2019). Default: none; 0.004 for `adamw`. */
  readonly weightDecay?: number | null;
  /** Keeps an exponential moving average of the weights, which replaces them when `fit` ends. Default false. */
  readonly useEma?: boolean;
  /** avg = emaMomentum · avg + (1 - emaMomentum) · w. Default 0.99. */
  readonly emaMomentum?: number;
  /** With `useEma`: has the average replace the weights after every so many batches as well. Default: only when `fit` ends. */
  readonly emaOverwriteFrequency?: number | null;
  /** Updates once in so many batches, with the mean of their gradients. At least 2. Default: an update a batch. */
  readonly gradientAccumulationSteps?: number | null;
}

const commonNames = [
  "learningRate",
  "weightDecay",
  "useEma",
  "emaMomentum",
  "emaOverwriteFrequency",
  "gradientAccumulationSteps",
  ...clipOptionNames,
] as const;

/** What one update needs. `slots` are addresses of `count` floats, in the order of `slotNames`. */
export interface UpdateStep extends ParameterBlock {
  readonly learningRate: number;
  /** 1 for the first update. */
  readonly time: number;
  readonly slots: readonly number[];
}

/** Where an optimizer keeps its moments. */
interface Home {
  readonly block: ParameterBlock;
  readonly memory: Slots | null;
  readonly slots: readonly number[];
  readonly ema: number;
  readonly accumulator: number;
}

/** beta^t by repeated squaring: multiplications only, the same bits everywhere. */
export function integerPower(base: number, exponent: number): number {
  let result = 1;
  let square = base;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}

/** How weights follow their gradients. An optimizer belongs to the one model it was compiled with. */
export abstract class Optimizer {
  /** The factory's name, such as `adam`. */
  abstract readonly name: string;
  /** @internal */
  protected abstract readonly slotNames: readonly string[];

  /** Batches seen since the optimizer was made (or restored). */
  batches = 0;
  /** @internal */
  readonly clipping: Clipping;
  /** Global norm of the last gradient before clipping, and after. NaN before the first update. */
  lastGradientNorm = { before: Number.NaN, after: Number.NaN };

  readonly #where: string;
  readonly #options: OptimizerOptions;
  readonly #schedule: Schedule | null;
  readonly #weightDecay: number;
  readonly #useEma: boolean;
  readonly #emaMomentum: number;
  readonly #emaOverwriteFrequency: number;
  readonly #accumulationSteps: number;
  #learningRate: number;
  #home: Home | null = null;

  /** @internal */
  protected constructor(
    where: string,
    options: OptimizerOptions,
    known: readonly string[],
    defaults: { learningRate: number; weightDecay?: number },
  ) {
    refuseUnknown(where, options, [...known, ...commonNames]);
    this.#where = where;
    this.#options = options;
    const rate = options.learningRate ?? defaults.learningRate;
    this.#schedule = typeof rate === "number" ? null : toSchedule(where, "learningRate", rate);
    this.#learningRate = typeof rate === "number" ? numberIn(where, "learningRate", rate, { min: 0 }) : 0;
    this.#weightDecay = numberIn(where, "weightDecay", options.weightDecay ?? defaults.weightDecay ?? 0, {
      min: 0,
    });
    this.#useEma = flag(where, "useEma", options.useEma ?? false);
    this.#emaMomentum = numberIn(where, "emaMomentum", options.emaMomentum ?? 0.99, { min: 0, max: 1 });
    this.#emaOverwriteFrequency =
      options.emaOverwriteFrequency == null
        ? Infinity
        : numberIn(where, "emaOverwriteFrequency", options.emaOverwriteFrequency, { min: 1, integer: true });
    this.#accumulationSteps =
      options.gradientAccumulationSteps == null
        ? 1
        : numberIn(where, "gradientAccumulationSteps", options.gradientAccumulationSteps, {
            min: 2,
            integer: true,
          });
    this.clipping = new Clipping(where, options);
  }

  /** @internal The update rule: from gradients and slots to weights, over the whole block. */
  protected abstract update(step: UpdateStep): void;

  /** Updates made. */
  get iterations(): number {
    return Math.floor(this.batches / this.#accumulationSteps);
  }

  /** The rate of the next update. @throws ConfigError when set while a schedule owns it, or to no rate. */
  get learningRate(): number {
    return this.#schedule === null ? this.#learningRate : this.#schedule.rate(this.batches);
  }

  set learningRate(rate: number) {
    if (this.#schedule !== null) {
      throw new ConfigError(
        `${this.#where}: the learning rate follows the schedule ${this.#schedule.name}. Give a number to change it.`,
      );
    }
    this.#learningRate = numberIn(this.#where, "learningRate", rate, { min: 0 });
  }

  /** The name of the function of a user's own that the rate follows; null where it follows none. */
  get customSchedule(): string | null {
    return this.#schedule?.isCustom === true ? this.#schedule.name : null;
  }

  get hasSchedule(): boolean {
    return this.#schedule !== null;
  }

  /** The options that make this optimizer again, as plain JSON; the rate as it stands now. */
  getConfig(): Record<string, unknown> {
    const { learningRate: _rate, ...rest } = this.#options;
    const schedule = this.#schedule;
    return {
      ...rest,
      learningRate: schedule === null ? this.#learningRate : { name: schedule.name, config: schedule.config },
    };
  }

  /** @internal Takes memory for the slots. @throws ConfigError when the optimizer already serves another model. */
  bind(block: ParameterBlock): void {
    if (this.#home !== null) {
      if (this.#home.block.memory === block.memory && this.#home.block.weights === block.weights) return;
      throw new ConfigError(
        `${this.#where}: this optimizer already belongs to another model, whose moments it holds. Make a new one.`,
      );
    }
    const extra = (this.#useEma ? 1 : 0) + (this.#accumulationSteps > 1 ? 1 : 0);
    const runs = this.slotNames.length + extra;
    const memory = runs === 0 ? null : block.takeSlots(runs * block.count);
    const place = (run: number): number => (memory?.address ?? 0) + run * block.count * 4;
    const slots = this.slotNames.map((_, i) => place(i));
    this.#home = {
      block,
      memory,
      slots,
      ema: this.#useEma ? place(slots.length) : 0,
      accumulator: this.#accumulationSteps > 1 ? place(runs - 1) : 0,
    };
    this.initializeSlots(block, slots);
    this.#begin?.(block);
    this.#begin = undefined;
  }

  #begin: ((block: ParameterBlock) => void) | undefined;

  /** @internal What is done once, when the slots have their memory: a file's moments take their place. */
  beginWith(begin: (block: ParameterBlock) => void): void {
    this.#begin = begin;
  }

  /** @internal Slots start as zeros unless the rule says otherwise. */
  protected initializeSlots(_block: ParameterBlock, _slots: readonly number[]): void {}

  /** @internal Gives the slots' memory back; nothing happens when they belong to other weights than `block`'s. */
  release(block: ParameterBlock | undefined): void {
    if (this.#home === null || this.#home.block !== block) return;
    this.#home.memory?.release();
    this.#home = null;
  }

  /** @internal Accumulates, clips, decays, updates, averages: Keras's order. Returns whether weights changed. */
  apply(): boolean {
    const home = this.#mine();
    const { block, slots, accumulator } = home;
    const { kernels, gradients, weights, count } = block;
    const learningRate = this.learningRate;
    this.batches += 1;
    if (accumulator !== 0) {
      kernels.axpy(count, 1, gradients, accumulator);
      if (this.batches % this.#accumulationSteps !== 0) {
        return this.#average(home);
      }
      kernels.copyFloats(accumulator, gradients, count);
      kernels.scaleInPlace(gradients, count, 1 / this.#accumulationSteps);
      kernels.fillZero(accumulator, count);
    }
    this.lastGradientNorm = this.clipping.apply(block);
    if (this.#weightDecay > 0) kernels.axpy(count, -this.#weightDecay * learningRate, weights, weights);
    this.update({ ...block, learningRate, time: this.iterations, slots });
    this.#average(home);
    return true;
  }

  /** Keras averages after every batch, those that only gather gradients included, and copies until the first update is made. */
  #average({ block: { kernels, weights, count }, ema }: Home): boolean {
    if (ema === 0) return false;
    if (this.batches <= this.#accumulationSteps) kernels.copyFloats(weights, ema, count);
    else kernels.lerpInPlace(ema, weights, count, this.#emaMomentum);
    const overwrites = this.batches % this.#emaOverwriteFrequency === 0;
    if (overwrites) kernels.copyFloats(ema, weights, count);
    return overwrites;
  }

  /** @internal Replaces the weights by their moving average, where one is kept: what `fit` does when it ends. */
  finish(): boolean {
    if (this.#home === null || this.#home.ema === 0 || this.iterations === 0) return false;
    const { block, ema } = this.#home;
    block.kernels.copyFloats(ema, block.weights, block.count);
    return true;
  }

  /** @returns what brings moments, rate and count of updates back to where they are now. */
  restorePoint(): () => void {
    const { batches } = this;
    const rate = this.#learningRate;
    const slots = this.#home === null ? null : this.readSlots();
    return () => {
      this.batches = batches;
      this.#learningRate = rate;
      if (slots !== null) this.writeSlots(slots);
      // It was not bound then, so it is to be as after its first binding: at the next one.
      else this.release(this.#home?.block);
    };
  }

  /** Copies of the slots, each the whole padded block, by name; what a file keeps. */
  readSlots(): { name: string; data: Float32Array }[] {
    const { block, slots, ema, accumulator } = this.#mine();
    const read = (name: string, address: number) => ({
      name,
      data: block.memory.floats(address, block.count).slice(),
    });
    return [
      ...this.slotNames.map((name, i) => read(name, slots[i]!)),
      ...(ema === 0 ? [] : [read("ema", ema)]),
      ...(accumulator === 0 ? [] : [read("accumulator", accumulator)]),
    ];
  }

  /** @throws ShapeError when a slot is missing or of another size. */
  writeSlots(saved: readonly { name: string; data: Float32Array }[]): void {
    const { block, slots, ema, accumulator } = this.#mine();
    const write = (name: string, address: number): void => {
      const slot = saved.find((candidate) => candidate.name === name);
      if (slot?.data.length !== block.count) {
        throw new ShapeError(
          `${this.#where}: the saved optimizer state has no slot \`${name}\` of ${block.count} values.`,
          { received: saved.map((candidate) => candidate.name), expected: this.slotNames },
        );
      }
      block.memory.floats(address, block.count).set(slot.data);
    };
    this.slotNames.forEach((name, i) => {
      write(name, slots[i]!);
    });
    if (ema !== 0) write("ema", ema);
    if (accumulator !== 0) write("accumulator", accumulator);
  }

  #mine(): Home {
    if (this.#home === null)
      throw new StateError(`${this.#where}: compile a model with this optimizer first.`);
    return this.#home;
  }
}
