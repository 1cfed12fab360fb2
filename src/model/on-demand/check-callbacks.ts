import { ConfigError, told } from "../../errors.js";
import type { Callback } from "../events.js";

const hooks = [
  "onTrainBegin",
  "onTrainEnd",
  "onEpochBegin",
  "onEpochEnd",
  "onTrainBatchBegin",
  "onTrainBatchEnd",
  "onTestBegin",
  "onTestEnd",
  "onTestBatchBegin",
  "onTestBatchEnd",
] as const satisfies readonly (keyof Callback)[];

const plain = (name: string): string => name.toLowerCase().replaceAll("_", "");

/** Hooks by how they are written elsewhere: in snake case, in another case, by the older names of Keras and TensorFlow.js. */
const meant = new Map<string, string>([
  ...hooks.map((hook) => [plain(hook), hook] as const),
  ["onbatchbegin", "onBatchBegin"],
  ["onbatchend", "onBatchEnd"],
]);

/** Keras's own second names of two hooks. */
const aliases = { onBatchBegin: "onTrainBatchBegin", onBatchEnd: "onTrainBatchEnd" } as const;

/** Lets the hooks of a batch be called by their second names, where the first are not there. */
function nameHooks(callback: Partial<Record<string, unknown>>): void {
  for (const [alias, hook] of Object.entries(aliases)) {
    if (typeof callback[alias] !== "function" || callback[hook] !== undefined) continue;
    if (!Object.isExtensible(callback)) {
      throw new ConfigError(`a callback that is frozen has the method \`${alias}\`. Call it \`${hook}\`.`, {
        received: alias,
        expected: hook,
      });
    }
    const value = function (this: typeof callback, ...given: unknown[]): unknown {
      return (this[alias] as (...all: unknown[]) => unknown)(...given);
    };
    Object.defineProperty(callback, hook, { value, configurable: true, writable: true });
  }
}

/** @throws ConfigError for a method that would never be called, because its name is that of a hook only nearly. */
function checkHooks(where: string, callback: object): void {
  for (
    let at: object | null = callback;
    at !== null && at !== Object.prototype;
    at = Object.getPrototypeOf(at)
  ) {
    for (const name of Object.getOwnPropertyNames(at)) {
      const hook = meant.get(plain(name));
      if (hook === undefined || hook === name) continue;
      throw new ConfigError(
        `${where}: a callback has the method \`${name}\`, which nothing calls. Call it \`${hook}\`.`,
        { received: name, expected: hook },
      );
    }
  }
  for (const hook of hooks) {
    const value: unknown = (callback as Callback)[hook];
    if (value == null || typeof value === "function") continue;
    throw new ConfigError(`${where}: a callback's \`${hook}\` is ${typeof value}, expected a function.`, {
      received: value,
    });
  }
}

/** @throws ConfigError for what is no array of callbacks, saying what to write instead. */
export function checkCallbacks(where: string, given: unknown): readonly Callback[] {
  if (!Array.isArray(given)) {
    const remedy = typeof given === "function" ? "[callback()]" : "[callback]";
    throw new ConfigError(
      `${where}: \`callbacks\` is ${given === null ? "null" : typeof given}, expected an array: callbacks: ${remedy}.`,
      { received: given, expected: "an array of callbacks" },
    );
  }
  for (const callback of given as readonly unknown[]) {
    if (typeof callback === "function") {
      const name = callback.name || "a function";
      throw new ConfigError(
        `${where}: a callback is the function ${name}, expected an object with hooks such as onEpochEnd. Call it: callbacks: [${name}()]; or name the hook: [{ onEpochEnd: ${name} }].`,
        { received: callback },
      );
    }
    if (typeof callback !== "object" || callback === null) {
      throw new ConfigError(
        `${where}: a callback is ${told(callback)}, expected an object with hooks such as onEpochEnd.`,
        { received: callback },
      );
    }
    checkHooks(where, callback);
    nameHooks(callback as Partial<Record<string, unknown>>);
  }
  return given as readonly Callback[];
}

/**
 * Whether a callback may put names of its own into the logs of an epoch. gateflow's own say which; of another's, the
 * parameters of its onEpochEnd tell whether it takes the logs at all.
 */
export function mayLog({ onEpochEnd, logNames }: Callback): boolean {
  if (logNames !== undefined || onEpochEnd === undefined) return false;
  const source = String(onEpochEnd);
  const parameters = source.slice(source.indexOf("(") + 1, source.indexOf(")"));
  return (
    onEpochEnd.length >= 2 ||
    /[,[{]|\.\.\.|\[native code\]/.test(parameters) ||
    /\barguments\b|native code/.test(source)
  );
}
