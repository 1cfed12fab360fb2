/** Colours of pictures, read from the style sheet, so that light and dark are said in one place. */
export interface Theme {
  readonly text: string;
  readonly muted: string;
  readonly grid: string;
  readonly surface: string;
  readonly accent: string;
  /** Of lines, told apart also by those who see colours otherwise (after Okabe and Ito). */
  readonly lines: readonly string[];
  readonly isDark: boolean;
}

let current: Theme | undefined;

export function theme(): Theme {
  if (current !== undefined) return current;
  const style = getComputedStyle(document.documentElement);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  current = {
    text: read("--text"),
    muted: read("--muted"),
    grid: read("--grid"),
    surface: read("--surface"),
    accent: read("--accent"),
    lines: [1, 2, 3, 4, 5, 6].map((i) => read(`--line-${i}`)),
    isDark: read("--scheme") === "dark",
  };
  return current;
}

/** Forgets the colours: the page has become light or dark. */
export function forgetTheme(): void {
  current = undefined;
}
