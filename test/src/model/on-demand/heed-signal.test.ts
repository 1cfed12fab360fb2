import { describe, expect, it } from "vitest";
import { ConfigError, dense, type FitOptions, sequential } from "../../../../src/index.js";

const never = (): Promise<never> => new Promise(() => {});

function small() {
  const model = sequential([dense({ units: 1, inputShape: [1] })], { seed: 1 });
  model.compile({ loss: "mse", optimizer: "sgd" });
  return model;
}

/** One batch, then silence. */
const stuck = {
  async *[Symbol.asyncIterator]() {
    yield { x: [[1]], y: [[1]] };
    await never();
  },
};

/** Aborts once the model has been trained. */
function abortingSoon(): FitOptions {
  const abort = new AbortController();
  return {
    epochs: 5,
    signal: abort.signal,
    callbacks: [{ onTrainBatchEnd: () => void setTimeout(() => abort.abort(), 5) }],
  };
}

describe("a fit hears its signal", () => {
  it("while a data set never gives its next batch", async () => {
    const model = small();
    const before = model.getWeights()[0]!.data[0];
    const { epoch } = await model.fit(stuck, abortingSoon());
    expect(epoch).toEqual([]);
    expect(model.getWeights()[0]!.data[0]).not.toBe(before);
    // The model is free again.
    await model.trainOnBatch([[1]], [[1]]);
  });

  it("while the data it is validated on never come", async () => {
    const model = small();
    const { epoch } = await model.fit([[1]], [[1]], { ...abortingSoon(), validationData: stuck });
    expect(epoch).toEqual([]);
  });

  it("while a callback never ends, and calls the others all the same", async () => {
    const model = small();
    const called: string[] = [];
    const options = abortingSoon();
    const { epoch } = await model.fit([[1]], [[1]], {
      ...options,
      callbacks: [
        ...options.callbacks!,
        { onEpochEnd: never },
        { onEpochEnd: () => void called.push("epoch"), onTrainEnd: () => void called.push("train") },
      ],
    });
    expect(epoch).toEqual([0]);
    expect(called).toEqual(["epoch", "train"]);
  });

  it("and waits for a callback that ends by itself", async () => {
    const model = small();
    const options = abortingSoon();
    let isSaved = false;
    await model.fit([[1]], [[1]], {
      ...options,
      callbacks: [
        ...options.callbacks!,
        {
          async onEpochEnd() {
            await new Promise((resolve) => setTimeout(resolve, 100));
            isSaved = true;
          },
        },
      ],
    });
    expect(isSaved).toBe(true);
  });

  it("closes a generator that is between two batches", async () => {
    const model = small();
    let isClosed = false;
    const abort = new AbortController();
    await model.fit(
      async function* () {
        try {
          for (;;) yield { x: [[1]], y: [[1]] };
        } finally {
          isClosed = true;
        }
      },
      {
        signal: abort.signal,
        callbacks: [{ onTrainBatchEnd: (batch) => void (batch === 3 && abort.abort()) }],
      },
    );
    expect(isClosed).toBe(true);
  });

  it("passes on what a data set or a callback throws", async () => {
    const { signal } = new AbortController();
    const broken = async function* () {
      yield { x: [[1]], y: [[1]] };
      throw new Error("the disk is gone");
    };
    await expect(small().fit(broken, { signal })).rejects.toThrow("the disk is gone");
    const callbacks = [{ onEpochEnd: () => Promise.reject(new Error("no room")) }];
    await expect(small().fit([[1]], [[1]], { signal, callbacks })).rejects.toThrow("no room");
  });

  it("refuses what is no signal", async () => {
    await expect(small().fit([[1]], [[1]], { signal: { aborted: false } as never })).rejects.toThrow(
      ConfigError,
    );
  });
});
