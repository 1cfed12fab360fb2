/** What tools and people write where nothing was measured, in small letters. */
const USUAL = [
  ...[
    "",
    "na",
    "n/a",
    "n.a.",
    "n.a",
    "nan",
    "null",
    "none",
    "nil",
    "#n/a",
    "#na",
    "#value!",
    "#div/0!",
    "#ref!",
  ],
  ...[
    "-",
    "--",
    "---",
    "–",
    "—",
    "?",
    ".",
    "..",
    "...",
    ":",
    "\\n",
    "missing",
    "nd",
    "n.d.",
    "no data",
    "<na>",
    "(null)",
  ],
];

/** Those that need no word: every tool writes them for a gap. */
const SILENT = new Set(["", "na", "nan", "null"]);

/** The texts that mean a gap. */
export class Missing {
  readonly #known = new Set(USUAL);
  /** Texts a user named, which may be numbers: `-999`. */
  readonly #named: ReadonlySet<string>;

  constructor(named: readonly string[]) {
    this.#named = new Set(named.map((text) => text.trim().toLowerCase()));
  }

  /** @param cell trimmed. */
  has(cell: string): boolean {
    // No word for a gap is longer, unless a user named it.
    if (cell.length > 12 && this.#named.size === 0) return false;
    const text = cell.toLowerCase();
    // Excel marks as text what would be a formula: `'-`.
    const bare = text.startsWith("'") && text.length > 1 ? text.slice(1) : text;
    // Fortran writes as many asterisks as the number would have had digits.
    return this.#known.has(bare) || this.#named.has(text) || /^\*+$/.test(bare);
  }

  /** Whether it should be said that this text was taken as a gap. */
  isRemarkable(cell: string): boolean {
    const text = cell.toLowerCase();
    return !SILENT.has(text) && !this.#named.has(text);
  }
}
