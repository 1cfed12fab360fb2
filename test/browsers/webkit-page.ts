import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { fill } from "./fill.js";
import type { Control, Page } from "./page.js";
import { delay, type Send } from "./webkit-driver.js";

const PATIENCE_MS = 30_000;
const STEP_MS = 50;

/** Keys by their names in the DOM, as WebDriver writes them. */
const KEYS: Readonly<Record<string, string>> = {
  Backspace: "\uE003",
  Tab: "\uE004",
  Enter: "\uE007",
  Shift: "\uE008",
  Control: "\uE009",
  Alt: "\uE00A",
  Escape: "\uE00C",
  Space: " ",
  PageUp: "\uE00E",
  PageDown: "\uE00F",
  End: "\uE010",
  Home: "\uE011",
  ArrowLeft: "\uE012",
  ArrowUp: "\uE013",
  ArrowRight: "\uE014",
  ArrowDown: "\uE015",
  Delete: "\uE017",
};

/** WebDriver's name for what stands for an element in JSON. */
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
type Element = Readonly<Record<typeof ELEMENT, string>>;

/** Where an element is looked for: in JSON, as it travels to the page. */
interface Query {
  readonly css?: string;
  readonly role?: string;
  /** The accessible name, or the label where there is no role. */
  readonly name?: string;
  readonly pattern?: readonly [source: string, flags: string];
  readonly exact?: boolean;
}

const named = (name: string | RegExp | undefined, exact: boolean): Query =>
  name instanceof RegExp ? { pattern: [name.source, name.flags] } : name === undefined ? {} : { name, exact };

let finder: string | undefined;

/** Testing Library's search by role and accessible name, as a script that leaves it in the page. */
function finderScript(): string {
  finder ??= buildSync({
    stdin: {
      contents: `import { queryAllByLabelText, queryAllByRole } from "@testing-library/dom"; globalThis.__finders = { queryAllByLabelText, queryAllByRole };`,
      resolveDir: fileURLToPath(new URL(".", import.meta.url)),
    },
    bundle: true,
    format: "iife",
    write: false,
    minify: true,
  }).outputFiles[0]!.text;
  return finder;
}

const FIND = `
const [query] = arguments;
const seen = (element) => {
  const { width, height } = element.getBoundingClientRect();
  return element.type === "file" || (width > 0 && height > 0 && getComputedStyle(element).visibility === "visible");
};
const { css, role, name, pattern, exact } = query;
const text = pattern ? new RegExp(...pattern) : exact || name === undefined ? name :
  (text) => text.toLowerCase().includes(name.toLowerCase());
const found = css !== undefined ? [...document.querySelectorAll(css)]
  : role === undefined ? globalThis.__finders.queryAllByLabelText(document.body, text)
  : globalThis.__finders.queryAllByRole(document.body, role, text === undefined ? {} : { name: text });
return found.map((element) => [element, seen(element)]);
`;

const FILL = `(${fill})(...arguments)`;

/** Positions are counted from inside the border. */
const HOVER = `
const [element] = arguments;
element.scrollIntoView({ block: "nearest" });
const { left, top } = element.getBoundingClientRect();
return { left: left + element.clientLeft, top: top + element.clientTop, width: element.clientWidth, height: element.clientHeight };
`;

const SELECT = `
const [element, wanted] = arguments;
const option = [...element.options].find(({ value, label }) => value === wanted || label === wanted);
if (!option) return false;
element.focus();
element.value = option.value;
for (const type of ["input", "change"]) element.dispatchEvent(new Event(type, { bubbles: true }));
return true;
`;

/** Asks again and again, until the answer is neither undefined nor false. */
async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  patience: number,
): Promise<T> {
  const end = performance.now() + patience;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > end) throw new Error(`${what}: not within ${patience} ms.`);
    await delay(STEP_MS);
  }
}

export interface Window {
  /** Before another page comes. */
  leaving(): Promise<void>;
  screenshot(): Promise<Buffer>;
  resize(width: number, height: number): Promise<void>;
  end(): Promise<void>;
}

