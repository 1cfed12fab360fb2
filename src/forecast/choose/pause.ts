/**
 * Lets others be heard when enough time has passed, and ends a fit that was stopped.
 * @returns undefined while it is not yet time. @throws StateError once the signal was aborted.
 */
export type Pause = () => Promise<void> | undefined;
