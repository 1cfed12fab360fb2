import { expect, test } from "vitest";
import { createHistory } from "../../../../src/model/training/history.js";

test("history has one number an epoch for every name, NaN where it was not logged", () => {
  const { history, record } = createHistory();
  record(3, { loss: 1 });
  record(4, { loss: 0.5, learning_rate: 0.1 });
  record(5, { learning_rate: 0.1 });
  expect(history).toEqual({
    epoch: [3, 4, 5],
    history: { loss: [1, 0.5, NaN], learning_rate: [NaN, 0.1, 0.1] },
  });
});
