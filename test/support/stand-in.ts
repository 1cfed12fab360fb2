import type { Engine } from "../../src/engine/engine.js";
import type { ParallelKernel } from "../../src/engine/threads/worker-pool.js";
import type { KernelBuild } from "./kernels.js";

const PAGE = 65536;

/**
 * Has kernels of another build, such as a mutant, run in an engine's place: before each call what the engine holds is
 * copied into the build's memory, and back after it.
 *
 * @param parts shares of the rows, each of which writes a part of its own, as threads would.
 * @throws Error when the build's constants reach into what models hold.
 */
export function standIn(
  engine: Engine,
  build: KernelBuild,
  kernels: readonly ParallelKernel[],
  parts: number,
): void {
  const first = engine.kernels.heapBase();
  if (build.kernels.heapBase!() > first) {
    throw new Error(
      `constants of the ${build.name} build end at ${build.kernels.heapBase!()}, behind ${first}`,
    );
  }
  const floats = (): number => (engine.memory.bytes - first) / 4;
  const own = (): Float32Array => {
    const missing = engine.memory.bytes - build.memory.buffer.byteLength;
    if (missing > 0) build.memory.grow(Math.ceil(missing / PAGE));
    return new Float32Array(build.memory.buffer, first, floats());
  };
  const split: Engine["split"] = (kernel, descriptor, count, grain, owner) => {
    if (!kernels.includes(kernel)) {
      engineSplit(kernel, descriptor, count, grain, owner);
      return;
    }
    own().set(engine.memory.floats(first, floats()));
    const share = Math.ceil(count / parts / grain) * grain;
    for (let part = 0; part * share < count; part++) {
      build.kernels[kernel]!(descriptor, part * share, Math.min(count, (part + 1) * share), part);
    }
    engine.memory.floats(first, floats()).set(own());
  };
  const engineSplit = engine.split.bind(engine);
  Object.defineProperty(engine, "split", { value: split });
  Object.defineProperty(engine, "maximumThreads", { value: parts });
}
