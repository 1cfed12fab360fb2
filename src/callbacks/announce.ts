import { numberIn } from "../options.js";

/** What `verbose` asks for: 0 says nothing, 1 says it on the console. @throws ConfigError for other values. */
export function announcer(where: string, verbose: unknown): (message: string) => void {
  const loud = numberIn(where, "verbose", verbose ?? 0, { min: 0, max: 1, integer: true }) === 1;
  return (message) => {
    if (loud) console.info(`${where}: ${message}`);
  };
}
