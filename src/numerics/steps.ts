/** A computation in short pieces, so that whoever runs it can listen to others in between. */
export type Steps<T> = Generator<void, T, void>;

/** Runs all pieces at once. */
export function complete<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/**
 * Runs one piece after the other, and waits between them as often as `pause` wants.
 * @param pause undefined where it is not yet time; may throw, which ends the computation.
 */
export async function completePausing<T>(
  steps: Steps<T>,
  pause: () => Promise<void> | undefined,
): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    const waiting = pause();
    if (waiting !== undefined) await waiting;
  }
}
