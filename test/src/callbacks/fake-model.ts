import type { Callback, Logs, TrainingModel } from "../../../src/model/events.js";
import type { NamedTensor } from "../../../src/tensor.js";

/** A model whose one weight is the number of epochs trained, and whose logs are given beforehand. */
export class FakeModel implements TrainingModel {
  stopTraining = false;
  readonly weight = new Float32Array(1);
  readonly optimizer: { learningRate: number; readonly iterations: number };

  constructor(learningRate = 1, scheduled = false) {
    let rate = learningRate;
    this.optimizer = {
      iterations: 0,
      get learningRate() {
        return rate;
      },
      set learningRate(value: number) {
        if (scheduled) throw new Error("the schedule cosineDecay owns the rate");
        rate = value;
      },
    };
  }

  getWeights(): NamedTensor[] {
    return [{ name: "dense/kernel", shape: [1], data: this.weight }];
  }

  setWeights(weights: readonly NamedTensor[]): void {
    this.weight.set(weights[0]!.data);
  }

  /** Runs the callback over epochs with these logs, as `fit` would; returns the logs as the callback left them. */
  async fit(callback: Callback, epochs: readonly Logs[], steps = 1): Promise<Logs[]> {
    callback.model = this;
    callback.params = {
      epochs: epochs.length,
      steps,
      samples: null,
      verbose: 0,
      metrics: Object.keys(epochs[0] ?? {}),
    };
    this.stopTraining = false;
    const seen: Logs[] = [];
    await callback.onTrainBegin?.({});
    for (const [epoch, given] of epochs.entries()) {
      const logs = { ...given };
      await callback.onEpochBegin?.(epoch, {});
      for (let batch = 0; batch < steps; batch++) {
        await callback.onTrainBatchBegin?.(batch, {});
        await callback.onTrainBatchEnd?.(batch, { ...given });
      }
      this.weight[0] = epoch + 1;
      await callback.onEpochEnd?.(epoch, logs);
      seen.push(logs);
      if (this.stopTraining) break;
    }
    await callback.onTrainEnd?.({});
    return seen;
  }
}

export const losses = (...values: readonly number[]): Logs[] =>
  values.map((value) => ({ loss: value, val_loss: value }));
