/** A name of Python's, written as a global. */
export class PythonName {
  constructor(
    readonly module: string,
    readonly name: string,
  ) {}
}

/** A call of such a name with arguments. */
export class PythonCall {
  constructor(
    readonly callable: PythonName,
    readonly args: readonly unknown[],
  ) {}
}

/** What stands outside of the pickle. */
export class PersistentId {
  constructor(readonly id: readonly unknown[]) {}
}

/** A dictionary that keeps its order, as PyTorch writes state dicts. */
export class OrderedDict {
  constructor(readonly entries: readonly (readonly [string, unknown])[]) {}
}

const orderedDict = new PythonName("collections", "OrderedDict");

/** Plain values as a pickle of protocol 2, which every PyTorch reads. Arrays are written as tuples. */
export function writePickle(value: unknown): Uint8Array {
  const bytes: number[] = [0x80, 2];
  const encoder = new TextEncoder();
  const u32 = (number: number): void => {
    bytes.push(number & 255, (number >> 8) & 255, (number >> 16) & 255, (number >>> 24) & 255);
  };
  const write = (part: unknown): void => {
    if (part === null) bytes.push(0x4e);
    else if (typeof part === "boolean") bytes.push(part ? 0x88 : 0x89);
    else if (typeof part === "number") {
      if (part >= 0x80000000) {
        // LONG1 of eight bytes; a storage of more than 2^31 elements is none of WebAssembly's.
        bytes.push(0x8a, 8);
        u32(part >>> 0);
        u32(Math.floor(part / 2 ** 32));
      } else {
        bytes.push(0x4a);
        u32(part);
      }
    } else if (typeof part === "string") {
      const text = encoder.encode(part);
      bytes.push(0x58);
      u32(text.length);
      bytes.push(...text);
    } else if (part instanceof PythonName) {
      bytes.push(0x63, ...encoder.encode(`${part.module}\n${part.name}\n`));
    } else if (part instanceof PythonCall) {
      write(part.callable);
      write(part.args);
      bytes.push(0x52);
    } else if (part instanceof PersistentId) {
      write(part.id);
      bytes.push(0x51);
    } else if (part instanceof OrderedDict) {
      write(new PythonCall(orderedDict, []));
      bytes.push(0x28);
      for (const [key, item] of part.entries) {
        write(key);
        write(item);
      }
      bytes.push(0x75);
    } else {
      const items = part as readonly unknown[];
      bytes.push(0x28);
      for (const item of items) write(item);
      bytes.push(0x74);
    }
  };
  write(value);
  bytes.push(0x2e);
  return Uint8Array.from(bytes);
}
