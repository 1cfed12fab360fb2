/** The first messages of a trial come so many milliseconds apart: where nothing judges by them, and where a pruner does. */
const FIRST_MS = 1000;
const FIRST_JUDGED_MS = 100;
/** Later ones come after a tenth of the trial's time: what a pruner gives up has trained for at most that share in vain. */
const SHARE = 0.1;
/** No message waits longer. */
const LONGEST_MS = 10_000;

/**
 * Milliseconds over which a trial's reports are gathered into one message, for each message costs Redis as much as a third of
 * a whole trial. A trial of n seconds, n above 10, so sends about ten times ln n messages; a pruner's ten more.
 * @param elapsed milliseconds since the trial began.
 */
export const gatheringMs = (elapsed: number, isJudged: boolean): number =>
  Math.min(LONGEST_MS, Math.max(isJudged ? FIRST_JUDGED_MS : FIRST_MS, SHARE * elapsed));
