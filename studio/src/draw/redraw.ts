import { progress } from "../state.ts";

/** All pictures are drawn in one place, once a frame, in the order in which they asked. */
export interface Drawing {
  paint(): void;
  /** Whether any of it is on the screen: what nobody sees is drawn when it comes into view. */
  isSeen: boolean;
}

const waiting = new Set<Drawing>();
/** Within a frame as many as fit into so many milliseconds; the others follow in the next one. */
const BUDGET_MS = 8;
let isAsked = false;
/** Milliseconds the pictures drawn since the last reading took. */
let spent = 0;

function drawFrame(): void {
  isAsked = false;
  const began = performance.now();
  for (const drawing of waiting) {
    if (!drawing.isSeen) continue;
    waiting.delete(drawing);
    drawing.paint();
    if (performance.now() - began > BUDGET_MS) break;
  }
  spent += performance.now() - began;
  ask();
}

/** Milliseconds of rest after which what nobody sees is drawn, too: a page may be printed, or photographed whole. */
const REST_MS = 700;
let rest: ReturnType<typeof setTimeout> | undefined;

function ask(): void {
  clearTimeout(rest);
  rest = undefined;
  if (waiting.size > 0 && !progress.peek().running) rest = setTimeout(drawAll, REST_MS);
  if (isAsked || ![...waiting].some(({ isSeen }) => isSeen)) return;
  isAsked = true;
  requestAnimationFrame(drawFrame);
}

/** Has a picture drawn in the next frame, or in one soon after; one that is out of sight when it is seen again. */
export function redraw(drawing: Drawing): void {
  waiting.add(drawing);
  ask();
}

/** Draws what waited for being seen. */
export const resume = (): void => ask();

export function forget(drawing: Drawing): void {
  waiting.delete(drawing);
}

/** Draws whatever waits, out of sight or not. */
export function drawAll(): void {
  for (const drawing of waiting) {
    waiting.delete(drawing);
    drawing.paint();
  }
}

/** What drawing cost since this was last asked, in milliseconds. */
export function takeCost(): number {
  const cost = spent;
  spent = 0;
  return cost;
}
