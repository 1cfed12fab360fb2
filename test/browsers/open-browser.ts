import type { Browser, BrowserName } from "./page.js";
import { openPlaywright } from "./playwright-browser.js";
import { openWebkit } from "./webkit-browser.js";

export { catchDownloads, takeDownloads } from "./downloads.js";
export type { Browser, BrowserName, OpenPage } from "./page.js";
export { type Served, serve } from "./serve.js";

export const browserNames: readonly BrowserName[] = ["chromium", "firefox", "webkit"];

/** Starts a browser that is on the machine, or installs it first. @throws with one line that says how, where it cannot. */
export const openBrowser = (name: BrowserName): Promise<Browser> =>
  name === "webkit" ? openWebkit() : openPlaywright(name);
