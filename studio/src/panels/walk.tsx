import { useEffect, useRef } from "preact/hooks";
import { change, reset, train } from "../commands.ts";
import { recipeOfCase } from "../recipe/cases.ts";
import { DEFAULT_RECIPE } from "../recipe/studio-recipe.ts";
import { isInvited, lit, walkStop } from "../state.ts";
import { remember } from "./invite.ts";

interface Stop {
  readonly title: string;
  readonly words: string;
  readonly pictures: readonly string[];
  readonly before?: () => void;
}

const stops: readonly Stop[] = [
  {
    title: "A model learns, here",
    words:
      "An LSTM reads 20 values of two mixed waves and forecasts the next one. It is training now, in this page. The loss says how wrong it is: watch it fall.",
    pictures: ["Loss"],
    before: () => {
      change({ ...DEFAULT_RECIPE }, 0);
      train();
    },
  },
  {
    title: "What it has learnt",
    words:
      "Truth and forecast on values it was not trained on. The dashed line is the simplest guess: the last value again. A model is worth something once it is better than that.",
    pictures: ["Forecast"],
  },
  {
    title: "The gradient comes back",
    words:
      "To learn, every step must hear how wrong the end was. This message, the gradient, travels from right to left, from the last step to the first. Where it is dark, little arrives; where nothing arrives, nothing is learnt.",
    pictures: ["Gradient flow"],
  },
  {
    title: "Gates and memory",
    words:
      "Each cell keeps a memory c. The forget gate says how much of it stays at each step, the input gate what is added. A forget gate at 0.5 halves the memory, and the gradient, at every single step.",
    pictures: ["Gates", "Cell trace"],
  },
  {
    title: "Why an LSTM forgets",
    words:
      "This one has to report a sign it saw 60 steps ago, with a forget gate that starts shut. See how its gradient dies on the way back. The doctor below says why: apply the remedy and watch.",
    pictures: ["Gradient flow"],
    before: () => {
      change(recipeOfCase("vanishing_gradients: sick")!, 0);
      train();
    },
  },
];

function show(next: number | null): void {
  isInvited.value = false;
  remember();
  walkStop.value = next;
  const own = next === null ? undefined : stops[next];
  lit.value = own?.pictures ?? [];
  own?.before?.();
}

export const startWalk = (): void => show(0);

/** A short tour of five stops; nothing is covered, everything can be used meanwhile. */
export function Walk() {
  const at = walkStop.value;
  const card = useRef<HTMLElement>(null);
  useEffect(() => {
    card.current?.focus();
    const first = stops[at ?? -1]?.pictures[0];
    if (first !== undefined)
      document
        .querySelector(`figure[aria-label="${first}"]`)
        ?.scrollIntoView({ block: "nearest", behavior: "smooth" });
  }, [at]);
  if (at === null) return null;
  const { title, words } = stops[at]!;
  return (
    <section
      class="walk"
      ref={card}
      tabIndex={-1}
      aria-label={`Tour, ${at + 1} of ${stops.length}: ${title}`}
    >
      <p class="walk-count">
        {at + 1} of {stops.length}
      </p>
      <h2>{title}</h2>
      <p>{words}</p>
      <div class="walk-buttons">
        {at > 0 && (
          <button type="button" onClick={() => show(at - 1)}>
            Back
          </button>
        )}
        {at < stops.length - 1 ? (
          <button type="button" class="primary" onClick={() => show(at + 1)}>
            Next
          </button>
        ) : (
          <button
            type="button"
            class="primary"
            onClick={() => {
              show(null);
              document.querySelector(".findings")?.scrollIntoView({ behavior: "smooth" });
            }}
          >
            To the doctor
          </button>
        )}
        {at < stops.length - 1 && (
          <button
            type="button"
            onClick={() => {
              show(null);
              if (at === 0) reset();
            }}
          >
            Skip
          </button>
        )}
      </div>
    </section>
  );
}
