import { EngineError } from "../errors.js";

/** JSON with sorted keys: equal values have equal texts. */
export function canonicalJson(value: unknown): string {
  const sorted = (inner: unknown): unknown => {
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  };
  return JSON.stringify(value, (_, inner) => sorted(inner));
}

/**
 * SHA-256 of bytes, in hexadecimal.
 * @throws EngineError where the host has no `crypto.subtle`, as pages without https.
 */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const subtle = globalThis.crypto?.subtle;
  if (subtle === undefined) {
    throw new EngineError(
      "This host has no crypto.subtle (a page needs https): data cannot be told apart by their hash.",
    );
  }
  const digest = await subtle.digest("SHA-256", Uint8Array.from(bytes));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
