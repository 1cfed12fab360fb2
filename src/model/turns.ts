import { StateError } from "../errors.js";

/** What may be called while another call is running: it uses memory of its own, and changes nothing. */
const sidelines: readonly string[] = ["predict()", "evaluate()", "gradients()", "gradientFlow()"];

/** Keeps calls that share a model's memory from running into each other: two passes would overwrite their activations. */
export class Turns {
  /** Calls that have not ended, oldest first. */
  readonly #running: string[] = [];

  /** Does the work of a call. @throws StateError while another is running that it would disturb. */
  async take<T>(where: string, work: () => Promise<T>): Promise<T> {
    const other = this.#running[0];
    if (other !== undefined && !sidelines.includes(where)) {
      throw new StateError(`${where}: ${other} is still running on this model. Await it first.`);
    }
    this.#running.push(where);
    try {
      return await work();
    } finally {
      this.#running.splice(this.#running.indexOf(where), 1);
    }
  }
}
