import { openSync, readFileSync, writeSync } from "node:fs";

/** What a process that runs tests is asked to do. */
export interface Plan {
  /** Where it writes what it finds. */
  readonly journal: string;
  /** Of every test, by its id: the changes to try on it and how long it takes without; none: see what it reaches. */
  readonly tests?: Record<
    string,
    { readonly ms: number; readonly changes: readonly (readonly [id: string, hits: number])[] }
  >;
  /** The files in the order they are run. */
  readonly order?: readonly string[];
}

/** One line of the journal. */
export type Entry =
  | {
      readonly kind: "reached";
      readonly test: string;
      readonly file: string;
      readonly ms: number;
      readonly hits: Record<string, number>;
    }
  /** Written before, so that an endless loop leaves a trace. */
  | { readonly kind: "start"; readonly test: string; readonly change: string }
  | { readonly kind: "end"; readonly test: string; readonly change: string; readonly noticed: boolean }
  /** It fails when it is run twice. */
  | { readonly kind: "unsound"; readonly test: string; readonly name: string }
  /** All that was planned for the file was tried. */
  | { readonly kind: "done"; readonly file: string };

/** Writes at once: the process may be ended at any moment. */
export class Journal {
  readonly #file: number;
  constructor(path: string) {
    this.#file = openSync(path, "a");
  }
  write(entry: Entry): void {
    writeSync(this.#file, `${JSON.stringify(entry)}\n`);
  }
}

export function readJournal(path: string): Entry[] {
  const lines = readFileSync(path, "utf8").split("\n");
  return lines.filter((line) => line.endsWith("}")).map((line) => JSON.parse(line) as Entry);
}
