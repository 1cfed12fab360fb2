import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { sineMix } from "../../../bench/faults/series.js";
import {
  adam,
  dense,
  gru,
  lstm,
  type Sequential,
  sequential,
  sgd,
  slidingWindows,
  writeNpy,
  writeNpz,
} from "../../../src/index.js";
import { saveModel } from "../../../src/node/index.js";
import { gateflow, scratch } from "./capture.js";

const { folder } = scratch();
const at = (name: string): string => join(folder, name);
const WINDOW = 12;

interface Found {
  readonly code: string;
  readonly severity: string;
  readonly remedy: string;
  readonly cost: string;
  readonly expect: string;
  readonly asCode: string;
  readonly asOwnCode: string;
}
interface Report {
  readonly format: string;
  readonly as: string;
  readonly healthy: boolean;
  readonly causes: readonly Found[];
  readonly history: Readonly<Record<string, readonly number[]>> | null;
}

const arrays = ["--x", at("x.npy"), "--y", at("y.npy")];
const held = ["--validation-x", at("vx.npy"), "--validation-y", at("vy.npy")];

async function reportOf(file: string, ...more: string[]): Promise<{ code: number; report: Report }> {
  const { code, out, err } = await gateflow(["doctor", at(file), ...arrays, ...more, "--json"]);
  expect(err).toBe("");
  return { code, report: JSON.parse(out) as Report };
}

const built = (units = 8): Sequential =>
  sequential([lstm({ units, inputShape: [WINDOW, 1] }), dense({ units: 1 })], { seed: 3 });

async function saved(name: string, change: (model: Sequential) => void = () => {}, units = 8): Promise<void> {
  const model = built(units);
  change(model);
  await saveModel(model, at(name));
  model.dispose();
}

const { x, y } = slidingWindows(sineMix(300, 2), { window: WINDOW });
const part = (from: number, to: number) => ({
  x: { shape: [to - from, WINDOW, 1], data: x.data.slice(from * WINDOW, to * WINDOW) },
  y: { shape: [to - from, 1], data: y.data.slice(from, to) },
});
const [train, validation] = [part(0, 230), part(230, 280)];

beforeAll(async () => {
  await writeFile(at("x.npy"), writeNpy(train.x));
  await writeFile(at("y.npy"), writeNpy(train.y));
  await writeFile(at("vx.npy"), writeNpy(validation.x));
  await writeFile(at("vy.npy"), writeNpy(validation.y));
  await saved("fast.keras", (model) => model.compile({ optimizer: adam({ learningRate: 3 }), loss: "mse" }));
  await saved("good.keras", (model) =>
    model.compile({ optimizer: adam({ learningRate: 0.02 }), loss: "mse" }),
  );
});

describe("the field guide's commands", async () => {
  const guide = await readFile(
    new URL("../../../docs/why-is-my-lstm-not-learning.md", import.meta.url),
    "utf8",
  );
  const commands = [...guide.matchAll(/^gateflow (doctor model\..+)$/gm)].map(([, command]) => command!);

  it("there is one for Keras and one for PyTorch", () => {
    expect(commands.map((command) => command.split(" ")[1])).toEqual(["model.keras", "model.pt"]);
  });

  it.each(commands)("gateflow %s", async (command) => {
    for (const name of ["model.keras", "model.pt"])
      await saved(name, (model) => model.compile({ optimizer: adam({ learningRate: 0.01 }), loss: "mse" }));
    await writeFile(at("history.json"), '{"loss": [0.5, 0.3, 0.1, 0.05, 0.04, 0.035, 0.033, 0.032]}');
    const args = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) => quoted ?? word!);
    const { code, out, err } = await gateflow(
      args.map((arg) => (/^\w+\.(keras|pt|npy|json)$/.test(arg) ? at(arg) : arg)),
    );
    expect(err).toContain("looking at the trained copy");
    // The weights are new: whatever the logged training says of others, the command ran to its end.
    expect([0, 2]).toContain(code);
    expect(out).toContain("How a copy of it learns");
  });
});

