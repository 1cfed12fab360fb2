import { build, type InlineConfig, type Rolldown } from "vite";

/** Parts of the library that a training fetches one after the other when it first wants them. */
const EVERY_TRAINING =
  /dist\/(engine\/threads\/fetched|model\/on-demand\/(gradient-flow|held-out|refusals|take-steps|check-callbacks|chunks|heed-signal))\.js$/;

/**
 * The modules without which no training begins, so that they can be one file: each file more is a round trip before the
 * first picture. Told by a first build, in which every part stands by itself.
 *
 * @param entry the module whose static imports are wanted.
 */
export async function alwaysWanted(entry: string, config: InlineConfig): Promise<ReadonlySet<string>> {
  const made = await build({
    ...config,
    configFile: false,
    logLevel: "silent",
    build: {
      write: false,
      minify: false,
      rolldownOptions: { input: entry, preserveEntrySignatures: "strict" },
    },
  });
  const { output } = [made].flat()[0] as Rolldown.RolldownOutput;
  const chunks = new Map(output.flatMap((file) => (file.type === "chunk" ? [[file.fileName, file]] : [])));
  const wanted = new Set<string>();
  const take = (name: string): void => {
    const chunk = chunks.get(name);
    if (chunk === undefined) return;
    chunks.delete(name);
    for (const id of chunk.moduleIds) wanted.add(id);
    chunk.imports.forEach(take);
  };
  for (const { fileName, facadeModuleId } of [...chunks.values()])
    if (facadeModuleId === entry || EVERY_TRAINING.test(facadeModuleId ?? "")) take(fileName);
  return wanted;
}
