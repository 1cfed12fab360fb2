import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const run = async (name: string): Promise<string> => {
  const { stdout } = await promisify(execFile)(`${root}node_modules/.bin/tsx`, [
    "--tsconfig",
    `${root}test/tsconfig.json`,
    `${root}examples/keras/${name}.ts`,
  ]);
  return stdout;
};
const numberIn = (text: string, pattern: RegExp): number => Number(pattern.exec(text)?.[1]);

it("addition: sums are said, character by character", async () => {
  expect(numberIn(await run("addition"), /validation accuracy ([\d.]+)/)).toBeGreaterThan(0.8);
}, 120_000);

it("date-conversion: dates come out as ISO says, by attention", async () => {
  expect(numberIn(await run("date-conversion"), /(\d+) of 40 new dates/)).toBeGreaterThan(30);
}, 120_000);

it("bidirectional-lstm-imdb: reviews are told apart", async () => {
  expect(numberIn(await run("bidirectional-lstm-imdb"), /val_accuracy ([\d.]+)/)).toBeGreaterThan(0.85);
}, 120_000);

it("character-generation: words of the text are said again", async () => {
  const text = /diversity 0\.2: (.*)/.exec(await run("character-generation"))?.[1] ?? "";
  expect(text).toMatch(/round|swish|town/);
}, 120_000);

it("weather-forecast: better than «as it is now» by far", async () => {
  const text = await run("weather-forecast");
  const [loss, naive] = [numberIn(text, /val_loss ([\d.]+)/), numberIn(text, /naive ([\d.]+)/)];
  expect(loss).toBeGreaterThan(0);
  expect(loss).toBeLessThan(naive / 4);
}, 120_000);