describe("gateflow doctor <model>", () => {
  it("reads loss, optimizer and rate from a Keras file and says the change in Keras's words beside ours; the file stays as it is", async () => {
    const before = createHash("sha256")
      .update(await readFile(at("fast.keras")))
      .digest("hex");
    const { code, report } = await reportOf("fast.keras", ...held);
    expect(code).toBe(2);
    expect(report).toMatchObject({ format: "keras", as: "keras", healthy: false });
    const [first] = report.causes;
    expect(first!.code).toBe("learning_rate_too_high");
    expect(first!.remedy).toMatch(/^Adam\(learning_rate=0\.\d+\)/);
    expect(first!.asCode).toMatch(/keras\.optimizers\.Adam\(learning_rate=0\.\d+\)/);
    expect(first!.asOwnCode).toContain("learningRate: 0.");
    expect(first!.cost).toMatch(/\.$/);
    expect(first!.expect).toMatch(/\.$/);
    expect(
      createHash("sha256")
        .update(await readFile(at("fast.keras")))
        .digest("hex"),
    ).toBe(before);
  });

  it("prints it for a person within 80 columns, with a picture and the course of the copy's training", async () => {
    const { code, out, err } = await gateflow([
      "doctor",
      at("fast.keras"),
      ...arrays,
      ...held,
      "--epochs",
      "4",
    ]);
    expect(code).toBe(2);
    expect(err).toContain("training a copy");
    for (const part of [
      "adam at 3, meanSquaredError",
      "x [230, 12, 1], y [230, 1]; validation",
      "[50, 12, 1]",
      "1 reason why this model does not learn",
      "cost",
      "expect",
      "// in gateflow:",
      "4 epochs: training loss",
    ])
      expect(out).toContain(part);
    expect(out).toMatch(/└─/);
    const long = out.split("\n").filter((line) => line.length > 80 && !line.includes(folder));
    expect(long.filter((line) => !/keras\.|adam\(|compile/.test(line))).toEqual([]);
  });

  it("says nothing of a healthy model", async () => {
    const { code, report } = await reportOf("good.keras", ...held);
    expect([code, report.healthy, report.causes]).toEqual([0, true, []]);
    expect(report.history!.val_loss!.at(-1)!).toBeLessThan(0.1);
    const quiet = await gateflow(["doctor", at("good.keras"), ...arrays, ...held, "-q"]);
    expect(quiet.out).toBe("Healthy: nothing keeps this model from learning\n");
  });

  it.each([
    ["slow.pt", "torch", "pytorch", /lr=0\.\d+/],
    ["slow.onnx", "onnx", "pytorch", /lr=0\.\d+/],
    ["slow.json", "tfjs", "gateflow", /learningRate: 0\.\d+/],
    ["slow.safetensors", "safetensors", "gateflow", /learningRate: 0\.\d+/],
  ] as const)("%s, with --compile, in the words of %s", async (name, format, as, change) => {
    await saved(name);
    const compile = '{"loss":"mse","optimizer":{"name":"adam","learningRate":1e-6}}';
    const { code, report } = await reportOf(name, "--compile", compile);
    expect([code, report.format, report.as]).toEqual([2, format, as]);
    expect(report.causes[0]!.code).toBe("learning_rate_too_low");
    expect(report.causes[0]!.asCode).toMatch(change);
  });

  it("--compile may be said as Keras writes it, or in PyTorch's names, and overrules the file in what it says", async () => {
    const keras = { optimizer: { class_name: "Adam", config: { learning_rate: 1e-6 } } };
    const own = await reportOf("good.keras", "--compile", JSON.stringify(keras), "--as", "pytorch");
    expect(own.report.causes[0]!.code).toBe("learning_rate_too_low");
    expect(own.report.causes[0]!.remedy).toMatch(/torch\.optim\.Adam\(model\.parameters\(\), lr=/);
    await saved("bare.pt");
    const torch = '{"loss":"nn.MSELoss","optimizer":"Adam","lr":0.02}';
    expect((await reportOf("bare.pt", "--compile", torch)).code).toBe(0);
  });

  it("takes .npz, one array of it by name, and --y of the same archive", async () => {
    const archive = await writeNpz({
      x: train.x,
      y: train.y,
      other: train.y,
      x_val: validation.x,
      y_val: validation.y,
    });
    await writeFile(at("data.npz"), archive);
    const run = (...args: string[]) =>
      gateflow(["doctor", at("fast.keras"), ...args, "--json", "--epochs", "3"]);
    for (const args of [
      ["--x", at("data.npz"), "--validation-x", at("data.npz")],
      ["--x", `${at("data.npz")}:x`, "--y", `${at("data.npz")}:other`],
    ]) {
      const { code, out } = await run(...args);
      expect(code).toBe(2);
      expect((JSON.parse(out) as Report).causes[0]!.code).toBe("learning_rate_too_high");
    }
    const missing = await run("--x", `${at("data.npz")}:z`, "--y", at("y.npy"));
    expect([missing.code, missing.err]).toEqual([
      1,
      `gateflow: --x ${at("data.npz")}:z: the archive holds \`x\`, \`y\`, \`other\`, \`x_val\`, \`y_val\`, none called \`z\`. Say which with ${at("data.npz")}:name.\n`,
    ]);
  });

  it("judges the training that was logged, in JSON of Keras or in a CSV log", async () => {
    const epochs = Array.from({ length: 40 }, (_, i) => i);
    const loss = epochs.map((i) => 0.6 * Math.exp(-i / 8) + 0.01);
    const val_loss = epochs.map((i) => (i < 6 ? 0.6 - 0.05 * i : 0.3 + 0.02 * (i - 6)));
    await writeFile(at("history.json"), JSON.stringify({ loss, val_loss }));
    await writeFile(
      at("history.csv"),
      `epoch,loss,lr,val_loss\n${epochs.map((i) => `${i},${loss[i]},0.02,${val_loss[i]}`).join("\n")}\n`,
    );
    const json = await reportOf("good.keras", ...held, "--history", at("history.json"), "--epochs", "5");
    expect(json.report.causes.map(({ code }) => code)).toContain("overfitting");
    const csv = await reportOf("good.keras", ...held, "--history", at("history.csv"), "--epochs", "5");
    expect(csv.report.causes.map(({ code }) => code)).toContain("overfitting");
    await writeFile(at("nan.json"), '{"loss": [0.5, NaN, NaN]}');
    const broken = await reportOf("good.keras", ...held, "--history", at("nan.json"), "--epochs", "5");
    expect(broken.report.causes.map(({ code }) => code)).toContain("nan_in_loss");
  });

  it("finds broken weights and labels that do not fit instead of refusing them", async () => {
    await saved("broken.safetensors", (model) => {
      model.compile({ optimizer: sgd(), loss: "mse" });
      const [first, ...rest] = model.getWeights();
      model.setWeights([{ ...first!, data: first!.data.map((w, i) => (i === 3 ? w + 1 : w)) }, ...rest]);
    });
    await writeFile(at("wide.npy"), writeNpy({ shape: [115, 2], data: train.y.data }));
    await writeFile(
      at("half.npy"),
      writeNpy({ shape: [115, WINDOW, 1], data: train.x.data.slice(0, 115 * WINDOW) }),
    );
    const { code, out } = await gateflow([
      ...["doctor", at("broken.safetensors"), "--x", at("half.npy"), "--y", at("wide.npy"), "--json"],
    ]);
    expect(code).toBe(2);
    expect((JSON.parse(out) as Report).causes[0]!.code).toBe("label_shape_mismatch");
  });

  it.each([
    [["--y", "y.npy"], /--y belongs to a model file: say --x and --y/],
    [["--x", "x.npy"], /--y is missing/],
    [["--x", "x.npy", "--y", "y.npy", "--validation-x", "vx.npy"], /--validation-y is missing/],
    [["--x", "x.npy", "--y", "y.npy", "--window", "5"], /--window belongs to a table/],
    [["--x", "x.npy", "--y", "y.npy", "--fix"], /--fix belongs to a table/],
    [["--x", "none.npy", "--y", "y.npy"], /none\.npy: there is no such file/],
    [["--x", "x.npy", "--y", "y.npy", "--compile", "{"], /--compile is no JSON/],
    [["--x", "x.npy", "--y", "y.npy", "--compile", '{"los":"mse"}'], /--compile.*`los`/],
    [["--x", "x.npy", "--y", "y.npy", "--compile", '{"loss":"msee"}'], /msee/],
    [["--x", "x.npy", "--y", "y.npy", "--history", "x.npy"], /x\.npy: the file is no JSON/],
  ])("a mistake is one line: %j", async (args, message) => {
    const named = args.map((arg) => (/\.npy$/.test(arg) ? at(arg) : arg));
    const { code, out, err } = await gateflow(["doctor", at("good.keras"), ...named]);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(message);
    expect(err.split("\n").length).toBe(2);
  });

  it("a file that does not say how it is trained asks for --compile", async () => {
    const model = sequential([gru({ units: 2, inputShape: [WINDOW, 1] }), dense({ units: 1 })]);
    await saveModel(model, at("bare.onnx"));
    const { code, err } = await gateflow(["doctor", at("bare.onnx"), ...arrays]);
    expect(code).toBe(1);
    expect(err).toContain('does not say how the model is trained. Say it with --compile \'{"loss"');
  });
});
