import { FormatError } from "../../errors.js";

/** What is inflated at once: at most 1032 times as much comes out. */
const SLICE = 2 ** 14;

/**
 * Unpacks what may not become longer than `most`, whatever its headers say.
 * @param wrapping `raw` as in zip, or `zlib` with its head and checksum.
 */
export async function inflateChunk(
  packed: Uint8Array,
  most: number,
  wrapping: "raw" | "zlib",
  refuse: (what: string) => never,
): Promise<Uint8Array> {
  const { Inflate, Unzlib } = await import("fflate");
  const parts: Uint8Array[] = [];
  let filled = 0;
  const take = (chunk: Uint8Array): void => {
    filled += chunk.length;
    if (filled > most) refuse(`unpacks to more than the ${most} bytes it announces`);
    parts.push(chunk);
  };
  const stream = wrapping === "raw" ? new Inflate(take) : new Unzlib(take);
  try {
    for (let at = 0; at < packed.length; at += SLICE) {
      stream.push(packed.subarray(at, at + SLICE), at + SLICE >= packed.length);
    }
  } catch (cause) {
    if (cause instanceof FormatError) throw cause;
    refuse(`cannot be unpacked: ${(cause as Error).message}`);
  }
  const output = new Uint8Array(filled);
  let at = 0;
  for (const part of parts) {
    output.set(part, at);
    at += part.length;
  }
  return output;
}
