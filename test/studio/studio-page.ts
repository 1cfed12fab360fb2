import type { OpenPage } from "../browsers/open-browser.js";

export interface State {
  readonly epoch: number;
  readonly update: number;
  readonly loss: string;
  readonly validation: string;
}

/** What a person does with the studio, by the names of its controls. */
export class StudioPage {
  constructor(readonly page: OpenPage) {}

  async state(): Promise<State> {
    const text = (await this.page.getByRole("status").textContent()) ?? "";
    const found = /^epoch (\d+), update (\d+), loss (\S+), validation loss (\S+)$/.exec(text);
    if (found === null) throw new Error(`The status reads «${text}».`);
    return { epoch: Number(found[1]), update: Number(found[2]), loss: found[3]!, validation: found[4]! };
  }

  /**
   * Waits for a state, and gives it: for as long as the training moves on, and not for ever where it stands still: two workers that
   * never begin are replaced after 45 s.
   */
  async until(is: (state: State) => boolean, what: string, stillness = 100_000): Promise<State> {
    let end = Date.now() + stillness;
    let last = "";
    for (;;) {
      const state = await this.state();
      if (is(state)) return state;
      const text = JSON.stringify(state);
      if (text !== last) [last, end] = [text, Date.now() + stillness];
      if (Date.now() > end) {
        const told = await this.page.evaluate(() =>
          [...document.querySelectorAll(".alarm, .notice, .refusal, .status-rest")].map(
            ({ textContent }) => textContent,
          ),
        );
        throw new Error(
          `${what} did not come, and nothing moved for ${stillness} ms: ${text}, ${told.join("; ")}.`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
  }

  press = (name: string): Promise<void> => this.page.getByRole("button", { name, exact: true }).click();

  set = (name: string, value: number): Promise<void> =>
    this.page.getByRole("spinbutton", { name, exact: true }).fill(String(value));

  choose = (name: string, option: string): Promise<unknown> =>
    this.page.getByRole("combobox", { name, exact: true }).selectOption(option);

  /** Goes to a case and has it there: the losses of its untrained model stand in the status. */
  async open(option: string): Promise<State> {
    await this.choose("Case", option);
    return this.ready();
  }

  ready = (): Promise<State> =>
    this.until(({ update, loss }) => update === 0 && /^\d/.test(loss), "The untrained model");

  /** Trains for so many epochs. */
  async train(epochs: number): Promise<State> {
    await this.set("Epochs", epochs);
    await this.press("Train");
    return this.until(({ epoch }) => epoch === epochs, `Epoch ${epochs}`);
  }

  /** The doctor's findings, once he has looked. */
  async findings(timeout = 100_000): Promise<string[]> {
    await this.page.waitForFunction(
      () => document.querySelector("ul[aria-label=Findings]")?.getAttribute("aria-busy") === "false",
      undefined,
      { timeout },
    );
    return this.page.evaluate(() =>
      [...document.querySelectorAll("ul[aria-label=Findings] code")].map((code) => code.textContent ?? ""),
    );
  }

  alert = async (): Promise<string> => {
    await this.page.getByRole("alert").waitFor();
    return (await this.page.getByRole("alert").textContent()) ?? "";
  };

  async exportAs(name: string): Promise<void> {
    await this.press("Export");
    await this.page.getByRole("menuitem", { name, exact: true }).click();
  }

  /** The number a picture reads beneath a point. */
  async readout(picture: string, x: number, y: number): Promise<string> {
    await this.page.locator(`figure[aria-label="${picture}"] canvas`).hover({ position: { x, y } });
    return (await this.page.locator(`figure[aria-label="${picture}"] .readout`).textContent()) ?? "";
  }
}
