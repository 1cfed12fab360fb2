/** Mutants: kernels with one deliberate fault, to show that the tests would see it. */
import { readFile } from "node:fs/promises";
import { compileKernels } from "./compile-kernels.js";
import { instantiateKernels, type KernelBuild } from "./kernels.js";

const root = new URL("../../", import.meta.url);

/** A deliberate fault: a text in place of another in one file of the kernels. */
export interface Fault {
  /** The fault in words. */
  readonly title: string;
  /** The file it is in, below the repository's root. */
  readonly file: string;
  /** Text that stands in the file exactly once. */
  readonly search: string;
  readonly replacement: string;
  /** What the fault is compiled into: kernels by the module that has them. Few compile in a tenth of the time. */
  readonly exports: Readonly<Record<string, readonly string[]>>;
}

export interface Mutant extends Fault {
  /** Throws on the mutant, and not on the kernels as they are. */
  readonly check: (build: KernelBuild) => void;
}

const entryOf = ({ exports }: Fault): string =>
  [
    ...Object.entries(exports).map(
      ([module, kernels]) => `export { ${kernels.join(", ")} } from "./${module}";`,
    ),
    "export function heapBase(): usize { return __heap_base; }",
  ].join("\n");

async function build(
  name: string,
  mutant: Fault,
  sources: readonly [string, string][],
  target: "debug" | "release",
): Promise<KernelBuild> {
  const files = new Map([["mutant.ts", entryOf(mutant)], ...sources]);
  return instantiateKernels(name, await compileKernels("mutant.ts", files, target));
}

/** Kernels without a fault, by what they export: many faults of one file need them built once. */
const healthyBuilds = new Map<string, Promise<KernelBuild>>();

function healthyBuild(mutant: Fault, target: "debug" | "release"): Promise<KernelBuild> {
  const key = `${target} ${entryOf(mutant)}`;
  const known = healthyBuilds.get(key) ?? build("unmutated", mutant, [], target);
  healthyBuilds.set(key, known);
  return known;
}

/**
 * @param target `debug` compiles many times faster, for kernels of many lines.
 * @throws Error when the text to replace is not there exactly once, as after an edit of the kernel.
 */
export async function buildMutant(
  mutant: Fault,
  target: "debug" | "release" = "release",
): Promise<{ healthy: KernelBuild; faulty: KernelBuild }> {
  const source = await readFile(new URL(mutant.file, root), "utf8");
  const places = source.split(mutant.search).length - 1;
  if (places !== 1) {
    throw new Error(
      `${mutant.title}: \`${mutant.search}\` stands ${places} times in ${mutant.file}, expected once`,
    );
  }
  const faulty = source.replace(mutant.search, () => mutant.replacement);
  return {
    healthy: await healthyBuild(mutant, target),
    faulty: await build("mutant", mutant, [[mutant.file, faulty]], target),
  };
}
