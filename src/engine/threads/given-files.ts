import { ConfigError, told } from "../../errors.js";
import type { Variant } from "../builds.js";
import type { CompiledBuild } from "../load.js";
import type { WorkerFile } from "./host-workers.js";

/** What assembly/build.ts writes at a module's end: its instructions and its length in bytes. */
const label = /^(simd128|relaxed) (\d+)$/;

/**
 * Checks what an engine was handed in place of what it carries.
 * @returns the kernels that were handed in, if any.
 * @throws ConfigError for a worker that is none, a module that holds no kernels of gateflow, or kernels that round as
 *   they like where the same bits were asked for.
 */
export function givenFiles(
  where: string,
  { worker, module }: { readonly worker?: WorkerFile; readonly module?: WebAssembly.Module },
  reproducible: boolean,
): readonly [Variant, CompiledBuild] | undefined {
  if (worker !== undefined && typeof worker !== "string" && typeof worker !== "function") {
    if (!(worker instanceof URL)) {
      throw new ConfigError(
        `${where}: \`worker\` is ${told(worker)}, expected the address of gateflow/worker as a URL or a string, or a function that makes a Worker of it.`,
        { received: worker },
      );
    }
  }
  if (module === undefined) return undefined;
  if (!(module instanceof WebAssembly.Module)) {
    throw new ConfigError(
      `${where}: \`module\` is ${told(module)}, expected a WebAssembly.Module, compiled of gateflow/kernels/simd128.wasm or relaxed.wasm.`,
      { received: module },
    );
  }
  const [section] = WebAssembly.Module.customSections(module, "gateflow");
  const words = section === undefined ? null : label.exec(new TextDecoder().decode(section));
  if (words === null) {
    throw new ConfigError(
      `${where}: \`module\` holds no kernels of gateflow. Compile gateflow/kernels/simd128.wasm or relaxed.wasm of this version.`,
      { received: module },
    );
  }
  const variant = words[1] as Variant;
  if (reproducible && variant === "relaxed") {
    throw new ConfigError(
      `${where}: \`module\` holds relaxed kernels, whose roundings are the processor's own. For \`reproducible: true\` hand in gateflow/kernels/simd128.wasm.`,
      { received: module },
    );
  }
  return [variant, { module, wasmBytes: Number(words[2]) }];
}
