import { bundledRows } from "../data/bundled.ts";
import generators from "../data/generators.ts?raw";
import random from "../data/random.ts?raw";
import { knobsOf, sources } from "../data/sources.ts";
import type { Job } from "../protocol.ts";
import { optimizerOf } from "../recipe/studio-recipe.ts";
import { chosenColumns } from "./chosen-columns.ts";
import { factoriesIn, literal } from "./literal.ts";
import setting from "./set-gate-biases.ts?raw";
import { declarationsFor } from "./source-blocks.ts";

/** A program in the making: what it imports, what it declares, what it does. */
interface Program {
  readonly imports: Set<string>;
  readonly types: Set<string>;
  readonly declarations: string[];
  readonly lines: string[];
}

const scalers = { standard: "standardScaler", minMax: "minMaxScaler", robust: "robustScaler" } as const;

/** Numbers in lines that an editor can show. */
const list = (values: readonly unknown[], a = 12): string => {
  const rows: string[] = [];
  for (let i = 0; i < values.length; i += a)
    rows.push(
      `  ${values
        .slice(i, i + a)
        .map(literal)
        .join(", ")},`,
    );
  return `[\n${rows.join("\n")}\n]`;
};

/** `rows` of a series, or `x` and `y` of examples. */
async function dataLines({ recipe: studio, files }: Job, to: Program): Promise<"series" | "examples"> {
  const { data, knobs, recipe } = studio;
  const file = files.data;
  if (data === "file" && file !== undefined) {
    if (file.rows !== undefined) {
      const { columns, rows } = chosenColumns(file, studio.target);
      to.lines.push(`// ${file.name}: ${columns.join(", ")}`, `const rows: number[][] = ${list(rows, 4)};`);
      return "series";
    }
    const nested = (block: typeof file.x): string =>
      `tensor(${list(Array.from(block!.data))}, ${literal([...block!.shape])})`;
    to.imports.add("tensor");
    to.imports.add("toArray");
    to.lines.push(
      `// ${file.name}`,
      `const x = toArray(${nested(file.x)}) as number[][][];`,
      `const y = toArray(${nested(file.y)}) as number[][];`,
    );
    return "examples";
  }
  const source = sources[data]!;
  if (source.kind === "bundled") {
    const rows = await bundledRows(source.file);
    to.lines.push(
      `// ${source.label}`,
      `const rows = ${list(rows.map(([value]) => value))}.map((value) => [value]);`,
    );
    return "series";
  }
  const options = { ...knobsOf(source, knobs), window: recipe.window ?? 1 };
  to.declarations.push(declarationsFor(source.generator, [random, generators]));
  if (source.kind === "series") {
    to.lines.push(
      `// ${source.about}`,
      `const rows = ${source.generator}(${literal(knobsOf(source, knobs))});`,
    );
    return "series";
  }
  to.lines.push(`// ${source.about}`, `const { x, y } = ${source.generator}(${literal(options)});`);
  return "examples";
}

/** From rows to windows: what is learnt is learnt from the training part. */
function seriesLines({ recipe: { recipe, trainShare, fault } }: Job, { imports, lines }: Program): void {
  const { series = {}, window = 1, horizon = 1 } = recipe;
  const say = (...more: string[]): void => void lines.push(...more);
  let name = "rows";
  say(`const split = Math.floor(${trainShare} * rows.length); // later rows validate`);
  if (series.impute != null) {
    const fill = series.impute === "forward" ? "forwardFill" : "interpolate";
    imports.add(fill);
    say(`const filled = ${fill}(${name});`);
    name = "filled";
  }
  if (series.log === true) {
    imports.add("logTransform");
    say(`const logged = logTransform(${name});`);
    name = "logged";
  }
  const order = series.difference === 1 ? 1 : 0;
  if (order === 1) {
    imports.add("difference");
    say(`const changes = difference(${name}); // from each value to the next`);
    name = "changes";
  }
  const train = order === 1 ? "split - 1" : "split";
  const levels = name;
  if (fault === "no zero guard") {
    say(
      `const columns = ${name}[0]!.map((_, f) => {`,
      `  const values = ${name}.slice(0, ${train}).map((row) => row[f]!);`,
      `  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;`,
      "  return { mean, deviation: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) };",
      "});",
      `const scaled = ${name}.map((row) => row.map((value, f) => (value - columns[f]!.mean) / columns[f]!.deviation));`,
    );
    name = "scaled";
  } else if (series.scale != null) {
    const scaler = scalers[series.scale];
    imports.add(scaler);
    const from = fault === "scaler on all" ? name : `${name}.slice(0, ${train})`;
    say(`const scaled = ${scaler}().fit(${from}).transform(${name}) as number[][];`);
    name = "scaled";
  }
  if (series.clip != null) {
    say(
      `const clipped = ${name}.map((row) => row.map((value) => Math.max(-${series.clip}, Math.min(${series.clip}, value))));`,
    );
    name = "clipped";
  }
  imports.add("slidingWindows");
  const windows = literal({ window, ...(horizon === 1 ? {} : { horizon }) });
  const cut = (from: string, part: string): string => `slidingWindows(${from}${part}, ${windows})`;
  const parts = { train: `.slice(0, ${train})`, validation: `.slice(${train} - ${window})` };
  say(`const train = ${cut(name, parts.train)};`, `const validation = ${cut(name, parts.validation)};`);
  if (fault === "raw target")
    say(
      `const targets = ${cut(levels, parts.train)}.y;`,
      `const validationTargets = ${cut(levels, parts.validation)}.y;`,
    );
}

