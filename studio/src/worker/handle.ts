import type { FromWorker, ToWorker } from "../protocol.ts";
import { engineFor, type Post, Run } from "./train.ts";

const post: Post = (message: FromWorker, buffers = []) => self.postMessage(message, { transfer: buffers });

// The first word comes when all that the worker needs is there: Firefox on a busy machine now and then leaves a file that was
// asked for unread, without a word, and the page starts another worker where the first word stays out.
if (self.name === "gateflow doctor") {
  import("./doctor.ts").then(
    () => post({ kind: "here", id: 0 }),
    (error: unknown) => reportError(error),
  );
} else post({ kind: "here", id: 0 });

// The engine of most trainings is made while the page still finds out which one is wanted.
if (self.name === "gateflow training") void engineFor(true).catch(() => undefined);

let run: Run | undefined;
let speed = 0;
let isWatched = true;
/** Work that must not run into other work: a run ends before the next one begins. */
let queue: Promise<unknown> = Promise.resolve();
const inTurn = (work: () => Promise<unknown>): void => {
  queue = queue.then(work, work);
};

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function load({ id, job }: ToWorker & { kind: "load" }): Promise<void> {
  await run?.dispose();
  const next = new Run(id, job, post);
  next.speed = speed;
  next.isWatched = isWatched;
  run = next;
  try {
    await next.begin();
  } catch (error) {
    const { code } = error as { code?: string };
    const message = textOf(error);
    post({ kind: "refused", id, refusal: code === undefined ? { message } : { message, code } });
  }
}

/** Each kind of message in one place; what is heavy is fetched when it is first asked for. */
export function handle(message: ToWorker): void {
  switch (message.kind) {
    case "load":
      inTurn(() => load(message));
      break;
    case "run":
      inTurn(async () => run?.run(message.until));
      break;
    case "pause":
      run?.pause();
      break;
    case "speed":
      speed = message.updatesPerSecond;
      if (run !== undefined) run.speed = speed;
      break;
    case "watching":
      isWatched = message.looks;
      if (run !== undefined) run.isWatched = isWatched;
      break;
    case "probe":
      inTurn(async () => run?.probe(message.example));
      break;
    case "snapshot":
      inTurn(async () => {
        if (run?.model !== undefined) post({ kind: "snapshot", id: message.id, trained: run.snapshot() });
      });
      break;
    case "diagnose":
      inTurn(async () => {
        const { id, job, trained, stage, cure } = message;
        try {
          const { findingsOf, remedied } = await import("./doctor.ts");
          const findings = (await findingsOf(job, trained, stage)).map((finding) => ({
            ...finding,
            remedied: remedied(job.recipe, finding, cure),
          }));
          post({ kind: "findings", id, findings, stage });
        } catch (error) {
          post({ kind: "failed", id, message: `The doctor could not look: ${textOf(error)}` });
        }
      });
      break;
    case "open":
      inTurn(async () => {
        const { id, name, bytes } = message;
        try {
          const { openFile } = await import("./open-file.ts");
          post({ kind: "opened", id, ...(await openFile(name, bytes)) });
        } catch (error) {
          const text = textOf(error);
          post({ kind: "not opened", id, message: text.startsWith(name) ? text : `${name}: ${text}` });
        }
      });
      break;
    case "export":
      inTurn(async () => {
        const { id, what, job, recorded } = message;
        try {
          const { exportFile } = await import("./export-file.ts");
          post({ kind: "exported", id, ...(await exportFile(what, job, recorded, run?.model)) });
        } catch (error) {
          post({ kind: "failed", id, message: `This cannot be exported: ${textOf(error)}` });
        }
      });
      break;
  }
}
