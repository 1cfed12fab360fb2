import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { transform } from "esbuild";
import { parquetWriteFile } from "hyparquet-writer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeNpz } from "../../src/formats/index.js";
import { loadModel } from "../../src/node/model-files.js";
import { type Browser, catchDownloads, openBrowser, takeDownloads } from "../browsers/open-browser.js";
import { root, type ServedStudio, serveStudio } from "./built-studio.js";
import { StudioPage } from "./studio-page.js";

let served: ServedStudio;
let browser: Browser;
let studio: StudioPage;
let folder: string;

beforeAll(async () => {
  served = await serveStudio();
  folder = await mkdtemp(join(tmpdir(), "gateflow-files-"));
  browser = await openBrowser("chromium");
  studio = new StudioPage(await browser.open(served.url));
  await studio.ready();
  await catchDownloads(studio.page);
});
afterAll(async () => {
  await browser?.close();
  await served?.close();
  await rm(folder, { recursive: true });
});

/** What a menu item hands out: one file. */
async function exported(item: string): Promise<{ name: string; bytes: Buffer }> {
  await studio.exportAs(item);
  for (let tries = 0; tries < 400; tries++) {
    const files = await takeDownloads(studio.page);
    if (files.length > 0) {
      expect(files).toHaveLength(1);
      return files[0]!;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${item} handed out nothing.`);
}

const textOf = async (item: string): Promise<string> => (await exported(item)).bytes.toString();

/** Runs a program that was exported, where it finds gateflow as any project does. */
async function losses(code: string): Promise<string[]> {
  const place = join(root, "out", `studio-${process.pid}`);
  await mkdir(place, { recursive: true });
  try {
    // As Node 22 does by itself, and tsx: types are taken away.
    const { code: plain } = await transform(code, { loader: "ts", format: "esm" });
    await writeFile(join(place, "run.mjs"), plain);
    const { stdout } = await promisify(execFile)(process.execPath, [join(place, "run.mjs")]);
    return stdout.trim().split("\n");
  } finally {
    await rm(place, { recursive: true });
  }
}

const inStatus = (number: string | undefined): string => Number(number).toPrecision(7);

/** The last line a program printed, with the digits of the status. */
function lastOf(lines: readonly string[]): { epoch: number; loss: string; validation: string } {
  const [, epoch, loss, validation] =
    /^epoch (\d+): loss (\S+), validation loss (\S+)$/.exec(lines.at(-1)!) ?? [];
  return { epoch: Number(epoch), loss: inStatus(loss), validation: inStatus(validation) };
}

describe("what the studio hands out", () => {
  it("a program that comes to the page's losses: a series, a case with biases, a task", async () => {
    for (const name of [
      "non_stationary_target: cured",
      "vanishing_gradients: sick",
      "unscaled_target: sick",
    ]) {
      await studio.open(name);
      if (name.startsWith("vanishing")) await studio.set("Window", 12);
      await studio.press("Reset");
      await studio.ready();
      const { epoch, loss, validation } = await studio.train(2);
      const printed = lastOf(await losses(await textOf("Code")));
      expect(printed, name).toEqual({
        epoch,
        loss: inStatus(loss),
        validation: inStatus(validation),
      });
    }
  });

  it("its models can be opened by the library, with the weights of the page", async () => {
    await studio.choose("Data", "sines");
    await studio.set("Units", 5);
    await studio.press("Reset");
    await studio.ready();
    await studio.train(1);
    for (const item of ["Model", "Keras (.keras)", "PyTorch (.pt)", "ONNX (.onnx)"]) {
      const { name, bytes } = await exported(item);
      await writeFile(join(folder, name), bytes);
      const model = await loadModel(join(folder, name));
      expect(model.countParams(), item).toBe(4 * 5 * (1 + 5 + 1) + 5 + 1);
      model.dispose();
    }
    const json = JSON.parse(await textOf("TensorFlow.js (.json)"));
    expect(json.modelTopology).toBeDefined();
    expect(json.weightData.length).toBeGreaterThan(100);
  });

  it("its trace has the layers and a step a recorded update, its table a row each", async () => {
    const trace = JSON.parse(await textOf("Trace"));
    expect(trace.layers.map(({ name }: { name: string }) => name)).toEqual(["lstm", "dense"]);
    expect(trace.steps.length).toBeGreaterThan(2);
    const window = trace.recipe.recipe.window;
    for (const { layers } of trace.steps) {
      expect(layers[0].hiddenGradient).toHaveLength(window);
      expect(layers[0].gates.forget.mean[0]).toBeGreaterThan(0.2);
    }
    const rows = (await textOf("Flow table (.csv)")).trim().split("\n");
    expect(rows).toHaveLength(1 + trace.steps.length * window);
  });

  it("its picture is an SVG, its screen a PNG, its report one page with pictures and nothing from elsewhere", async () => {
    expect(await textOf("Picture")).toMatch(/^(<\?xml[^>]*\?>\s*)?<svg /);
    const screen = await exported("Screen (.png)");
    expect(screen.bytes.subarray(1, 4).toString()).toBe("PNG");
    expect(screen.bytes.length).toBeGreaterThan(10_000);
    const page = await textOf("Report (.html)");
    expect(page.match(/<svg /g)!.length).toBeGreaterThan(4);
    expect(page).not.toMatch(/(src|href)="https?:/);
  });
});

/** Drops a file on the page's main part. */
const drop = (name: string, bytes: Uint8Array): Promise<void> =>
  studio.page.evaluate(
    ({ name: own, letters }) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(atob(letters), (letter) => letter.charCodeAt(0))], own));
      document
        .querySelector("main")!
        .dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
    },
    { name, letters: Buffer.from(bytes).toString("base64") },
  );

/** Waits for a message that holds a text. */
async function said(text: string): Promise<void> {
  let all = "";
  for (let tries = 0; tries < 400; tries++) {
    all = await studio.page.evaluate(() =>
      [...document.querySelectorAll(".notice, .alarm")].map((one) => one.textContent).join(" "),
    );
    if (all.includes(text)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`«${text}» was not said, but «${all}».`);
}

const units = (): Promise<string> =>
  studio.page.getByRole("spinbutton", { name: "Units", exact: true }).inputValue();

describe("what the studio takes", () => {
  it("JSON lines, Parquet and arrays that are dropped on it", async () => {
    const values = Array.from({ length: 60 }, (_, i) => Math.round(100 * Math.sin(i / 3)) / 100);
    await drop("lines.jsonl", Buffer.from(values.map((value) => JSON.stringify({ value })).join("\n")));
    await said("lines.jsonl: 60 rows");
    await studio.ready();
    const fromLines = (await studio.train(1)).loss;
    const path = join(folder, "table.parquet");
    parquetWriteFile({ filename: path, columnData: [{ name: "value", data: values, type: "DOUBLE" }] });
    await drop("table.parquet", await readFile(path));
    await said("table.parquet: 60 rows");
    await studio.ready();
    expect((await studio.train(1)).loss).toBe(fromLines);
    const x = Array.from({ length: 40 }, (_, i) => Array.from({ length: 6 }, (_, t) => [Math.sin(i + t), 1]));
    const y = x.map((row) => [row[5]![0]!, row[0]![0]!]);
    await drop("arrays.npz", await writeNpz({ x, y }));
    await said("arrays.npz: 40 examples of 6 × 2");
    await studio.ready();
    await studio.train(1);
  });

  it("a table of several columns, any of which can be what is forecast", async () => {
    const rows = Array.from({ length: 60 }, (_, i) =>
      [i % 7, Math.round(100 * Math.sin(i / 3)), i].join(","),
    );
    await drop("three.csv", Buffer.from(`weekday,wave,count\n${rows.join("\n")}\n`));
    await said('"count" is forecast, with weekday, wave beside it');
    const usual = await studio.ready();
    await studio.choose("Target", "wave");
    const chosen = await studio.until(
      ({ loss }) => loss !== usual.loss && /^\d/.test(loss),
      "The other target",
    );
    const { epoch, loss, validation } = await studio.train(1);
    expect(loss).not.toBe(chosen.loss);
    const printed = lastOf(await losses(await textOf("Code")));
    expect(printed).toEqual({ epoch, loss: inStatus(loss), validation: inStatus(validation) });
  });

  it("models of other systems, whose size it takes over and whose flow it shows", async () => {
    for (const file of ["gru-linear.pth", "onnx-lstm-last.onnx"]) {
      const bytes = await readFile(join(root, "test/golden/formats", file));
      await drop(file, bytes);
      await said(`${file}: a model of`);
      await studio.ready();
      const model = await loadModel(join(root, "test/golden/formats", file));
      const recurrent = model.layers.find(({ kind }) => kind === "lstm" || kind === "gru") as unknown as {
        units: number;
      };
      expect(await units(), file).toBe(String(recurrent.units));
      model.dispose();
      await studio.press("Step");
      await studio.until(({ update }) => update === 1, `An update of ${file}`);
    }
  });

  it("refuses what it cannot read, naming the file, and goes on", async () => {
    const before = await studio.state();
    await drop("cut.npz", Buffer.from("PK\u0003\u0004 nothing"));
    expect(await studio.alert()).toMatch(/^cut\.npz: /);
    await drop("model.keras", Buffer.from("no model"));
    await said("model.keras: ");
    await drop("few.csv", Buffer.from("a\n1\n2\n"));
    await said("few.csv: has 2 rows");
    expect(await studio.state()).toEqual(before);
    expect(await studio.page.consoleErrors()).toEqual([]);
  });
});
