/**
 * What a worker runs, as text: started from a string, it needs no file of its own, no bundler setting and no path.
 *
 * A worker sleeps on word SEQUENCE of the control block. When it changes, the worker notes beside its share that it has
 * taken the job, runs its share of it and counts itself down in PENDING. It looks for the next job a little while before
 * it sleeps, because waking costs more than a small job.
 */
const work = `
const start = ({ module, memory, control, part, imports }) => {
  const words = new Int32Array(control);
  const exports = new WebAssembly.Instance(module, { env: { memory } }).exports;
  const kernels = imports.map((name) => exports[name]);
  const own = 16 + part * 4;
  let seen = 0;
  Atomics.add(words, 4, 1);
  Atomics.notify(words, 4);
  for (;;) {
    let spins = 0;
    let sequence = Atomics.load(words, 0);
    while (sequence === seen) {
      if (++spins < 4000) sequence = Atomics.load(words, 0);
      else { Atomics.wait(words, 0, seen); sequence = Atomics.load(words, 0); }
    }
    seen = sequence;
    const job = Atomics.load(words, 2);
    if (job < 0) break;
    Atomics.store(words, own + 2, seen);
    try {
      if (words[own] < words[own + 1]) kernels[job](words[3], words[own], words[own + 1], part);
    } catch {
      Atomics.store(words, 5, 1);
    }
    if (Atomics.sub(words, 1, 1) === 1) Atomics.notify(words, 1);
  }
};
`;

/** For a worker thread of Node, Bun or Deno, which ends with its last line, as nothing listens to its port. */
export const threadSource = `${work}
if (typeof require === "function") start(require("node:worker_threads").workerData);
else import("node:" + "worker_threads").then(({ workerData }) => start(workerData));
`;

/** For a worker of a page. */
export const pageSource = `${work}
self.onmessage = ({ data }) => { start(data); self.close(); };
`;

/** Words of the control block; the shares of the parts follow at 16, four words each: begin, end, and the last job taken. */
export const word = {
  sequence: 0,
  pending: 1,
  job: 2,
  descriptor: 3,
  ready: 4,
  failed: 5,
  shares: 16,
  wordsPerShare: 4,
  taken: 2,
} as const;
