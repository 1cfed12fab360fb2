import { StateError } from "../errors.js";

/** What may be called while another call is running: it uses memory of its own, and changes nothing but states. */
const concurrentCalls: readonly string[] = ["predict()", "evaluate()", "gradients()", "gradientFlow()"];

/** Keeps calls that share a model's memory from running into each other: two passes would overwrite their activations. */
export class CallLock {
  /** Whether the call that is running waits for its callbacks, which may look at and change what nobody else may then. */
  paused = false;
  /** Calls that have not ended, oldest first. */
  readonly #running: string[] = [];

  /** @throws StateError while a call is running that `where` would disturb. */
  check(where: string): void {
    const [other] = this.#running;
    if (other === undefined) return;
    throw new StateError(`${where}: ${other} is still running on this model. Await it first.`);
  }

  /** As `check`, but callbacks may. */
  checkPaused(where: string): void {
    if (!this.paused) this.check(where);
  }

  /** Does the work of a call. @throws StateError while another is running that it would disturb. */
  async take<T>(where: string, work: () => Promise<T>): Promise<T> {
    if (!concurrentCalls.includes(where)) this.check(where);
    this.#running.push(where);
    try {
      return await work();
    } finally {
      this.#running.splice(this.#running.indexOf(where), 1);
    }
  }
}
