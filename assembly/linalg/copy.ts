/** copyFloats: target = source, `count` floats that do not overlap. Writes target (=). */
export function copyFloats(sourcePtr: usize, targetPtr: usize, count: i32): void {
  memory.copy(targetPtr, sourcePtr, (<usize>count) << 2);
}

/** fillZero: target = 0, `count` floats. Writes target (=). */
export function fillZero(targetPtr: usize, count: i32): void {
  memory.fill(targetPtr, 0, (<usize>count) << 2);
}