/** From examples to a training and a validation part. */
function exampleLines({ recipe: { recipe, trainShare } }: Job, { imports, lines }: Program): void {
  const { scale } = recipe.series ?? {};
  const isClasses = /crossentropy/i.test(recipe.compile.loss);
  lines.push(`const split = Math.floor(${trainShare} * x.length); // later examples validate`);
  imports.add("tensor");
  let [inputs, targets] = ["x", "y"];
  if (scale != null) {
    imports.add(scalers[scale]);
    lines.push(
      "const inputRows = x.flat();",
      `const inputScaler = ${scalers[scale]}().fit(inputRows.slice(0, split * x[0]!.length));`,
      "const scaledRows = inputScaler.transform(inputRows) as number[][];",
      "const scaledX = x.map((steps, i) => scaledRows.slice(i * steps.length, (i + 1) * steps.length));",
    );
    inputs = "scaledX";
    if (!isClasses) {
      lines.push(
        "const targetRows = (y as number[][][]).flat(Infinity) as number[];",
        "const perExample = targetRows.length / y.length;",
        `const targetScaler = ${scalers[scale]}().fit(targetRows.slice(0, split * perExample));`,
        "const scaledTargets = targetScaler.transform(targetRows) as number[];",
        "const targetShape = tensor(y as number[][]).shape;",
        "const scaledY = toArray(tensor(scaledTargets, targetShape)) as number[][];",
      );
      imports.add("toArray");
      targets = "scaledY";
    }
  }
  lines.push(
    `const train = { x: tensor(${inputs}.slice(0, split)), y: tensor(${targets}.slice(0, split) as number[][]) };`,
    `const validation = { x: tensor(${inputs}.slice(split)), y: tensor(${targets}.slice(split) as number[][]) };`,
  );
}

const shuffleLines = [
  "// The targets of the training part in any other order: the fault of this case.",
  "const order = mulberry32(0);",
  "for (let i = train.y.data.length - 1; i > 0; i--) {",
  "  const j = Math.floor(order() * (i + 1));",
  "  [train.y.data[i], train.y.data[j]] = [train.y.data[j]!, train.y.data[i]!];",
  "}",
];

/** What a case does to its targets. */
function faultLines({ recipe: { fault } }: Job, { lines, declarations }: Program): void {
  const both = (line: (part: string) => string): void => void lines.push(line("train"), line("validation"));
  switch (fault) {
    case "permuted targets":
      if (!declarations.some((text) => text.includes("function mulberry32")))
        declarations.push(declarationsFor("mulberry32", [random]));
      lines.push(...shuffleLines);
      break;
    case "constant target":
      both((part) => `${part}.y.data.fill(0.7); // the fault of this case`);
      break;
    case "leak":
      lines.push(
        "// The target is the last input: the fault of this case.",
        "for (const part of [train, validation]) {",
        "  const size = part.x.data.length / part.x.shape[0]!;",
        "  for (let i = 0; i < part.y.data.length; i++) part.y.data[i] = part.x.data[(i + 1) * size - part.x.shape.at(-1)!]!;",
        "}",
      );
      break;
    case "label shape":
      lines.push(
        "// Whole windows as targets: the fault of this case.",
        "const whole = ({ x }: { x: Tensor }): Tensor => ({ shape: [x.shape[0]!, x.data.length / x.shape[0]!], data: x.data });",
      );
      break;
    default:
  }
}

const targetsOf = (fault: string | undefined, part: "train" | "validation"): string =>
  fault === "raw target"
    ? part === "train"
      ? "targets"
      : "validationTargets"
    : fault === "label shape"
      ? `whole(${part})`
      : `${part}.y`;

