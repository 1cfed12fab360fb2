/** Pictures that have to be drawn anew; within a frame as many as fit into a few milliseconds. */
const waiting = new Set<() => void>();
const BUDGET_MS = 7;
let isAsked = false;

function draw(): void {
  isAsked = false;
  const began = performance.now();
  for (const picture of waiting) {
    waiting.delete(picture);
    picture();
    if (performance.now() - began > BUDGET_MS) break;
  }
  if (waiting.size > 0) ask();
}

function ask(): void {
  if (isAsked) return;
  isAsked = true;
  requestAnimationFrame(draw);
}

/** Has a picture drawn in the next frame, or in one soon after. */
export function redraw(picture: () => void): void {
  waiting.add(picture);
  ask();
}

export function forget(picture: () => void): void {
  waiting.delete(picture);
}
