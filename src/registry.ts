import { ConfigError, told } from "./errors.js";
import { oneOf } from "./options.js";

/** A factory as JSON describes it. */
export interface Described {
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** Name and options, where a value has them. */
export const described = (value: unknown): { name?: unknown; config?: unknown } =>
  typeof value === "string" ? { name: value } : typeof value === "object" && value !== null ? value : {};

/** Every factory checks its options itself, so that plain JSON may be given to it. */
type Factory<Made> = (options: never) => Made;

/**
 * The factories of one noun by name. A few are known from the start; the others are registered by src/names.ts, which
 * `gateflow` imports and `gateflow/core` does not, so that a bundle holds what its program uses.
 */
export class Registry<Made> {
  readonly #factories: Map<string, Factory<Made>>;
  #isComplete = false;

  /** @param expected what may be given beside a name, as errors say it. */
  constructor(
    readonly expected: string,
    factories: Readonly<Record<string, Factory<Made>>>,
  ) {
    this.#factories = new Map(Object.entries(factories));
  }

  /** Adds all the others. */
  complete(factories: Readonly<Record<string, Factory<Made>>>): void {
    for (const [name, factory] of Object.entries(factories)) this.#factories.set(name, factory);
    this.#isComplete = true;
  }

  get names(): string[] {
    return [...this.#factories.keys()];
  }

  has(name: string): boolean {
    return this.#factories.has(name);
  }

  /** Whether a value is one of the factories itself, which somebody forgot to call. */
  holds(value: unknown): value is { readonly name: string } {
    return [...this.#factories.values()].includes(value as Factory<Made>);
  }

  /**
   * What a name or a `{ name, config }` means; undefined for any other value.
   * @param others names that mean something elsewhere, for the error.
   * @throws ConfigError for a name that is not known here.
   */
  make(where: string, option: string, value: unknown, others: readonly string[] = []): Made | undefined {
    const { name, config } = described(value);
    if (typeof name !== "string") return undefined;
    oneOf(where, option, name, [...this.names, ...others], this.#isComplete ? "" : this.#hint);
    return this.#factories.get(name)!((config ?? {}) as never);
  }

  /** @throws ConfigError: `value` is none of what is expected. `names` are those it might have been. */
  refuse(where: string, subject: string, value: unknown, names: readonly string[] = this.names): never {
    const named = names.length === 0 ? "" : `a name (${names.join(", ")}), `;
    throw new ConfigError(`${where}: ${subject} is ${told(value)}, expected ${named}${this.expected}.`, {
      received: value,
      expected: names,
    });
  }

  get #hint(): string {
    return ` gateflow/core knows no other names. Give ${this.expected}; or import from "gateflow".`;
  }
}
