/**
 * The kernels as text that travels in a JavaScript module: printable ASCII, because nothing else survives every bundler,
 * and byte for byte, because servers compress what they send. Base64 would hide the bytes' repetitions from gzip, at the
 * cost of half the module's size again; this encoding costs one in a hundred.
 *
 * A symbol is a character from `#` to `~` but the backslash, 91 of them. Bytes are shifted by three, which brings 0xfd,
 * the prefix of every SIMD instruction, to the front; the first 88 take one symbol, the others two.
 */
const SHIFT = 3;
const SINGLE = 88;
const FIRST = 35;
const BACKSLASH = 92;

/** Writes bytes as text. Used by assembly/build.ts. */
export function encodeBytes(bytes: Uint8Array): string {
  const symbol = (value: number): string => {
    const code = value + FIRST;
    return String.fromCharCode(code < BACKSLASH ? code : code + 1);
  };
  let text = "";
  for (const byte of bytes) {
    const value = (byte + SHIFT) % 256;
    const rest = value - SINGLE;
    text += rest < 0 ? symbol(value) : symbol(SINGLE + Math.floor(rest / SINGLE)) + symbol(rest % SINGLE);
  }
  return text;
}

/** The `length` bytes that were written as `text`. */
export function decodeBytes(text: string, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let at = 0;
  const symbol = (): number => {
    const code = text.charCodeAt(at++);
    return code - (code < BACKSLASH ? FIRST : FIRST + 1);
  };
  for (let i = 0; i < length; i++) {
    const value = symbol();
    const rest = value - SINGLE;
    // A Uint8Array keeps the last eight bits, of negative numbers too.
    bytes[i] = (rest < 0 ? value : SINGLE * (rest + 1) + symbol()) - SHIFT;
  }
  return bytes;
}
