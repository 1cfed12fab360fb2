import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { FromWorker, ToWorker } from "../../studio/src/protocol.js";
import { steadyWorker } from "../../studio/src/steady-worker.js";

/** A worker that does what the test says. */
class Puppet {
  readonly heard: ToWorker[] = [];
  isEnded = false;
  onmessage: ((event: { data: FromWorker }) => void) | undefined;
  onerror: ((event: { message: string; preventDefault(): void }) => void) | undefined;
  postMessage(message: ToWorker): void {
    this.heard.push(message);
  }
  terminate(): void {
    this.isEnded = true;
  }
  says(message: FromWorker): void {
    this.onmessage!({ data: message });
  }
  breaks(message: string): void {
    this.onerror!({ message, preventDefault() {} });
  }
}

let puppets: Puppet[];
let renewals: [string | null, boolean][];
let heard: FromWorker[];
const here: FromWorker = { kind: "here", id: 0 };
const pause: ToWorker = { kind: "pause" };

const steady = (first?: { worker: Worker; broken: Promise<string> }) =>
  steadyWorker({
    start() {
      puppets.push(new Puppet());
      return puppets.at(-1) as unknown as Worker;
    },
    hear: (message) => heard.push(message),
    renewed: (...renewal) => renewals.push(renewal),
    ...(first === undefined ? {} : { first }),
  });

beforeEach(() => {
  vi.useFakeTimers();
  [puppets, renewals, heard] = [[], [], []];
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a worker that is replaced", () => {
  it("is left alone once it has said a word, however long it works after that", () => {
    const say = steady();
    puppets[0]!.says(here);
    vi.advanceTimersByTime(3_600_000);
    say(pause);
    puppets[0]!.says({ kind: "failed", id: 1, message: "no" });
    expect(puppets).toHaveLength(1);
    expect(puppets[0]!.heard).toEqual([pause]);
    expect(heard).toEqual([{ kind: "failed", id: 1, message: "no" }]);
    expect(renewals).toEqual([]);
  });

  it("where it never begins another one comes, and each has twice as long as the one before", () => {
    const say = steady();
    vi.advanceTimersByTime(14_999);
    expect(puppets).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(puppets.map(({ isEnded }) => isEnded)).toEqual([true, false]);
    vi.advanceTimersByTime(29_999);
    expect(puppets).toHaveLength(2);
    vi.advanceTimersByTime(1);
    expect(puppets).toHaveLength(3);
    expect(renewals).toEqual([
      [null, false],
      [null, false],
    ]);
    say(pause);
    expect(puppets[2]!.heard).toEqual([pause]);
    puppets[2]!.says(here);
    vi.advanceTimersByTime(3_600_000);
    expect(puppets).toHaveLength(3);
  });

  it("one that breaks off again and again is replaced, but not told to begin anew", () => {
    const say = steady();
    for (let i = 0; i < 3; i++) puppets[i]!.breaks(`break ${i}`);
    expect(renewals).toEqual([
      ["break 0", false],
      ["break 1", false],
      ["break 2", true],
    ]);
    say(pause);
    expect(puppets[3]!.heard).toEqual([pause]);
    puppets[3]!.says(here);
    vi.advanceTimersByTime(60_001);
    puppets[3]!.breaks("an hour later");
    expect(renewals.at(-1)).toEqual(["an hour later", false]);
    // What a dead one still says is not heard as the end of the living one.
    puppets[0]!.breaks("late");
    expect(puppets).toHaveLength(5);
  });

  it("one that broke before anybody listened is replaced as well", async () => {
    const first = new Puppet();
    steady({ worker: first as unknown as Worker, broken: Promise.resolve("too early") });
    expect(puppets).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(0);
    expect(first.isEnded).toBe(true);
    expect(puppets).toHaveLength(1);
    expect(renewals).toEqual([["too early", false]]);
  });
});
