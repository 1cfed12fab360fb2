import type { Shape } from "../shapes.js";
import type { Report } from "./table.js";

/** What the command line asked for. */
export interface Settings {
  /** Under three minutes for everything: short timings, one round, small shapes against the slow peers. */
  readonly quick: boolean;
  readonly shapes: readonly Shape[];
  /** The built package, as a URL. */
  readonly dist: string;
  /** Tells what is being measured. */
  log(line: string): void;
}

export interface Findings {
  readonly reports: readonly Report[];
  /** The numbers behind the tables, for the JSON file. */
  readonly data: unknown;
}

export type Section = (settings: Settings) => Promise<Findings>;
