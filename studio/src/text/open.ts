import { change, openBytes } from "../commands.ts";
import type { OpenedAbout, OpenedFile } from "../protocol.ts";
import { fitted } from "../recipe/adapt.ts";
import { recurrentKinds, type StudioRecipe } from "../recipe/studio-recipe.ts";
import { alarm, dataFile, modelFile, notice, recipe } from "../state.ts";

/** Larger files are for the command line. */
const MOST_BYTES = 256 * 2 ** 20;

/** Opens a file somebody chose or dropped: a table, examples, or a model. */
export async function open(file: File): Promise<void> {
  alarm.value = null;
  if (file.size > MOST_BYTES) {
    alarm.value = `${file.name}: ${Math.round(file.size / 2 ** 20)} MiB are too much for a page. The command line reads it: gateflow train.`;
    return;
  }
  const answer = await openBytes(file.name, new Uint8Array(await file.arrayBuffer()));
  if (answer.kind === "not opened" || answer.kind === "failed") alarm.value = answer.message;
  if (answer.kind !== "opened") return;
  const { file: opened, about } = answer;
  if (about.what === "model") takeModel(opened, about);
  else takeData(opened, about);
}

function takeData(file: OpenedFile, about: OpenedAbout): void {
  dataFile.value = file;
  const studio = recipe.value;
  const { fault: _, case: __, gateBias: ___, target: ____, ...rest } = studio;
  const isTable = about.what === "table";
  const outputs = about.outputs ?? 1;
  const own = fitted(studio.recipe, { outputs, sequences: about.sequences === true, classes: false });
  const rows = file.rows?.length ?? 0;
  change(
    {
      ...rest,
      data: "file",
      knobs: {},
      recipe: {
        ...own,
        window: isTable
          ? Math.max(1, Math.min(studio.recipe.window ?? 20, Math.floor(rows / 5)))
          : (file.x?.shape[1] ?? 1),
        series: isTable ? { impute: "linear", scale: "standard", difference: 0 } : { scale: null },
      },
    },
    0,
  );
  const what = isTable
    ? `${rows} rows; "${file.columns?.[0] ?? ""}" is forecast${(file.columns?.length ?? 1) > 1 ? `, with ${listed(file.columns!.slice(1))} beside it; Target chooses another` : ""}`
    : `${file.x?.shape[0] ?? 0} examples of ${file.x?.shape.slice(1).join(" × ")}`;
  notice.value = [`${file.name}: ${what}.`, ...about.notes].join(" ");
}

const NAMED = 6;
const listed = (names: readonly string[]): string =>
  names.length <= NAMED
    ? names.join(", ")
    : `${names.slice(0, NAMED).join(", ")} and ${names.length - NAMED} more`;

function takeModel(file: OpenedFile, about: OpenedAbout): void {
  modelFile.value = file;
  const studio = recipe.value;
  const { fault: _, case: __, gateBias: ___, ...rest } = studio;
  const [steps, features] = about.inputShape ?? [null, 1];
  const outputs = about.outputs ?? 1;
  const layers = about.layers ?? [];
  const units = layers.find(({ kind }) => (recurrentKinds as readonly string[]).includes(kind))?.units;
  const fits = (features ?? 1) === 1 && outputs === 1 && about.sequences !== true;
  const next: StudioRecipe = {
    ...rest,
    ...(fits && studio.data !== "noise"
      ? {}
      : {
          data: "noise",
          knobs: { features: features ?? 1, outputs, sequences: about.sequences === true ? 1 : 0 },
        }),
    recipe: {
      ...studio.recipe,
      layers,
      window: steps ?? studio.recipe.window ?? 20,
      compile: { ...studio.recipe.compile, loss: about.compile?.loss ?? "mse" },
    },
  };
  change(next, 0);
  notice.value = [
    `${file.name}: a model of ${layers.length} layers${units === undefined ? "" : `, ${String(units)} units`}, with its weights.`,
    fits ? "" : "Noise of its shape stands in for its data, so that its gradient can be seen.",
    ...about.notes,
  ]
    .filter((text) => text !== "")
    .join(" ");
}
