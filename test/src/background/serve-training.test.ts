import { expect, it } from "vitest";
import { serveTraining } from "../../../src/background/serve-training.js";
import { ConfigError } from "../../../src/errors.js";

// What a worker does with what it is sent is tested where it is sent: train-in-worker.test.ts.
it("serveTraining() refuses options nobody reads, before it listens to anybody", () => {
  const wrong = (options: unknown) => () => serveTraining(options as never);
  expect(wrong({ customObject: {} })).toThrow(/unknown option `customObject`. Did you mean `?customObjects/);
  expect(wrong(null)).toThrow(ConfigError);
});
