import fc from "fast-check";
import { GateflowError } from "../../src/errors.js";
import { hostileValues, OwnError } from "./hostile-values.js";

/** A call that neither answered nor refused in gateflow's own words, or took too long. */
export interface Offence {
  readonly call: string;
  readonly what: string;
}

const names = [...hostileValues.keys()];
const most = names.length;

/** A few that open the door to second arguments. */
const openers = ["wave", "rows", "tensor", "[1,2,3]", "sequences", "{x,y}", "{}", "text", "int32", "bytes"];

/** Arguments by name; the first are often nearly right. */
const lists = fc.oneof(
  fc.array(fc.constantFrom(...names), { maxLength: 1 }),
  fc.tuple(fc.constantFrom(...openers), fc.constantFrom(...names)),
  fc.tuple(fc.constantFrom(...openers), fc.constantFrom(...openers), fc.constantFrom(...names)),
);

/** Options of a known function with one value that is none. */
export function hostileOptions(known: Readonly<Record<string, unknown>>): readonly Record<string, unknown>[] {
  return Object.keys(known).flatMap((option) =>
    names.map((name) => ({ ...known, [option]: hostileValues.get(name) })),
  );
}

/**
 * Whether a call answers, refuses, or does neither.
 * @param call makes it.
 * @param deadline milliseconds after which it is too slow.
 */
export async function offenceOf(
  label: string,
  call: () => unknown,
  deadline = 20_000,
): Promise<Offence | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const late = new Promise<"late">((resolve) => {
      timer = setTimeout(resolve, deadline, "late");
    });
    const result = call();
    const isPromise = result instanceof Promise && result !== hostileValues.get("promise");
    if (isPromise && (await Promise.race([result, late])) === "late")
      return { call: label, what: "never settles" };
    return null;
  } catch (error) {
    if (error instanceof GateflowError || error instanceof OwnError) return null;
    return { call: label, what: `${(error as Error)?.name}: ${(error as Error)?.message}` };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Calls a function with arguments nobody should give.
 * @param runs how many lists of arguments are drawn; with as many as there are values, each stands once as the first.
 */
export async function callHostilely(
  name: string,
  called: (...given: unknown[]) => unknown,
  runs: number,
  seed: number,
): Promise<{ calls: number; offences: Offence[] }> {
  const drawn: (readonly string[])[] = fc.sample(lists, { numRuns: runs, seed });
  if (runs >= most) drawn.push(...names.map((first) => [first]));
  const offences: Offence[] = [];
  for (const list of drawn) {
    const values = list.map((entry) => hostileValues.get(entry));
    const offence = await offenceOf(`${name}(${list.join(", ")})`, () => called(...values));
    if (offence !== null) offences.push(offence);
  }
  return { calls: drawn.length, offences };
}