/** A WebDriver session as a page. */
export function webkitPage(send: Send, window: Window): Page {
  const script = <T>(body: string, ...args: unknown[]): Promise<T> =>
    send("POST", "/execute/sync", { script: body, args }) as Promise<T>;

  const evaluate = async <T>(run: string | ((argument: never) => T), argument?: unknown): Promise<T> => {
    const call = typeof run === "string" ? `(${run})` : `(${run})(arguments[0])`;
    const body = `const done = arguments[arguments.length - 1];
      (async () => ${call})().then((value) => done({ value }), (error) => done({ thrown: String(error), stack: String(error?.stack ?? "") }));`;
    const answer = (await send("POST", "/execute/async", { script: body, args: [argument ?? null] })) as {
      value?: T;
      thrown?: string;
      stack?: string;
    };
    if (answer.thrown !== undefined) throw new Error(`${answer.thrown}\n${answer.stack}`);
    return answer.value as T;
  };

  const press = async (key: string): Promise<void> => {
    const keys = key.split(/(?<=.)\+/).map((name) => KEYS[name] ?? name);
    const actions = [
      ...keys.map((value) => ({ type: "keyDown", value })),
      ...keys.toReversed().map((value) => ({ type: "keyUp", value })),
    ];
    await send("POST", "/actions", { actions: [{ type: "key", id: "keyboard", actions }] });
  };

  const findAll = async (query: Query): Promise<readonly [Element, boolean][]> => {
    if (query.css === undefined && !(await script<boolean>("return '__finders' in globalThis"))) {
      await script(finderScript());
    }
    return script(FIND, query);
  };

  const control = (query: Query): Control => {
    const find = (): Promise<Element> =>
      eventually(
        JSON.stringify(query),
        async () => {
          const found = await findAll(query);
          if (found.length > 1)
            throw new Error(`${JSON.stringify(query)}: there are ${found.length} of them.`);
          return found[0]?.[1] ? found[0][0] : undefined;
        },
        PATIENCE_MS,
      );
    const ask = async <T>(body: string, ...args: unknown[]): Promise<T> =>
      script(body, await find(), ...args);
    const act = async (path: string, body: object): Promise<void> => {
      await send("POST", `/element/${(await find())[ELEMENT]}/${path}`, body);
    };
    return {
      click: () => act("click", {}),
      async hover({ position } = {}) {
        const box = await ask<{ left: number; top: number; width: number; height: number }>(HOVER);
        const x = Math.round(box.left + (position?.x ?? box.width / 2));
        const y = Math.round(box.top + (position?.y ?? box.height / 2));
        const actions = [{ type: "pointerMove", duration: 0, origin: "viewport", x, y }];
        await send("POST", "/actions", { actions: [{ type: "pointer", id: "mouse", actions }] });
      },
      fill: (text) => ask(FILL, text),
      async press(key) {
        await ask("arguments[0].focus()");
        await press(key);
      },
      selectOption: (option) =>
        eventually(`the option ${option}`, () => ask<boolean>(SELECT, option), PATIENCE_MS),
      setInputFiles: (paths) => act("value", { text: [paths].flat().join("\n") }),
      textContent: () => ask("return arguments[0].textContent"),
      getAttribute: (name) => ask("return arguments[0].getAttribute(arguments[1])", name),
      inputValue: () => ask("return arguments[0].value"),
      isVisible: async () => (await findAll(query))[0]?.[1] ?? false,
      isDisabled: () => ask("return arguments[0].matches(':disabled, [aria-disabled=true]')"),
      count: async () => (await findAll(query)).length,
      waitFor: async () => void (await find()),
    };
  };

  return {
    async goto(url) {
      await window.leaving();
      await send("POST", "/url", { url });
    },
    async reload() {
      await window.leaving();
      await send("POST", "/refresh", {});
    },
    url: () => send("GET", "/url") as Promise<string>,
    evaluate,
    waitForFunction: (until, _, { timeout = PATIENCE_MS } = {}) =>
      eventually(String(until), async () => Boolean(await evaluate(until)), timeout),
    getByRole: (role, { name, exact = false } = {}) => control({ role, ...named(name, exact) }),
    getByLabel: (text, { exact = false } = {}) => control(named(text, exact)),
    locator: (css) => control({ css }),
    keyboard: { press },
    setViewportSize: ({ width, height }) => window.resize(width, height),
    screenshot: () => window.screenshot(),
    close: () => window.end(),
  };
}
