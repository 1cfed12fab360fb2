import { EngineError } from "../errors.js";

/** A build of the kernels, as assembly/build.ts embeds it. */
export interface EmbeddedBuild {
  /** The module's bytes, in the words of kernel-text.ts. */
  readonly wasmText: string;
  readonly wasmBytes: number;
  /** Where the byte stands that says whether the memory is shared. */
  readonly memoryFlagsOffset: number;
}

/** Which instructions a build uses: `relaxed` has fused multiply-add. */
export type Variant = "simd128" | "relaxed";

/** The kernels of an entry. The plain variant is always there; the relaxed one is fetched only where it runs. */
export interface Builds {
  readonly simd128: EmbeddedBuild;
  readonly relaxed: () => Promise<EmbeddedBuild>;
  /** Whether these are all kernels there are, or those of `gateflow/core`. */
  readonly isComplete: boolean;
}

let registered: Builds | undefined;

/** Tells the engine which kernels there are. Where two entries of gateflow meet, the one that has all wins. */
export function registerBuilds(builds: Builds): void {
  if (registered?.isComplete !== true) registered = builds;
}

/** The kernels that were registered. @throws EngineError when no entry of gateflow was imported. */
export function currentBuilds(): Builds {
  if (registered !== undefined) return registered;
  throw new EngineError('No kernels are there. Import from "gateflow" or "gateflow/core".');
}
