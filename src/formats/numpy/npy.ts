import { FormatError, ShapeError } from "../../errors.js";
import { bytesIn } from "../../options.js";
import { describeShape, sizeOf, type Tensor, type TensorLike, toTensor } from "../../tensor.js";
import { ByteReader } from "../bytes/byte-reader.js";
import { type ElementType, isShape, readElements } from "../bytes/elements.js";

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59] as const;
/** Where the data begin is a multiple of it. */
const ALIGNMENT = 64;

const types: Readonly<Record<string, ElementType>> = {
  f8: "float64",
  f4: "float32",
  f2: "float16",
  i8: "int64",
  u8: "uint64",
  i4: "int32",
  u4: "uint32",
  i2: "int16",
  u2: "uint16",
  i1: "int8",
  u1: "uint8",
  b1: "bool",
};

export const isNpy = (bytes: Uint8Array): boolean => MAGIC.every((byte, i) => bytes[i] === byte);

interface Header {
  readonly descr: string;
  readonly isFortran: boolean;
  readonly shape: readonly number[];
}

/** The header is a Python dictionary of three known keys; nothing else is taken. */
function parseHeader(text: string, reader: ByteReader): Header {
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const tuple = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(text)?.[1];
  if (descr === undefined && /'descr'\s*:\s*\[/.test(text)) {
    reader.refuse("an array of records; give each field an array of its own");
  }
  if (descr === undefined || order === undefined || tuple === undefined) {
    return reader.refuse("the header lacks descr, fortran_order or shape");
  }
  const shape = tuple
    .split(",")
    .map((part) => part.trim().replace(/L$/, ""))
    .filter((part) => part !== "")
    .map(Number);
  if (!isShape(shape)) reader.refuse(`the shape (${tuple}) is none`);
  return { descr, isFortran: order === "True", shape };
}

/** Columns first to rows first. */
function toRowMajor<Values extends Float32Array | Int32Array>(
  values: Values,
  shape: readonly number[],
): Values {
  if (shape.length < 2) return values;
  const output = values.slice() as Values;
  const index = shape.map(() => 0);
  for (let from = 0; from < values.length; from++) {
    let to = 0;
    for (let axis = 0; axis < shape.length; axis++) to = to * shape[axis]! + index[axis]!;
    output[to] = values[from]!;
    for (let axis = 0; axis < shape.length; axis++) {
      index[axis]! += 1;
      if (index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
  }
  return output;
}

/**
 * The array of a NumPy file (`np.save`), any byte order, rows or columns first. Floats become float32 (float64 is
 * rounded), whole numbers int32, bool 0 and 1.
 * @throws FormatError for what is no such file or cut off; objects, texts, records and complex numbers; a whole number
 *   beyond int32 or a finite number beyond float32, by place.
 *
 * @example
 * const x = readNpy(writeNpy([[1, 2], [3, 4]])); // shape [2, 2]
 */
export function readNpy(bytes: Uint8Array): Tensor {
  return readArray("npy", bytesIn("readNpy()", bytes));
}

/** @param where stands before every error. */
export function readArray(where: string, bytes: Uint8Array): Tensor {
  const reader = new ByteReader(where, bytes);
  if (!isNpy(bytes)) reader.refuse("the first bytes are not those of a NumPy file");
  reader.skip(MAGIC.length);
  const major = reader.u8();
  reader.skip(1);
  if (major < 1 || major > 3) reader.refuse(`version ${major} of the format is not known`);
  const length = major === 1 ? reader.u16() : reader.u32();
  const { descr, isFortran, shape } = parseHeader(reader.text(length), reader);
  const type = types[descr.slice(1)];
  if (type === undefined || !/^[<>|=]/.test(descr)) {
    const what = descr.endsWith("O")
      ? "Python objects, which would have to be run"
      : "no numbers that can be read";
    throw new FormatError(
      `${where}: the array's dtype is \`${descr}\`: ${what}. Save it as float32 or int32.`,
      {
        received: descr,
        expected: Object.keys(types),
      },
    );
  }
  const values = readElements(
    reader.take(reader.left),
    type,
    shape,
    () => `${where}: the array`,
    descr[0] !== ">",
  );
  return { shape: [...shape], data: isFortran ? toRowMajor(values, shape) : values };
}

/**
 * A tensor as a NumPy file, `<f4` or `<i4`, rows first; `np.load` reads it.
 * @throws ShapeError, DataError for what is no tensor.
 *
 * @example
 * const bytes = writeNpy(tensor([[1, 2], [3, 4]]));
 */
export function writeNpy(tensor: TensorLike): Uint8Array {
  const { shape, data } = toTensor(tensor);
  if (sizeOf(shape) !== data.length) {
    throw new ShapeError(
      `writeNpy(): the shape ${describeShape(shape)} does not hold ${data.length} elements.`,
      {
        received: shape,
      },
    );
  }
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '${data instanceof Float32Array ? "<f4" : "<i4"}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const head = MAGIC.length + 4;
  const begin = Math.ceil((head + text.length + 1) / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(begin + sizeOf(shape) * 4);
  bytes.set(MAGIC);
  bytes[MAGIC.length] = 1;
  const view = new DataView(bytes.buffer);
  view.setUint16(MAGIC.length + 2, begin - head, true);
  bytes.set(new TextEncoder().encode(`${text.padEnd(begin - head - 1)}\n`), head);
  data.forEach((value, i) => {
    if (data instanceof Float32Array) view.setFloat32(begin + i * 4, value, true);
    else view.setInt32(begin + i * 4, value, true);
  });
  return bytes;
}
