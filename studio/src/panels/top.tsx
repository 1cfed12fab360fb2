import { switchScheme } from "../draw/follow-scheme.ts";
import { isInvited, loaded, scheme } from "../state.ts";

const startWalk = (): void => void import("./walk.tsx").then((walk) => walk.startWalk());

function machine(): string {
  const info = loaded.value;
  if (info === null) return "";
  const threads = info.threads > 1 ? `${info.threads} threads` : "1 thread";
  return `${info.parameters.toLocaleString("en")} weights · ${info.trainExamples} training examples · ${threads}`;
}

export const Top = () => (
  <header class="top">
    <h1>
      <span class="logo" aria-hidden="true" /> gateflow studio
    </h1>
    <p class="claim">Train an LSTM in your browser and see how far back its gradient reaches.</p>
    <span
      class="machine"
      title="Numbers the model learns · examples it learns from · processor threads that compute it"
    >
      {machine()}
    </span>
    <nav aria-label="Pages">
      <button type="button" class={isInvited.value ? "primary" : ""} onClick={startWalk}>
        {isInvited.value ? (
          <>
            <span class="wide">New here? </span>Take the tour
          </>
        ) : (
          "Tour"
        )}
      </button>
      <a href="./teachers.html">For teachers</a>
      <button type="button" onClick={switchScheme}>
        {scheme.value === "dark" ? "Light" : "Dark"}
      </button>
    </nav>
  </header>
);
