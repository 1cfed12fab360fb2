import { ConfigError, DataError } from "../../errors.js";
import type { ByteSource } from "./byte-source.js";

/** Text that comes in pieces, and what was understood of its encoding. */
export interface TextSource {
  readonly chunks: AsyncIterable<string>;
  /** One sentence where the encoding is not UTF-8; filled while the text is read. */
  readonly notes: string[];
}

/** UTF-16 without a mark: every other byte of Western text is nought. */
function utf16Of(head: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  const even = { zero: 0, all: 0 };
  const odd = { zero: 0, all: 0 };
  head.subarray(0, 512).forEach((byte, i) => {
    const side = i % 2 === 0 ? even : odd;
    side.all++;
    if (byte === 0) side.zero++;
  });
  const most = (side: { zero: number; all: number }): boolean => side.all > 1 && side.zero > 0.7 * side.all;
  if (most(odd) && even.zero === 0) return "utf-16le";
  return most(even) && odd.zero === 0 ? "utf-16be" : undefined;
}

function decoderOf(label: string, fatal: boolean): TextDecoder {
  try {
    return new TextDecoder(label, { fatal });
  } catch {
    throw new ConfigError(
      `\`encoding\` is ${JSON.stringify(label)}, which is none. Known are those of the WHATWG, such as utf-8, utf-16le, latin1, windows-1252, shift_jis.`,
      { received: label },
    );
  }
}

async function* named(source: ByteSource, encoding: string): AsyncGenerator<string> {
  const decoder = decoderOf(encoding, true);
  try {
    for await (const chunk of source.chunks) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new DataError(
      `${source.path}: is not text in ${encoding}. Say which encoding it has with --encoding (option \`encoding\`).`,
      { cause },
    );
  }
}

interface Encoding {
  readonly label: string;
  readonly name: string;
}

const LATIN: Encoding = { label: "windows-1252", name: "Latin-1 (Windows-1252)" };

/** Letters that stand beside another of their kind, of all of them: words have many, wrongly read accents few. */
function besideEachOther(text: string, letters: RegExp): number {
  let [all, beside] = [0, 0];
  for (const [word] of text.matchAll(letters)) {
    all += word.length;
    if (word.length > 1) beside += word.length;
  }
  return all === 0 ? 0 : beside / all;
}

/** Which of the encodings before Unicode bytes are in: Japanese, Cyrillic, else that of the West. */
function singleOrDouble(bytes: Uint8Array): Encoding {
  const head = bytes.subarray(0, 65_536);
  const read = (label: string): string | undefined => {
    try {
      // A letter may be cut at the end.
      return new TextDecoder(label, { fatal: true }).decode(head, { stream: true });
    } catch {
      return undefined;
    }
  };
  const japanese = read("shift_jis");
  const half = japanese?.match(/[\uff61-\uff9f]/g)?.length ?? 0;
  const full = japanese?.match(/[\u3040-\u30ff\u4e00-\u9fff]/g)?.length ?? 0;
  if (
    japanese !== undefined &&
    full > 4 * half &&
    // A wrongly read accent swallows the letter after it and stands among Latin letters.
    (japanese.match(/[A-Za-z][\u4e00-\u9fff]|[\u4e00-\u9fff][A-Za-z]/g)?.length ?? 0) < 0.2 * full
  )
    return { label: "shift_jis", name: "Shift JIS" };
  const cyrillic = read("windows-1251");
  if (cyrillic !== undefined && besideEachOther(cyrillic, /[\u0410-\u044f\u0401\u0451]+/g) > 0.8)
    return { label: "windows-1251", name: "Windows-1251 (Cyrillic)" };
  return LATIN;
}

/** UTF-8 as long as it is, and what Windows calls 1252, Latin-1 and a few signs more, from where it is not. */
async function* guessed(source: ByteSource, notes: string[]): AsyncGenerator<string> {
  let decoder = new TextDecoder("utf-8", { fatal: true });
  let isUtf8 = true;
  let beyondAscii = false;
  /** Bytes of a letter that the chunk before began. */
  let begun: Uint8Array = new Uint8Array();
  const decode = (chunk: Uint8Array, stream: boolean): string => {
    if (!isUtf8) return decoder.decode(chunk, { stream });
    try {
      const text = decoder.decode(chunk, { stream });
      begun = chunk.subarray(Math.max(0, chunk.length - 4)).filter((byte) => byte >= 0x80);
      beyondAscii ||= /[\u0080-\uffff]/.test(text);
      return text;
    } catch {
      if (beyondAscii) {
        throw new DataError(
          `${source.path}: is UTF-8 in one place and not in another. Save it in one encoding, or say which with --encoding (option \`encoding\`).`,
        );
      }
      isUtf8 = false;
      const whole = new Uint8Array(begun.length + chunk.length);
      whole.set(begun);
      whole.set(chunk, begun.length);
      const { label, name } = singleOrDouble(whole);
      decoder = new TextDecoder(label);
      notes.push(`text is read as ${name}: it is not UTF-8`);
      return decoder.decode(whole, { stream });
    }
  };
  for await (const chunk of source.chunks) {
    if (chunk.includes(0)) throw new DataError(`${source.path}: is not UTF-8 text. Save it as CSV in UTF-8.`);
    yield decode(chunk, true);
  }
  yield decode(new Uint8Array(), false);
}

/**
 * The text of a file: UTF-8, UTF-16 with or without a byte order mark, else Shift JIS, Cyrillic or Latin-1; or what `encoding` says.
 * @throws DataError where it is no text; ConfigError for an encoding there is not.
 */
export function textOf(source: ByteSource, encoding: string | undefined): TextSource {
  const notes: string[] = [];
  if (source.isPacked) notes.push("unpacked (gzip)");
  if (encoding !== undefined) {
    decoderOf(encoding, true);
    return { chunks: named(source, encoding), notes };
  }
  const utf16 = utf16Of(source.head);
  if (utf16 === undefined) return { chunks: guessed(source, notes), notes };
  notes.push(`text is read as ${utf16.toUpperCase().replace("16L", "16 L").replace("16B", "16 B")}`);
  return { chunks: named(source, utf16), notes };
}