function modelLines({ recipe: studio, files }: Job, { imports, lines, declarations, types }: Program): void {
  const { recipe, seed, gateBias, reproducible } = studio;
  lines.push("");
  imports.add("createEngine");
  lines.push(`const engine = await createEngine(${reproducible ? "{ reproducible: true }" : ""});`);
  if (files.model?.model !== undefined) {
    const reader = readerOf(files.model.name);
    imports.add(reader);
    const letters: string[] = [];
    for (const byte of files.model.model) letters.push(String.fromCharCode(byte));
    lines.push(
      `// ${files.model.name}`,
      `const bytes = Uint8Array.from(atob(${JSON.stringify(btoa(letters.join("")))}), (letter) => letter.charCodeAt(0));`,
      `const model = await ${reader}(bytes, { engine });`,
    );
  } else {
    for (const factory of factoriesIn(recipe.layers)) imports.add(factory);
    const isStateful = recipe.layers[0]?.stateful === true;
    lines.push("const model = sequential(", "  [");
    imports.add("sequential");
    recipe.layers.forEach(({ kind, ...options }, i) => {
      imports.add(kind);
      const text = literal(options);
      const own =
        i === 0
          ? `{ ${text === "{}" ? "" : `${text.slice(2, -2)}, `}inputShape: train.x.shape.slice(1)${isStateful ? `, batchSize: ${recipe.fit?.batchSize ?? 32}` : ""} }`
          : text;
      lines.push(`    ${kind}(${own}),`);
    });
    lines.push("  ],", `  { seed: ${seed}, engine },`, ");");
    if (gateBias !== undefined) {
      declarations.push(declarationsFor("setGateBiases", [setting]));
      types.add("Sequential");
      lines.push(`setGateBiases(model, ${literal(gateBias)});`);
    }
  }
  const { name, ...options } = optimizerOf(recipe);
  imports.add(name);
  for (const factory of factoriesIn(options)) imports.add(factory);
  const { loss, truncate } = recipe.compile;
  lines.push(
    `model.compile({ optimizer: ${name}(${literal(options)}), loss: ${JSON.stringify(loss)}${truncate == null || truncate === 0 ? "" : `, truncate: ${truncate}`} });`,
  );
}

const readerOf = (name: string): string =>
  /\.(keras|h5|hdf5)$/i.test(name)
    ? "fromKeras"
    : /\.onnx$/i.test(name)
      ? "fromOnnx"
      : /\.(pt|pth)$/i.test(name)
        ? "fromTorch"
        : "fromSafetensors";

function fitLines({ recipe: { recipe, fault } }: Job, { imports, lines }: Program): void {
  const { epochs = 25, batchSize = 32, shuffle = true, classWeight, earlyStopping } = recipe.fit ?? {};
  const isStateful = recipe.layers.some(({ stateful }) => stateful === true);
  const callbacks: string[] = [];
  if (isStateful) callbacks.push("{ onEpochBegin: () => model.resetStates() }");
  else if (earlyStopping !== undefined) {
    imports.add("earlyStopping");
    callbacks.push(`earlyStopping(${literal({ monitor: "val_loss", ...earlyStopping })})`);
  }
  const given = [
    `epochs: ${epochs}`,
    `batchSize: ${batchSize}`,
    `shuffle: ${shuffle}`,
    ...(classWeight === undefined ? [] : [`classWeight: ${literal(classWeight)}`]),
    ...(isStateful ? [] : [`validationData: [validation.x, ${targetsOf(fault, "validation")}]`]),
    ...(callbacks.length === 0 ? [] : [`callbacks: [${callbacks.join(", ")}]`]),
  ];
  lines.push(
    `const { history } = await model.fit(train.x, ${targetsOf(fault, "train")}, {`,
    ...given.map((option) => `  ${option},`),
    "});",
    "history.loss!.forEach((loss, i) => {",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: code of the program, not of this one
    "  console.log(`epoch ${i + 1}: loss ${loss}, validation loss ${history.val_loss?.[i] ?? Number.NaN}`);",
    "});",
    "engine.dispose();",
  );
}

/** The training as a program that needs nothing but gateflow, and comes to the same losses. */
export async function codeOf(job: Job): Promise<string> {
  const program: Program = { imports: new Set(), types: new Set(), declarations: [], lines: [] };
  const kind = await dataLines(job, program);
  if (kind === "series") seriesLines(job, program);
  else exampleLines(job, program);
  faultLines(job, program);
  if (job.recipe.fault === "label shape") program.types.add("Tensor");
  modelLines(job, program);
  fitLines(job, program);
  const names = [...program.imports].sort();
  const types = [...program.types].sort().map((name) => `type ${name}`);
  return `// A training of the gateflow studio. Run it with: npx tsx gateflow-run.ts
import { ${[...names, ...types].join(", ")} } from "gateflow";

${program.declarations.join("\n\n")}${program.declarations.length > 0 ? "\n\n" : ""}${program.lines.join("\n")}
`;
}
