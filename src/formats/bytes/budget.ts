import { FormatError } from "../../errors.js";

const MEGABYTE = 2 ** 20;
const LEAST = 64 * MEGABYTE;
/** Weights hardly compress; zeros do, and float16 becomes twice as long. */
const FACTOR = 32;

/** How much a reader may allocate for a file: a small file cannot ask for a large memory by naming one part many times. */
export class Budget {
  readonly #limit: number;
  #spent = 0;

  constructor(
    readonly format: string,
    fileBytes: number,
  ) {
    this.#limit = Math.max(LEAST, FACTOR * fileBytes);
  }

  get left(): number {
    return this.#limit - this.#spent;
  }

  /** @throws FormatError when the file asks for more memory than it can honestly need. */
  spend(bytes: number, what: string): void {
    this.#spent += bytes;
    if (this.#spent <= this.#limit) return;
    throw new FormatError(
      `${this.format}: ${what} brings what the file unfolds to above ${Math.floor(this.#limit / MEGABYTE)} MB, ${FACTOR} times its size. It is damaged, or made to exhaust memory.`,
      { received: this.#spent, expected: this.#limit },
    );
  }
}
