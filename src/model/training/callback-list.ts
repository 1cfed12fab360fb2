import type { CallLock } from "../call-lock.js";
import type { Callback } from "../events.js";
import type { Patience } from "../on-demand/heed-signal.js";

type HookName =
  | "onTrainBegin"
  | "onTrainEnd"
  | "onEpochBegin"
  | "onEpochEnd"
  | "onTrainBatchBegin"
  | "onTrainBatchEnd"
  | "onTestBegin"
  | "onTestEnd"
  | "onTestBatchBegin"
  | "onTestBatchEnd";

/** Runs hooks one after the other, waiting for each. */
export class CallbackList {
  /** The hook under way, and the index of the callback whose turn it is: what a save inside it has to know. */
  hook: HookName | undefined;
  turn = 0;

  constructor(
    readonly callbacks: readonly Callback[],
    readonly callLock: CallLock,
    readonly patience: Patience | null,
  ) {}

  async run<Name extends HookName>(
    name: Name,
    ...given: Parameters<NonNullable<Callback[Name]>>
  ): Promise<void> {
    this.callLock.paused = true;
    this.hook = name;
    this.turn = 0;
    try {
      for (const callback of this.callbacks) {
        const hook = callback[name] as ((...all: typeof given) => void | Promise<void>) | undefined;
        const pending = hook?.apply(callback, given);
        if (pending !== undefined) await (this.patience?.within(pending) ?? pending);
        this.turn += 1;
      }
    } finally {
      this.callLock.paused = false;
      this.hook = undefined;
    }
  }
}
