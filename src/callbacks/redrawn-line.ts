/** A redraw costs more than a small batch; ten a second look alive. */
const REDRAW_MS = 100;
const CLEAR_LINE = "\r\u001b[2K";
const HIDE_CURSOR = "\u001b[?25l";
const SHOW_CURSOR = "\u001b[?25h";

/** One line of a terminal that is written over. */
export interface RedrawnLine {
  /** Shows a text, unless the line was drawn just now. @param isDue drawn in any case. */
  draw(text: () => string, isDue?: boolean): void;
  /** Leaves a text, or what was drawn last, and goes to the next line. */
  end(text?: string): void;
}

/**
 * A line that is redrawn in place, cut to the terminal's width: a wrapped line could not be redrawn.
 * @param options hidesCursor: while the line is open. Default false.
 */
export function redrawnLine(
  { write, columns }: { readonly write: (text: string) => void; readonly columns: () => number },
  options: { readonly hidesCursor?: boolean } = {},
): RedrawnLine {
  const [hide, show] = options.hidesCursor === true ? [HIDE_CURSOR, SHOW_CURSOR] : ["", ""];
  let isOpen = false;
  let drawn = Number.NEGATIVE_INFINITY;
  return {
    draw(text, isDue = false) {
      const now = performance.now();
      if (!isDue && now - drawn < REDRAW_MS) return;
      write(`${isOpen ? "" : hide}${CLEAR_LINE}${text().slice(0, columns() - 1)}`);
      drawn = now;
      isOpen = true;
    },
    end(text) {
      if (text !== undefined) write(`${isOpen ? CLEAR_LINE : ""}${text}\n${isOpen ? show : ""}`);
      else if (isOpen) write(`\n${show}`);
      isOpen = false;
      drawn = Number.NEGATIVE_INFINITY;
    },
  };
}
