import { change, chooseData, trainPair } from "../commands.ts";
import { knobsOf, sources } from "../data/sources.ts";
import { cases, recipeOfCase } from "../recipe/cases.ts";
import {
  type Cell,
  firstRecurrent,
  optimizerOf,
  withOptimizer,
  withRecipe,
  withRecurrent,
} from "../recipe/studio-recipe.ts";
import { dataFile, modelFile, recipe } from "../state.ts";
import { Choice, NumberField } from "./field.tsx";
import { Folded, later } from "./later.tsx";

const MoreControls = later(async () => (await import("./more-controls.tsx")).MoreControls);

const aboutData = (): string => {
  const { data, case: name } = recipe.value;
  const own = cases.find((one) => name?.startsWith(`${one.name}: `));
  if (own !== undefined && name?.endsWith("sick")) return own.about;
  if (data === "file") return `Your file ${dataFile.value?.name ?? ""}.`;
  return sources[data]?.about ?? "";
};

/** A model that was opened is one with its weights: another recipe makes a new one. */
const anew = (next: typeof recipe.value): void => {
  modelFile.value = undefined;
  change(next);
};

/** What is trained, on what: the part of the recipe that one changes most. */
export function Controls() {
  const studio = recipe.value;
  const { recipe: own } = studio;
  const cell = firstRecurrent(own);
  const { learningRate = 0.001 } = optimizerOf(own) as { learningRate?: number };
  const columns = dataFile.value?.columns ?? [];
  const isTask = sources[studio.data]?.kind === "examples";
  return (
    <section class="controls" aria-label="Recipe">
      <Choice
        label="Data"
        value={studio.data}
        help="What the model learns from."
        onValue={(name) => chooseData(name)}
      >
        {Object.entries(sources).map(([name, { label }]) => (
          <option key={name} value={name}>
            {label}
          </option>
        ))}
        {studio.data === "file" && <option value="file">{dataFile.value?.name ?? "a file"}</option>}
      </Choice>
      {studio.data === "file" && columns.length > 1 && (
        <Choice
          label="Target"
          value={studio.target ?? columns[0]!}
          help="The column that is forecast; the others stand beside it as inputs."
          onValue={(target) => change({ ...studio, target })}
        >
          {columns.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </Choice>
      )}
      <Choice
        label="Case"
        value={studio.case ?? ""}
        help="A training that fails in one way, and its healthy twin."
        onValue={(name) => {
          modelFile.value = undefined;
          const next = recipeOfCase(name);
          if (next !== undefined) change(next, 0);
          else {
            const { case: _, ...rest } = studio;
            change(rest, 0);
          }
        }}
      >
        <option value="">none</option>
        {cases.flatMap(({ name }) =>
          ["sick", "cured"].map((state) => (
            <option key={`${name}: ${state}`} value={`${name}: ${state}`}>
              {`${name}: ${state}`}
            </option>
          )),
        )}
      </Choice>
      <p class="about">
        {aboutData()}
        {studio.case !== undefined && (
          <button
            type="button"
            class="small"
            onClick={trainPair}
            title="Trains the sick one, keeps it, and trains its healthy twin beside it in every picture"
          >
            Sick and cured, side by side
          </button>
        )}
      </p>
      <div class="pair">
        <Choice
          label="Cell"
          value={cell?.kind ?? "lstm"}
          help="lstm: memory with three gates. gru: two gates, no separate memory. simpleRNN: no gates at all."
          onValue={(kind) => {
            const { gateBias: _, ...rest } = studio;
            anew(withRecurrent(rest, { kind: kind as Cell, unitForgetBias: undefined }));
          }}
        >
          <option value="lstm">LSTM</option>
          <option value="gru">GRU</option>
          <option value="simpleRNN">Simple RNN</option>
        </Choice>
        <NumberField
          label="Units"
          value={Number(cell?.units ?? 0)}
          min={1}
          max={1024}
          help="Cells side by side in each recurrent layer."
          onValue={(units) => anew(withRecurrent(studio, { units }))}
        />
      </div>
      <div class="pair">
        <NumberField
          label="Window"
          value={own.window ?? 1}
          min={1}
          max={5000}
          help={
            isTask ? "Time steps of each example." : "Values the model sees before it forecasts the next."
          }
          onValue={(window) => change(withRecipe(studio, { window }))}
        />
        <NumberField
          label="Truncate"
          value={own.compile.truncate ?? 0}
          min={0}
          max={5000}
          help="The gradient is cut every so many steps; 0: it goes all the way back."
          onValue={(steps) => {
            const { truncate: _, ...compile } = own.compile;
            change(withRecipe(studio, { compile: steps === 0 ? compile : { ...compile, truncate: steps } }));
          }}
        />
      </div>
      <div class="pair">
        <NumberField
          label="Learning rate"
          value={learningRate}
          min={0}
          max={1000}
          step="any"
          whole={false}
          help="How far each update goes."
          onValue={(rate) => change(withOptimizer(studio, { learningRate: rate }))}
        />
        <NumberField
          label="Epochs"
          value={own.fit?.epochs ?? 25}
          min={1}
          max={1_000_000}
          help="Train stops after so many rounds through the data."
          onValue={(epochs) => {
            // Where a training stops changes nothing of what it was until then.
            recipe.value = withRecipe(studio, { fit: { ...own.fit, epochs } });
          }}
        />
      </div>
      <Folded
        class="more"
        summary="More: layers, optimizer, scaling, seed …"
        inside={() => (
          <MoreControls
            knobs={knobsOf(sources[studio.data] ?? ({ knobs: {} } as never), studio.knobs)}
            anew={anew}
          />
        )}
      />
    </section>
  );
}
