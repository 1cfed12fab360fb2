/** A call in source code: `lstm({ units: 8 })`. */
export class Call {
  constructor(
    readonly name: string,
    readonly args: readonly unknown[],
  ) {}
}

/** A piece of source code that stands as it is: a variable's name. */
export class Code {
  constructor(readonly text: string) {}
}

/** Options given before, in front of the new ones: `{ ...options, units: 8 }`. */
export class Spread {
  constructor(
    readonly name: string,
    readonly options: Readonly<Record<string, unknown>>,
  ) {}
}

/** Code is read in a terminal of 80 columns, a little indented. */
const WIDTH = 74;
const STEP = "  ";

const isName = /^(?:[A-Za-z_$][\w$]*|\d+)$/;

/** A thing made by a factory as data: an initializer is `{ name, config }`, a layer inside another `{ kind, config }`. */
function factoryOf(value: object): { name: string; config: object } | undefined {
  const { name, kind, config } = value as { name?: unknown; kind?: unknown; config?: unknown };
  const own = kind ?? name;
  return typeof own === "string" && typeof config === "object" && config !== null
    ? { name: own, config }
    : undefined;
}

const entriesOf = (value: object): string[] =>
  Object.keys(value).map((key) => (isName.test(key) ? key : JSON.stringify(key)));

/** Parts of a bracketed list, each to be written behind its head: `units: ` and 8. */
function partsOf(value: object): { head: string; value: unknown }[] {
  if (value instanceof Spread)
    return [{ head: `...${value.name}`, value: new Code("") }, ...partsOf(value.options)];
  const items = Object.values(value) as unknown[];
  if (Array.isArray(value)) return items.map((item) => ({ head: "", value: item }));
  return entriesOf(value).map((key, i) => ({ head: `${key}: `, value: items[i] }));
}

/**
 * A value as source code in one line where it fits, else one option a line. Null, which takes an option of a recipe away, is
 * written as `undefined`.
 */
export function codeText(value: unknown, indent = "", room = WIDTH): string {
  if (value === null || value === undefined) return "undefined";
  if (value instanceof Code) return value.text;
  if (typeof value !== "object") return JSON.stringify(value);
  const made = factoryOf(value);
  if (made !== undefined)
    return codeText(
      new Call(made.name, Object.keys(made.config).length === 0 ? [] : [made.config]),
      indent,
      room,
    );
  if (value instanceof Call) {
    const args = value.args.map((arg) => codeText(arg, indent, Infinity));
    const flat = `${value.name}(${args.join(", ")})`;
    const last = value.args.at(-1);
    if (flat.length <= room || typeof last !== "object") return flat;
    const head = [value.name, "(", ...args.slice(0, -1).map((arg) => `${arg}, `)].join("");
    return `${head}${codeText(last, indent, 0)})`;
  }
  const [open, close, space] = Array.isArray(value) ? ["[", "]", ""] : ["{", "}", " "];
  const parts = partsOf(value);
  const flat = parts.map(({ head, value: part }) => `${head}${codeText(part, indent, Infinity)}`).join(", ");
  if (parts.length === 0) return `${open}${close}`;
  if (flat.length + 4 <= room) return `${open}${space}${flat}${space}${close}`;
  const inner = `${indent}${STEP}`;
  const lines = parts.map(
    ({ head, value: part }) =>
      `${inner}${head}${codeText(part, inner, WIDTH - inner.length - head.length - 1)},\n`,
  );
  return `${open}\n${lines.join("")}${indent}${close}`;
}

/** A statement: `head value;`, broken where it is long. */
export const statement = (head: string, value: unknown): string =>
  `${head}${codeText(value, "", WIDTH - head.length - 1)};`;
