/**
 * A module that is loaded when it is first asked for, and at hand from then on. `import()` asks the loader every time,
 * which takes microseconds, and half a millisecond where a program has hooked into the loader (as tsx does): too much
 * for every step of a training.
 */
export function importOnce<Module>(load: () => Promise<Module>): () => Module | Promise<Module> {
  let loaded: Module | undefined;
  return () =>
    loaded ??
    load().then((module) => {
      loaded = module;
      return module;
    });
}
