import { ConfigError, told } from "../errors.js";

/** @throws ConfigError for another axis than the last, over which rows are judged. */
export function refuseOtherAxis(where: string, axis: unknown): void {
  if (axis === undefined || axis === -1) return;
  throw new ConfigError(
    `${where}: \`axis\` is ${told(axis)}; here it is -1, the last, alone. Put permute({ dims: [2, 1] }) at the end of the model for the other.`,
    { received: axis, expected: -1 },
  );
}
