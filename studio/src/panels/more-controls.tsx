import type { Recipe } from "gateflow";
import { change } from "../commands.ts";
import { sources } from "../data/sources.ts";
import { keeperOf } from "../recipe/gates.ts";
import {
  firstRecurrent,
  isRecurrent,
  optimizerOf,
  type StudioRecipe,
  withDepth,
  withOptimizer,
  withRecipe,
  withRecurrent,
} from "../recipe/studio-recipe.ts";
import { recipe } from "../state.ts";
import { Choice, NumberField } from "./field.tsx";

interface MoreProps {
  readonly knobs: Readonly<Record<string, number>>;
  /** Takes a recipe whose model is another one. */
  readonly anew: (next: StudioRecipe) => void;
}

const initializers = ["default", "glorotUniform", "heNormal", "orthogonal", "randomNormal", "zeros"];

const nameOf = (value: unknown): string =>
  value === undefined ? "default" : typeof value === "string" ? value : (value as { name: string }).name;

/** The rest of the recipe: folded away until somebody wants it. */
export function MoreControls({ knobs, anew }: MoreProps) {
  const studio = recipe.value;
  const { recipe: own } = studio;
  const cell = firstRecurrent(own);
  const optimizer = optimizerOf(own) as { name: string; globalClipnorm?: number; weightDecay?: number };
  const series = own.series ?? {};
  const setSeries = (set: NonNullable<Recipe["series"]>): void =>
    change(withRecipe(studio, { series: { ...series, ...set } }));
  const keeper = keeperOf(cell?.kind ?? "");
  const source = sources[studio.data];
  return (
    <>
      {Object.entries(source?.knobs ?? {}).map(([name, knob]) => (
        <NumberField
          key={name}
          label={knob.label}
          value={knobs[name] ?? knob.value}
          min={knob.min}
          max={knob.max}
          step={knob.step}
          whole={Number.isInteger(knob.step)}
          help={`Of the data: ${knob.label.toLowerCase()}.`}
          onValue={(value) => change(withKnob(studio, name, value))}
        />
      ))}
      <NumberField
        label="Layers"
        value={own.layers.filter(isRecurrent).length}
        min={1}
        max={6}
        help="Recurrent layers on top of each other."
        onValue={(depth) => anew(withDepth(studio, depth))}
      />
      {keeper !== undefined && (
        <NumberField
          label={keeper === "forget" ? "Forget bias" : "Update bias"}
          value={studio.gateBias?.[keeper] ?? (keeper === "forget" && cell?.unitForgetBias !== false ? 1 : 0)}
          min={-50}
          max={50}
          step={0.5}
          whole={false}
          help="Bias with which the gate that keeps the memory starts: higher remembers longer."
          onValue={(value) => anew({ ...studio, gateBias: { ...studio.gateBias, [keeper]: value } })}
        />
      )}
      <Choice
        label="Activation"
        value={String(cell?.activation ?? "tanh")}
        help="What bounds the cell's memory on its way out."
        onValue={(activation) =>
          anew(withRecurrent(studio, { activation: activation === "tanh" ? undefined : activation }))
        }
      >
        {["tanh", "sigmoid", "relu", "linear"].map((name) => (
          <option key={name}>{name}</option>
        ))}
      </Choice>
      <Choice
        label="Initialization"
        value={nameOf(cell?.kernelInitializer)}
        help="How the weights from the input start."
        onValue={(name) =>
          anew(withRecurrent(studio, { kernelInitializer: name === "default" ? undefined : name }))
        }
      >
        {[...new Set([...initializers, nameOf(cell?.kernelInitializer)])].map((name) => (
          <option key={name}>{name}</option>
        ))}
      </Choice>
      <NumberField
        label="Dropout"
        value={Number(cell?.dropout ?? 0)}
        min={0}
        max={0.95}
        step={0.05}
        whole={false}
        help="Share of the inputs left out at random in training."
        onValue={(dropout) => anew(withRecurrent(studio, { dropout: dropout === 0 ? undefined : dropout }))}
      />
      <Choice
        label="Optimizer"
        value={optimizer.name}
        help="How gradients become updates."
        onValue={(name) => change(withOptimizer(studio, { name }))}
      >
        {["adam", "adamw", "nadam", "rmsprop", "sgd", "adagrad", "adadelta", "adamax", "lion"].map((name) => (
          <option key={name}>{name}</option>
        ))}
      </Choice>
      <NumberField
        label="Clip norm"
        value={optimizer.globalClipnorm ?? 0}
        min={0}
        max={1e6}
        step="any"
        whole={false}
        help="All gradients together are shortened to this; 0: never."
        onValue={(norm) => change(withOptimizer(studio, { globalClipnorm: norm === 0 ? undefined : norm }))}
      />
      <NumberField
        label="Batch size"
        value={own.fit?.batchSize ?? 32}
        min={1}
        max={100_000}
        help="Examples an update learns from."
        onValue={(batchSize) => change(withRecipe(studio, { fit: { ...own.fit, batchSize } }))}
      />
      <Choice
        label="Order of examples"
        value={own.fit?.shuffle === false ? "as they are" : "shuffled"}
        help="Whether examples are shuffled before each epoch."
        onValue={(order) =>
          change(withRecipe(studio, { fit: { ...own.fit, shuffle: order === "shuffled" } }))
        }
      >
        <option>shuffled</option>
        <option>as they are</option>
      </Choice>
      <Choice
        label="Scaling"
        value={series.scale ?? "none"}
        help="Brings the numbers to a size a model is made for; learnt from the training part."
        onValue={(scale) => setSeries({ scale: scale === "none" ? null : (scale as "standard") })}
      >
        <option value="none">none</option>
        <option value="standard">standard: mean 0, deviation 1</option>
        <option value="minMax">min-max: 0 to 1</option>
        <option value="robust">robust: median and quartiles</option>
      </Choice>
      <Choice
        label="Difference"
        value={String(series.difference ?? 0)}
        help="Learns changes instead of levels: for series that climb."
        onValue={(order) => setSeries({ difference: Number(order) })}
      >
        <option value="0">levels</option>
        <option value="1">changes</option>
      </Choice>
      <Choice
        label="Gaps"
        value={series.impute ?? "refused"}
        help="What becomes of missing values."
        onValue={(impute) => setSeries({ impute: impute === "refused" ? null : (impute as "linear") })}
      >
        <option value="refused">are refused</option>
        <option value="linear">a line between neighbours</option>
        <option value="forward">the last value again</option>
      </Choice>
      <NumberField
        label="Seed"
        value={studio.seed}
        min={0}
        max={4_294_967_295}
        help="Of weights and order: the same seed, the same losses, on every machine."
        onValue={(seed) => change({ ...studio, seed })}
      />
      <Choice
        label="Arithmetic"
        value={studio.reproducible ? "reproducible" : "fastest"}
        help="reproducible: the same bits on every machine. fastest: what this processor does best."
        onValue={(kind) => change({ ...studio, reproducible: kind === "reproducible" })}
      >
        <option value="reproducible">the same everywhere</option>
        <option value="fastest">the fastest here</option>
      </Choice>
    </>
  );
}

/** A knob turned; the copy task needs as many outputs as signs. */
function withKnob(studio: StudioRecipe, name: string, value: number): StudioRecipe {
  const turned = { ...studio, knobs: { ...studio.knobs, [name]: value } };
  if (name !== "symbols" && name !== "outputs") return turned;
  const { layers } = studio.recipe;
  return withRecipe(turned, {
    layers: layers.map((layer, i) => (i === layers.length - 1 ? { ...layer, units: value } : layer)),
  });
}
