import { frames, place, progress, recorded, shownFrame, shownPlace } from "../state.ts";

/** Goes back and forth in what was recorded; at its end it follows the training. */
export function Time() {
  void recorded.value;
  const last = Math.max(0, frames.length - 1);
  const frame = shownFrame.value;
  const words =
    frame === undefined
      ? "nothing recorded yet"
      : `update ${frame.update} in epoch ${frame.epoch + 1}${place.value === "newest" ? ", the newest" : ""}`;
  return (
    <section
      class="timeline"
      aria-label="Recorded training"
      title="All pictures show the moment chosen here; at its end they follow the training"
    >
      <label for="time">Time</label>
      <input
        id="time"
        type="range"
        min={0}
        max={last}
        step={1}
        value={Math.max(0, shownPlace.value)}
        aria-valuetext={words}
        onInput={(event) => {
          const at = event.currentTarget.valueAsNumber;
          place.value = at >= last ? "newest" : frames[at]!.update;
        }}
      />
      <span class="when">
        {words}
        {place.value !== "newest" && progress.value.running ? " (training goes on)" : ""}
      </span>
    </section>
  );
}
