import { describe, expect, it } from "vitest";
import type { Io } from "../../../../src/cli/files/io.js";
import { trainingProgress } from "../../../../src/cli/print/progress.js";

/** What stands in the progress of a training of some epochs, on a terminal or not. */
async function progressOf(
  epochs: number,
  stream?: { written: string[]; columns: number },
): Promise<string[]> {
  const written: string[] = [];
  const terminal =
    stream === undefined
      ? undefined
      : ({
          isTTY: true,
          columns: stream.columns,
          write: (text: string) => stream.written.push(text),
        } as unknown as NodeJS.WriteStream);
  const io: Io = {
    out: () => {},
    err: (text) => written.push(text),
    progressStream: terminal,
    columns: 80,
    color: false,
    signal: new AbortController().signal,
    debug: false,
  };
  const progress = trainingProgress(io, false);
  progress.params = { epochs, steps: 4, samples: 128, verbose: 0, metrics: ["loss", "val_loss"] };
  await progress.onTrainBegin!({});
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (let batch = 0; batch < 4; batch++) await progress.onTrainBatchEnd!(batch, { loss: 0.5 });
    await progress.onEpochEnd!(epoch, { loss: 0.25, val_loss: 0.125 });
  }
  await progress.onTrainEnd!({});
  progress.stop();
  return written;
}

describe("training progress", () => {
  it("without a terminal is about ten plain lines: epoch, losses, speed, time left", async () => {
    const lines = await progressOf(40);
    expect(lines.length).toBeGreaterThanOrEqual(10);
    expect(lines.length).toBeLessThanOrEqual(12);
    for (const line of lines) {
      expect(line).toMatch(
        /^ {2}1\. epoch +\d+\/40 {2}loss 0\.250 {2}val 0\.125 {2}[\d,]+ samples\/s {2}\d+:\d\d left\n$/,
      );
    }
    expect(lines.at(-1)).toContain("40/40");
  });

  it("of two epochs is two lines", async () => {
    expect(await progressOf(2)).toHaveLength(2);
  });

  it("on a terminal is a bar that fits the line, hides the cursor and shows it again", async () => {
    const stream = { written: [] as string[], columns: 80 };
    expect(await progressOf(3, stream)).toEqual([]);
    const text = stream.written.join("");
    expect(text).toMatch(/epoch 3\/3 {2}━{6,24} {2}loss 0\.250 {2}val 0\.125 .* in \d+:\d\d/);
    expect(text.lastIndexOf("\u001b[?25h")).toBeGreaterThan(text.lastIndexOf("\u001b[?25l"));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences take no room
    const lines = text.split(/\n|\u001b\[[?\d;]*[A-Za-z]|\r/);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(80);
  });
});
