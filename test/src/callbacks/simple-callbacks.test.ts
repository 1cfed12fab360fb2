import { describe, expect, test } from "vitest";
import { type CsvLoggerOptions, csvLogger } from "../../../src/callbacks/csv-logger.js";
import { lambdaCallback } from "../../../src/callbacks/lambda-callback.js";
import { terminateOnNaN } from "../../../src/callbacks/terminate-on-nan.js";
import { ConfigError, DataError } from "../../../src/errors.js";
import { FakeModel, losses } from "./fake-model.js";

describe("terminateOnNaN", () => {
  test.each([NaN, Infinity, -Infinity])("stops at a loss of %d", async (loss) => {
    const model = new FakeModel();
    const callback = terminateOnNaN();
    expect((await model.fit(callback, losses(1, loss, 1))).length).toBe(2);
    expect(callback.terminatedBatch).toBe(0);
    expect((await model.fit(callback, losses(1, 1))).length).toBe(2);
    expect(callback.terminatedBatch).toBeUndefined();
  });
});

describe("csvLogger", () => {
  test("writes a header and a line an epoch, sorted by name", async () => {
    const lines: string[] = [];
    const callback = csvLogger({ sink: (line) => void lines.push(line) });
    await new FakeModel().fit(callback, [{ loss: 1, "a,b": 2 }, { loss: NaN, "a,b": 1e-7 }, { loss: 3 }]);
    expect(lines).toEqual(['epoch,"a,b",loss\n', "0,2,1\n", "1,1e-7,NaN\n", "2,NA,3\n"]);
  });

  test("opens and closes its sink in every fit, and can leave the header out", async () => {
    const events: string[] = [];
    const sink = {
      open: async () => void events.push("open"),
      write: (line: string) => void events.push(line),
      close: () => void events.push("close"),
    };
    const callback = csvLogger({ sink, separator: ";", header: false });
    await new FakeModel().fit(callback, losses(1));
    await new FakeModel().fit(callback, [{ mae: 2 }]);
    expect(events).toEqual(["open", "0;1;1\n", "close", "open", "0;2\n", "close"]);
  });

  test("a value without a column is refused", async () => {
    const fit = new FakeModel().fit(csvLogger({ sink: () => {} }), [{ loss: 1 }, { loss: 1, mae: 2 }]);
    await expect(fit).rejects.toThrow(DataError);
  });

  test.each([{}, { sink: 3 }, { sink: () => {}, separator: "" }, { sink: () => {}, separator: '"' }])(
    "%o is refused",
    (options) => {
      expect(() => csvLogger(options as CsvLoggerOptions)).toThrow(ConfigError);
    },
  );
});

describe("lambdaCallback", () => {
  test("is the functions it is given, and refuses what is no hook", async () => {
    const seen: number[] = [];
    await new FakeModel().fit(lambdaCallback({ onEpochEnd: (epoch) => void seen.push(epoch) }), losses(1, 2));
    expect(seen).toEqual([0, 1]);
    expect(() => lambdaCallback({ onEpochFinish: () => {} } as never)).toThrow(/onEpochFinish/);
  });
});
