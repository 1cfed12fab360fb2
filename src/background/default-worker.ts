/**
 * The address of gateflow/training-worker beside this file. Put together here, so that no bundler makes a worker of it for
 * programs that start none; where a bundler has moved this file, the address leads nowhere and has to be given.
 */
export function defaultWorker(): URL {
  const file = ["..", "training-worker.js"].join("/");
  // webpack warns of `new URL(…, import.meta.url)` with an address it cannot see.
  const here = import.meta.url;
  return new URL(file, here);
}
