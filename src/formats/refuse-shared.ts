import { FormatError } from "../errors.js";
import type { Layer } from "../layers/layer.js";
import type { Variable } from "../layers/variable.js";

/** @throws FormatError where weights stand in two layers, such as a model that is applied and stands in timeDistributed too. */
export function refuseShared(where: string, layers: readonly Layer[]): void {
  const owners = new Map<Variable, string>();
  for (const { name, variables } of layers) {
    for (const variable of variables) {
      const other = owners.get(variable);
      if (other !== undefined && other !== name) {
        throw new FormatError(
          `${where}: \`${other}\` and \`${name}\` share the weight ${variable.key}, and a file keeps the weights of each layer by themselves. Apply one layer twice, or make a second one.`,
          { received: [other, name] },
        );
      }
      owners.set(variable, name);
    }
  }
}
