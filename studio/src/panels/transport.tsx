import { compare, epoch, pause, reset, setSpeed, step, train } from "../commands.ts";
import { exact } from "../draw/numbers.ts";
import { besideName, keptRuns, loaded, progress, refusal, speed } from "../state.ts";
import { copyLink } from "../text/copy-link.ts";
import { ExportMenu } from "./export-menu.tsx";
import { together } from "./findings.tsx";

const startSlowMotion = (): void =>
  void import("./slow-motion.tsx").then((motion) => motion.startSlowMotion());

const lossText = (value: number, update: number): string =>
  Number.isNaN(value) && update === 0 ? "–" : exact(value);

/** Buttons of the training, and how far it is. */
export function Transport() {
  return (
    <section class="transport" aria-label="Training">
      <button
        type="button"
        class="primary"
        onClick={train}
        title="Trains until Epochs; afterwards: from the start"
      >
        Train
      </button>
      <button type="button" onClick={pause} title="Rests after this update">
        Pause
      </button>
      <button type="button" onClick={step} title="Makes one update">
        Step
      </button>
      <button type="button" onClick={epoch} title="Trains to the end of this epoch">
        Epoch
      </button>
      <button type="button" onClick={reset} title="Back to epoch 0, with the same weights">
        Reset
      </button>
      <button type="button" onClick={compare} title="Keeps this run's losses beside the next">
        Compare
      </button>
      <button type="button" onClick={startSlowMotion} title="One update, shown part by part">
        Slow motion
      </button>
      <label class="speed">
        Speed{" "}
        <select value={String(speed.value)} onChange={(event) => setSpeed(Number(event.currentTarget.value))}>
          <option value="0">full</option>
          <option value="30">30 updates/s</option>
          <option value="10">10 updates/s</option>
          <option value="2">2 updates/s</option>
        </select>
      </label>
      <span class="gap" />
      <button type="button" onClick={() => void copyLink()} title="Puts the whole recipe into the address">
        Copy link
      </button>
      <ExportMenu />
      <Status />
    </section>
  );
}

/** Which kept run is drawn beside the present one. */
function Beside() {
  if (keptRuns.value.length === 0) return null;
  return (
    <label class="speed" title="A run that was kept, drawn beside the present one in every picture">
      Beside{" "}
      <select
        value={besideName.value ?? ""}
        onChange={(event) => {
          const { value } = event.currentTarget;
          besideName.value = value === "" ? null : value;
        }}
      >
        <option value="">nothing</option>
        {keptRuns.value.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** How many findings there are, which may stand below the screen. */
function ToDoctor() {
  const { length } = together();
  if (length === 0) return null;
  return (
    <button
      type="button"
      class="to-doctor"
      onClick={() => {
        const doctor = document.querySelector<HTMLElement>(".findings");
        doctor?.scrollIntoView({ behavior: "smooth", block: "nearest" });
        doctor?.focus({ preventScroll: true });
      }}
    >
      The doctor found {length === 1 ? "something" : `${length} things`} ↓
    </button>
  );
}

/** Where the training is; read aloud when it rests. */
function Status() {
  const { epoch: round, update, loss, validation, running, updatesPerSecond, ended } = progress.value;
  const words = `epoch ${round}, update ${update}, loss ${lossText(loss, update)}, validation loss ${lossText(validation, update)}`;
  const rest =
    refusal.value !== null
      ? "refused"
      : running
        ? `${updatesPerSecond > 0 ? `${Math.round(updatesPerSecond)} updates/s` : "training"}`
        : ended === "not finite"
          ? "stopped: the loss is no number"
          : ended === "stopped early"
            ? "stopped early: validation no longer falls"
            : ended === "epochs"
              ? "done"
              : loaded.value === null
                ? "getting ready …"
                : "at rest";
  return (
    <div class="status-box">
      <div role="status" aria-live={running ? "off" : "polite"} class="status">
        {words}
      </div>
      <span class="status-rest">{rest}</span>
      <Beside />
      <ToDoctor />
    </div>
  );
}
