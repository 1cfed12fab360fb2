import { effect, signal } from "@preact/signals";
import { step } from "../commands.ts";
import { exact, readable } from "../draw/numbers.ts";
import { optimizerOf } from "../recipe/studio-recipe.ts";
import {
  frames,
  lit,
  progress,
  recipe,
  recorded,
  shownFrame,
  shownTrace,
  slowStage,
  sweep,
  timeStep,
} from "../state.ts";

const isMoving = signal(true);
let timer: ReturnType<typeof setTimeout> | undefined;
let ticker: ReturnType<typeof setInterval> | undefined;

interface Stage {
  readonly name: string;
  readonly pictures: readonly string[];
  readonly milliseconds: number;
  words(): string;
  /** What moves meanwhile: called with 0 to 1. */
  move?(share: number): void;
}

const weightsNow = () => shownFrame.value?.layers.flatMap(({ weights }) => weights) ?? [];
const stepsNow = (): number =>
  shownTrace.value?.timesteps ?? shownFrame.value?.layers[0]?.recurrent?.hidden.length ?? 1;

const stages: readonly Stage[] = [
  {
    name: "1 Forward",
    pictures: ["Cell trace", "Gates"],
    milliseconds: 3000,
    words: () =>
      `The sequence is read from its first to its last of ${stepsNow()} steps: at each one the gates open or shut, the memory changes.`,
    move: (share) => {
      timeStep.value = Math.min(stepsNow() - 1, Math.floor(share * stepsNow()));
    },
  },
  {
    name: "2 Loss",
    pictures: ["Loss", "Forecast"],
    milliseconds: 2200,
    words: () =>
      `Forecasts are compared with the truth. For this batch: ${exact(shownFrame.value?.loss ?? Number.NaN)}.`,
  },
  {
    name: "3 Back through time",
    pictures: ["Gradient flow"],
    milliseconds: 3600,
    words: () => {
      const norms = shownFrame.value?.layers.findLast(({ recurrent }) => recurrent !== null)?.recurrent
        ?.hidden;
      const [first, last] = [norms?.[0] ?? Number.NaN, norms?.at(-1) ?? Number.NaN];
      return `The gradient comes back from the last step, ‖dL/dh‖ = ${readable(last)}, to the first, ${readable(first)}: ${readable(first / last)} of it arrives.`;
    },
    move: (share) => {
      sweep.value = 1 - share;
    },
  },
  {
    name: "4 Clip",
    pictures: ["Weights and updates"],
    milliseconds: 2400,
    words: () => {
      const { before = Number.NaN, after = Number.NaN } = shownFrame.value?.gradientNorm ?? {};
      const { globalClipnorm: bound } = optimizerOf(recipe.value.recipe) as { globalClipnorm?: number };
      if (bound === undefined)
        return `All gradients together have the norm ${readable(before)}. This recipe clips nothing.`;
      return `All gradients together have the norm ${readable(before)}; the bound is ${readable(bound)}, so ${before > bound ? `they are shortened to ${readable(after)}` : "they stay as they are"}.`;
    },
  },
  {
    name: "5 Update",
    pictures: ["Weights and updates"],
    milliseconds: 3200,
    words: () => {
      const { name, learningRate = 0.001 } = optimizerOf(recipe.value.recipe) as {
        name: string;
        learningRate?: number;
      };
      const moved = weightsNow().map(
        (weight) =>
          `${weight.name.split("/").slice(-2).join(" ").replace("recurrent_kernel", "recurrent")} by ${readable(100 * weight.updateRatio, 2)}%`,
      );
      return `${name}, at a rate of ${readable(learningRate)}, moves each weight: ${moved.slice(0, 4).join(", ")}.`;
    },
  },
];

const still = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;

function show(index: number | null): void {
  clearTimeout(timer);
  clearInterval(ticker);
  sweep.value = null;
  slowStage.value = index;
  const own = index === null ? undefined : stages[index];
  lit.value = own?.pictures ?? [];
  if (own === undefined || index === null) return;
  if (own.move !== undefined && !still()) {
    const began = performance.now();
    ticker = setInterval(() => own.move!(Math.min(1, (performance.now() - began) / own.milliseconds)), 60);
  }
  if (isMoving.value && !still())
    timer = setTimeout(() => show(index + 1 < stages.length ? index + 1 : index), own.milliseconds + 400);
}

/** Makes one update, and then shows slowly what it was made of. */
export function startSlowMotion(): void {
  const from = progress.value.update;
  step();
  const end = effect(() => {
    void recorded.value;
    const { update, running } = progress.value;
    if (running || update === from || frames.length === 0) return;
    queueMicrotask(() => {
      end();
      isMoving.value = true;
      show(0);
    });
  });
  // An update that does not come, such as of a recipe that was refused, is not waited for.
  setTimeout(end, 20_000);
}

export function SlowMotion() {
  const at = slowStage.value;
  if (at === null) return null;
  return (
    <section class="panel slow" aria-label="One update, slowly">
      <ol class="stages">
        {stages.map(({ name }, i) => (
          <li key={name}>
            <button
              type="button"
              aria-current={i === at ? "step" : undefined}
              onClick={() => {
                isMoving.value = false;
                show(i);
              }}
            >
              {name}
            </button>
          </li>
        ))}
      </ol>
      <p aria-live="polite">{stages[at]!.words()}</p>
      <button type="button" onClick={() => show(null)}>
        Close
      </button>
    </section>
  );
}
