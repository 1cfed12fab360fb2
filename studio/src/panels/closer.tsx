import { signal } from "@preact/signals";
import { readable } from "../draw/numbers.ts";
import type { ProbeTrace } from "../protocol.ts";
import { layerName, recipe, shownFrame, shownLayer, shownTrace, timeStep, unit } from "../state.ts";
import { type Formula, formulasOf } from "../text/formulas.ts";
import { NumberField } from "./field.tsx";

const part = signal("c");

const chosenStep = (trace: ProbeTrace): number =>
  Math.min(timeStep.value ?? trace.timesteps - 1, trace.timesteps - 1);

const FormulaLine = ({ formula }: { readonly formula: Formula }) => (
  <li>
    <span class="formula">{formula.text}</span>
    <span class="formula numbers">= {formula.numbers}</span>
    <span class="formula result">= {readable(formula.result, 4)}</span>
    <span class="equation">({formula.equation})</span>
    <span class="formula-about">{formula.about}</span>
  </li>
);

/** Layer, cell, gate, formula: with the numbers of the sequence that is followed. */
export function Closer() {
  const trace = shownTrace.value;
  const layers = shownFrame.value?.layers.filter(({ recurrent }) => recurrent !== null) ?? [];
  if (trace === undefined)
    return <p>Nothing is followed: this model is too large for it, or keeps its state.</p>;
  return <Cell trace={trace} layers={layers.map(({ name }) => name)} />;
}

function Cell({ trace, layers }: { readonly trace: ProbeTrace; readonly layers: readonly string[] }) {
  const t = chosenStep(trace);
  const own = Math.min(unit.value, trace.units - 1);
  const cell = recipe.value.recipe.layers.find(({ kind }) => kind === trace.kind);
  const parts = formulasOf(trace, t, own, String(cell?.activation ?? "tanh"));
  const shown = parts.find(({ name }) => name === part.value) ?? parts[0]!;
  return (
    <>
      <p class="findings-state">
        The sequence of the validation part that the Forecast marks, as the model stands at the shown moment.
        Numbers in brackets are those of the equations in docs/MATH.md.
      </p>
      <div class="closer-choice">
        <div class="field">
          <label for="closer-layer">Layer</label>
          <select
            id="closer-layer"
            value={shownLayer.value?.name ?? trace.layer}
            onChange={(event) => {
              layerName.value = event.currentTarget.value;
            }}
          >
            {(layers.length > 0 ? layers : [trace.layer]).map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </div>
        <NumberField
          label="Unit number"
          value={own + 1}
          min={1}
          max={trace.units}
          help="Which of the layer's cells."
          onValue={(value) => {
            unit.value = value - 1;
          }}
        />
        <NumberField
          label="Moment t"
          value={t + 1}
          min={1}
          max={trace.timesteps}
          help="Which element of the sequence."
          onValue={(value) => {
            timeStep.value = value - 1;
          }}
        />
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for what is sent */}
      <div class="cell-parts" role="group" aria-label="Parts of the cell">
        {parts.map(({ name, title, value }) => (
          <button
            key={name}
            type="button"
            aria-pressed={name === shown.name}
            onClick={() => {
              part.value = name;
            }}
          >
            <b>{title}</b>
            <span>{readable(value)}</span>
            {name.length === 1 && name !== "c" && name !== "h" && (
              <meter class="meter" min={0} max={1} value={Math.abs(value)} aria-hidden="true" />
            )}
          </button>
        ))}
      </div>
      <p>{shown.about}</p>
      <ul class="formulas">
        {shown.formulas.map((formula) => (
          <FormulaLine key={formula.text} formula={formula} />
        ))}
      </ul>
    </>
  );
}
