import { chromium, firefox, type Locator, type Page as PlaywrightPage } from "playwright-core";
import { fill } from "./fill.js";
import { chromium as chromiumProgram, findProgram, firefox as firefoxProgram } from "./find-program.js";
import type { Browser, OpenPage } from "./page.js";

const START_MS = 120_000;

/** A browser looks for updates and lists on the net, which no test needs and some machines have not. */
const CHROMIUM_ARGUMENTS = [
  ...["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
  ...["--disable-component-update", "--disable-sync"],
];

const FIREFOX_PREFERENCES = {
  "app.update.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "browser.region.network.url": "",
  "browser.safebrowsing.downloads.remote.enabled": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "services.settings.server": "data:,",
  "toolkit.telemetry.enabled": false,
};

/** Firefox by BiDi types behind what stands in a field of numbers, instead of over it. */
const filling = (locator: Locator): Locator =>
  Object.assign(locator, {
    async fill(text: string) {
      await locator.waitFor();
      await locator.evaluate(fill, text);
    },
  });

function fillByScript(page: PlaywrightPage): void {
  const { getByRole, getByLabel, locator } = page;
  Object.assign(page, {
    getByRole: (...args: Parameters<typeof getByRole>) => filling(getByRole.apply(page, args)),
    getByLabel: (...args: Parameters<typeof getByLabel>) => filling(getByLabel.apply(page, args)),
    locator: (...args: Parameters<typeof locator>) => filling(locator.apply(page, args)),
  });
}

/** How long what a page has said may take to arrive here. */
const ARRIVAL_MS = 100;

/** The style `body {}`, which Playwright writes for a picture and a page's policy may refuse, is no complaint of the page. */
const OWN_STYLE = "sha256-YjaKGiklmzC6wjXA513HAMmzus8VE61XCOT+SmwNZWA=";

function listen(page: PlaywrightPage): OpenPage & Pick<PlaywrightPage, "screenshot"> {
  const lines: string[] = [];
  const errors: string[] = [];
  const keep = (text: string, isError: boolean): void => {
    if (text.includes(OWN_STYLE)) return;
    lines.push(text);
    if (isError) errors.push(text);
  };
  page.on("console", (message) => keep(message.text(), message.type() === "error"));
  page.on("pageerror", (error) => keep(String(error), true));
  const arrived = () => new Promise((resolve) => setTimeout(resolve, ARRIVAL_MS));
  return Object.assign(page as unknown as ReturnType<typeof listen>, {
    consoleErrors: async () => {
      await arrived();
      return [...errors];
    },
    consoleLines: async () => {
      await arrived();
      return [...lines];
    },
  });
}

/** Chromium by its own protocol, Firefox by WebDriver BiDi, which needs no Firefox of Playwright's own. */
export async function openPlaywright(name: "chromium" | "firefox"): Promise<Browser> {
  const executablePath = findProgram(name === "chromium" ? chromiumProgram : firefoxProgram);
  const browser =
    name === "chromium"
      ? await chromium.launch({
          executablePath,
          timeout: START_MS,
          chromiumSandbox: process.getuid?.() !== 0,
          args: CHROMIUM_ARGUMENTS,
        })
      : await firefox.launch({
          executablePath,
          timeout: START_MS,
          channel: "moz-firefox",
          firefoxUserPrefs: FIREFOX_PREFERENCES,
        });
  return {
    name,
    version: browser.version(),
    async open(url, viewport = { width: 1280, height: 800 }) {
      const context = await browser.newContext({ viewport, locale: "en-US" });
      const page = listen(await context.newPage());
      const close = page.close.bind(page);
      const screenshot = page.screenshot.bind(page);
      if (name === "firefox") fillByScript(page as unknown as PlaywrightPage);
      await page.goto(url);
      return Object.assign(page, {
        // To hide the caret Playwright writes a style, which a page's policy forbids.
        screenshot: () => screenshot({ caret: "initial" }),
        close: async () => {
          await close();
          await context.close();
        },
      });
    },
    close: () => browser.close(),
  };
}
