/** Formats of model files. */
export type ModelFormat = "safetensors" | "keras" | "tfjs" | "torch" | "onnx" | "keras-config";

/** By extension, in lower case: what a path says when its bytes do not. */
export const extensionFormats: Readonly<Record<string, ModelFormat>> = {
  ".safetensors": "safetensors",
  ".keras": "keras",
  ".h5": "keras",
  ".hdf5": "keras",
  ".pt": "torch",
  ".pth": "torch",
  ".onnx": "onnx",
  ".json": "tfjs",
};

const startsWith = (bytes: Uint8Array, head: readonly number[]): boolean =>
  head.every((byte, i) => bytes[i] === byte);

/** Whether a member of that name is in a zip: its name stands in the directory as it is. */
function holds(bytes: Uint8Array, name: string): boolean {
  const wanted = new TextEncoder().encode(name);
  const first = Math.max(0, bytes.length - 2 ** 16);
  for (let at = bytes.indexOf(wanted[0]!, first); at >= 0; at = bytes.indexOf(wanted[0]!, at + 1)) {
    if (startsWith(bytes.subarray(at, at + wanted.length), [...wanted])) return true;
  }
  return false;
}

/**
 * What a model's bytes are, by their content; undefined where only the extension can say.
 * @returns `torch` also for safetensors that gateflow did not write.
 */
export function formatOf(bytes: Uint8Array): ModelFormat | undefined {
  if (startsWith(bytes, [0x89, 0x48, 0x44, 0x46])) return "keras";
  if (startsWith(bytes, [0x50, 0x4b])) return holds(bytes, "config.json") ? "keras" : "torch";
  if (bytes[8] === 0x7b && bytes.length > 16) {
    const head = new TextDecoder().decode(bytes.subarray(8, 8 + 2 ** 20));
    const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getUint32(4, true);
    if (length === 0) return head.includes('"gateflow"') ? "safetensors" : "torch";
  }
  // After safetensors, whose first byte is the lowest of a length and may be this one.
  if (startsWith(bytes, [0x80])) return "torch";
  const first = bytes.find((byte) => byte > 0x20);
  if (first !== 0x7b) return undefined;
  const text = new TextDecoder().decode(bytes.subarray(0, 2 ** 22));
  return /"(modelTopology|weightsManifest)"\s*:/.test(text) ? "tfjs" : "keras-config";
}
