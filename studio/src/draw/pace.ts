import { takeCost } from "./redraw.ts";

/** Milliseconds between two moments at which the page shows what has come from the training. */
const USUAL = 100;
/** Drawing may take one part in so many of the time: on a slow machine the pictures change less often, training goes on. */
const SHARE = 30;

let next = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Shows at once where nothing was shown just now, otherwise with what comes until then. */
export function pace(show: () => void): void {
  if (timer !== undefined) return;
  const now = performance.now();
  const act = (): void => {
    timer = undefined;
    next = performance.now() + Math.max(USUAL, SHARE * takeCost());
    show();
  };
  if (now >= next) act();
  else timer = setTimeout(act, next - now);
}

/** Shows now, whatever waits. */
export function atOnce(show: () => void): void {
  clearTimeout(timer);
  timer = undefined;
  next = performance.now() + USUAL;
  show();
}
