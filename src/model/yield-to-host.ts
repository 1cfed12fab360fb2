/** Longest stretch of computing between two chances for the host to do something else, in milliseconds. */
const STRETCH_MS = 24;

const nextTask = (): Promise<void> =>
  new Promise((resolve) => {
    if (typeof setImmediate === "function") {
      setImmediate(resolve);
      return;
    }
    // setTimeout is held back to 4 ms once nested; a message comes at once.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });

/** A function to await between batches: lets the host draw and listen when enough time has passed since it last did. */
export function createYielder(): () => Promise<void> | undefined {
  let last = performance.now();
  return () => {
    if (performance.now() - last < STRETCH_MS) return undefined;
    return nextTask().then(() => {
      last = performance.now();
    });
  };
}
