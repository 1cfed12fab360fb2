import type { Page as PlaywrightPage } from "playwright-core";

export type Role = Parameters<PlaywrightPage["getByRole"]>[0];

/** What is pointed at. Every action waits until it is there and can be seen, up to 30 s. The names are Playwright's. */
export interface Control {
  click(): Promise<void>;
  /** @param options `position` in CSS pixels from the upper left corner inside the border; default: the middle. */
  hover(options?: { position?: { x: number; y: number } }): Promise<void>;
  /** Replaces what a field holds. */
  fill(text: string): Promise<void>;
  /** Presses a key while the element has the focus: `"Home"`, `"a"`, `"Shift+Tab"`. */
  press(key: string): Promise<void>;
  /** Chooses an option of a `select` by its value or label. */
  selectOption(option: string): Promise<unknown>;
  setInputFiles(paths: string | string[]): Promise<void>;
  textContent(): Promise<string | null>;
  getAttribute(name: string): Promise<string | null>;
  inputValue(): Promise<string>;
  isVisible(): Promise<boolean>;
  isDisabled(): Promise<boolean>;
  /** How many elements there are now; waits for none. */
  count(): Promise<number>;
  /** Waits until it is there and can be seen. */
  waitFor(): Promise<void>;
}

/** A page of any of the three browsers. What it has, it has by Playwright's names and with Playwright's meaning. */
export interface Page {
  goto(url: string): Promise<unknown>;
  reload(): Promise<unknown>;
  url(): string | Promise<string>;
  /** Runs a function in the page with an argument that JSON can carry, waits for it, and gives what JSON can carry. */
  evaluate<T>(run: string | (() => T | Promise<T>)): Promise<T>;
  evaluate<T, A>(run: (argument: A) => T | Promise<T>, argument: A): Promise<T>;
  /** Waits until the expression or function is true in the page. Default `timeout`: 30,000 ms. */
  waitForFunction(
    until: string | (() => unknown),
    argument?: undefined,
    options?: { timeout?: number },
  ): Promise<unknown>;
  /** By role and accessible name: a text is found in any case and as a part, unless `exact`. */
  getByRole(role: Role, options?: { name?: string | RegExp; exact?: boolean }): Control;
  /** By the text of its label, such as a file's input. */
  getByLabel(text: string | RegExp, options?: { exact?: boolean }): Control;
  /** By CSS selector. */
  locator(selector: string): Control;
  readonly keyboard: { press(key: string): Promise<void> };
  setViewportSize(size: { width: number; height: number }): Promise<void>;
  /** What is seen of the page, as PNG. */
  screenshot(): Promise<Buffer>;
  close(): Promise<void>;
}

/** A page, and what it complained of. */
export interface OpenPage extends Page {
  /** Errors of the console and uncaught ones, in order, since the page was opened. Gives them a moment to arrive. */
  consoleErrors(): Promise<string[]>;
  /** Everything a page wrote to the console. */
  consoleLines(): Promise<string[]>;
}

export type BrowserName = "chromium" | "firefox" | "webkit";

export interface Browser {
  readonly name: BrowserName;
  readonly version: string;
  /** Opens a page of its own, with nothing left of others. Default size: 1280 × 800. */
  open(url: string, size?: { width: number; height: number }): Promise<OpenPage>;
  close(): Promise<void>;
}
