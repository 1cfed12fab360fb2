import type { Choice, Explanation } from "../types.js";

/** A number as people read it: four digits. */
export const readable = (x: number): string => String(Number(x.toPrecision(4)));

const shown = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** Collects choices while they are made. */
export class Choices {
  readonly list: Choice[] = [];
  summary = "";

  constructor(list: readonly Choice[] = [], summary = "") {
    this.list.push(...list);
    this.summary = summary;
  }

  /** @returns the value, so that choosing and saying why are one expression. */
  add<T>(option: string, value: T, reason: string): T {
    this.list.push({ option, value, reason });
    return value;
  }

  explanation(): Explanation {
    const { summary } = this;
    const entries = this.list.map((choice) => ({ ...choice }));
    const text = [
      summary,
      ...entries.map(({ option, value, reason }) => `${option}: ${shown(value)} (${reason})`),
    ].join("\n");
    // Not enumerable, so that the explanation is an array like any other where arrays are compared or written.
    return Object.defineProperties(entries, {
      summary: { value: summary },
      toString: { value: () => text },
    }) as unknown as Explanation;
  }
}
