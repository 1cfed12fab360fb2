import type { Engine } from "../../engine/engine.js";
import { EngineError } from "../../errors.js";
import type { Variable } from "../../layers/variable.js";
import type { ModelMemory } from "../execution/model-memory.js";
import type { Wanted } from "../execution/plan.js";
import type { Topology } from "../topology.js";

const MEBI = 2 ** 20;
/** A heap hands out whole lines of the cache. */
const LINE = 64;

/** Bytes of a layout, which is made without any memory. */
function bytesOf(
  modelMemory: ModelMemory,
  topology: Topology,
  { Plan, Packed, request }: Wanted,
  batch: number,
): number {
  const { engine } = modelMemory;
  let bytes = 0;
  const sized = (floats: number): number => Math.max(LINE, Math.ceil((floats * 4) / LINE) * LINE);
  const take = (floats: number): number => {
    bytes += sized(floats);
    return LINE;
  };
  const memory = {
    take,
    give() {},
    floats: (_: number, length: number) => new Float32Array(length),
    integers: (_: number, length: number) => new Int32Array(length),
    doubles: (_: number, length: number) => new Float64Array(length),
  };
  const { kernels, maximumThreads } = engine;
  // Laying out only takes regions and writes their addresses down: no kernel runs.
  const nowhere = { memory, kernels, maximumThreads, disposed: false } as unknown as Engine;
  const shared = new Map<object, Map<string, number>>();
  new Plan(
    {
      engine: nowhere,
      model: modelMemory.model,
      shared(owner, label, floats) {
        const own = shared.get(owner) ?? new Map<string, number>();
        shared.set(owner, own);
        if (!own.has(label)) own.set(label, take(floats));
        return own.get(label)!;
      },
      packed: () => new Packed(),
      weights: (variable: Variable) => modelMemory.weights(variable),
      gradients: (variable: Variable) => modelMemory.gradients(variable),
    },
    topology,
    { ...request, batch },
    "nothing",
  );
  return bytes;
}

/** Whether there is a place for this batch, which is kept: what is said to fit does. */
function isLaidOut(modelMemory: ModelMemory, { purpose, request }: Wanted, batch: number): boolean {
  try {
    modelMemory.plan(purpose, { ...request, batch });
    return true;
  } catch {
    return false;
  }
}

/**
 * The error of a layout that found no room, with what would have found it.
 */
export function whatFits(
  where: string,
  error: unknown,
  modelMemory: ModelMemory,
  topology: Topology,
): EngineError {
  const wanted = modelMemory.wanted!;
  const { request: asked } = wanted;
  const { memory, kernels } = modelMemory.engine;
  const limit = memory.maximumPages * 65_536;
  const free = Math.max(0, limit - memory.bytesInUse - kernels.heapBase());
  const bytesFor = (batch: number): number => bytesOf(modelMemory, topology, wanted, batch);
  const one = bytesFor(1);
  const many = bytesFor(asked.batch);
  const size = (bytes: number): string => `${(bytes / MEBI).toFixed(1)} MiB`;
  let fits = asked.batch - 1;
  while (fits > 0) {
    const bytes = bytesFor(fits);
    if (bytes <= free && isLaidOut(modelMemory, wanted, fits)) break;
    // Nearly linear in the batch; where there is room and no place, because of gaps, some less.
    fits = Math.min(fits - 1, Math.floor(fits * Math.min(0.95, free / bytes)));
  }
  const steps = asked.inputs.map(({ timesteps }) => timesteps).join(" and ");
  const needed = `a batch of ${asked.batch} with ${steps} time steps needs ${size(many)}, and ${size(free)} of ${size(limit)} are free. No weight was changed.`;
  const remedy =
    fits > 0
      ? ` It fits with batchSize: ${fits}.`
      : ` Not even one sample fits (${size(one)}): shorten the sequences, take fewer units, use \`truncate\`, or dispose of other models.`;
  return new EngineError(`${where}: ${needed}${remedy}`, {
    code: "out_of_memory",
    received: asked.batch,
    expected: fits,
    cause: error,
  });
}
