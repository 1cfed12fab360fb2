/**
 * gateflow/worker: the file of an engine's worker, for hosts where it cannot be made of text. It imports nothing, and is
 * never called: `createEngine({ worker })` starts it and sends it the kernels. What it does is what
 * `engine/threads/worker-source.ts` has as text; a test compares the two.
 *
 * @example
 * const worker = new URL("./gateflow-worker.js", import.meta.url); // a copy of gateflow/worker
 * const engine = await createEngine({ threads: 4, worker });
 */
interface Data {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly control: SharedArrayBuffer;
  readonly part: number;
  readonly imports: readonly string[];
}

type Kernel = (descriptor: number, begin: number, end: number, part: number) => void;

const start = ({ module, memory, control, part, imports }: Data): void => {
  const words = new Int32Array(control);
  const exports = new WebAssembly.Instance(module, { env: { memory } }).exports;
  const kernels = imports.map((name) => exports[name] as Kernel);
  const own = 16 + part * 4;
  let seen = 0;
  Atomics.add(words, 4, 1);
  Atomics.notify(words, 4);
  for (;;) {
    let spins = 0;
    let sequence = Atomics.load(words, 0);
    while (sequence === seen) {
      if (++spins < 4000) sequence = Atomics.load(words, 0);
      else {
        Atomics.wait(words, 0, seen);
        sequence = Atomics.load(words, 0);
      }
    }
    seen = sequence;
    const job = Atomics.load(words, 2);
    if (job < 0) break;
    Atomics.store(words, own + 2, seen);
    try {
      if (words[own]! < words[own + 1]!) kernels[job]!(words[3]!, words[own]!, words[own + 1]!, part);
    } catch {
      Atomics.store(words, 5, 1);
    }
    if (Atomics.sub(words, 1, 1) === 1) Atomics.notify(words, 1);
  }
};

interface Port {
  once(event: "message", listener: (data: Data) => void): void;
}

const { process } = globalThis as { process?: { versions?: { node?: string } } };
if (process?.versions?.node !== undefined) {
  // Put together here, so that no bundler looks for the module.
  const name = ["node", "worker_threads"].join(":");
  void import(/* @vite-ignore */ /* webpackIgnore: true */ name).then(
    ({ parentPort }: { parentPort: Port | null }) => parentPort?.once("message", start),
  );
} else {
  self.onmessage = ({ data }) => {
    start(data as Data);
    self.close();
  };
}
