import { FormatError } from "../../errors.js";
import type { Tensor, TensorLike } from "../../tensor.js";
import { readZip, writeZip } from "../bytes/zip.js";
import { readArray, writeNpy } from "./npy.js";

const EXTENSION = ".npy";

/** See formats/index.ts. */
export async function readNpz(bytes: Uint8Array): Promise<Record<string, Tensor>> {
  const members = await readZip("npz", bytes);
  const arrays: Record<string, Tensor> = {};
  for (const [member, content] of members) {
    if (!member.endsWith(EXTENSION)) {
      throw new FormatError(`npz: member \`${member}\` is no NumPy array.`, { received: member });
    }
    const name = member.slice(0, -EXTENSION.length);
    if (name === "__proto__") throw new FormatError("npz: an array cannot be named `__proto__`.");
    arrays[name] = readArray(`npz, array \`${name}\``, content);
  }
  return arrays;
}

/** See formats/index.ts. */
export async function writeNpz(arrays: Readonly<Record<string, TensorLike>>): Promise<Uint8Array> {
  return writeZip(
    Object.fromEntries(
      Object.entries(arrays).map(([name, array]) => [`${name}${EXTENSION}`, writeNpy(array)]),
    ),
  );
}
