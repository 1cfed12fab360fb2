import { readFileSync } from "node:fs";
import { encode } from "fast-png";

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Part of what Xvfb shows, as PNG. Its file is an X window dump: a header of big-endian words, a colour map of 12 bytes an
 * entry, then rows of four bytes a pixel, blue first.
 */
export function framebufferPng(path: string, { x, y, width, height }: Rectangle): Buffer {
  const dump = readFileSync(path);
  const [headerSize, rowBytes, colours] = [
    dump.readUInt32BE(0),
    dump.readUInt32BE(48),
    dump.readUInt32BE(76),
  ];
  const pixels = headerSize + colours * 12;
  const data = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const from = pixels + (y + row) * rowBytes + (x + column) * 4;
      const to = (row * width + column) * 3;
      data[to] = dump[from + 2]!;
      data[to + 1] = dump[from + 1]!;
      data[to + 2] = dump[from]!;
    }
  }
  return Buffer.from(encode({ width, height, channels: 3, data }));
}
