import { describe, expect, it } from "vitest";
import { Heap } from "../../../src/engine/heap.js";
import { fc } from "../../support/property.js";

describe("the heap", () => {
  it("never hands out a byte twice, and has one free end when all is given back in any order", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 1000 }), fc.nat()), { maxLength: 60 }),
        (steps) => {
          const heap = new Heap(100);
          const begin = heap.end;
          const taken = new Map<number, number>();
          for (const [bytes, choice] of steps) {
            if (choice % 3 === 0 && taken.size > 0) {
              const address = [...taken.keys()][choice % taken.size]!;
              heap.give(address);
              taken.delete(address);
            } else {
              const address = heap.take(bytes);
              for (const [other, size] of taken)
                expect(address + bytes <= other || other + size <= address).toBe(true);
              expect(address % 64).toBe(0);
              expect(address + bytes).toBeLessThanOrEqual(heap.end);
              taken.set(address, bytes);
            }
          }
          for (const address of taken.keys()) heap.give(address);
          expect(heap.bytesInUse).toBe(0);
          expect(heap.end).toBe(begin);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("gives back ten thousand regions that do not touch", () => {
    const heap = new Heap(0);
    const all = Array.from({ length: 10_000 }, () => heap.take(64));
    for (const parity of [0, 1])
      for (const [i, address] of all.entries()) if (i % 2 === parity) heap.give(address);
    expect(heap.end).toBe(0);
  });
});
