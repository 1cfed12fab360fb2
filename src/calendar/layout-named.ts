import { ConfigError } from "../errors.js";
import { type Layout, layoutOf, tokensOf } from "./layout.js";

/** What Python and C call them. */
const STRPTIME: Readonly<Record<string, string>> = {
  ...{
    Y: "YYYY",
    y: "YY",
    m: "MM",
    d: "DD",
    e: "D",
    H: "HH",
    I: "HH",
    M: "mm",
    S: "ss",
    f: "SSS",
    p: "A",
    z: "Z",
  },
  ...{
    Z: "Z",
    b: "MMM",
    h: "MMM",
    B: "MMMM",
    a: "ddd",
    A: "dddd",
    j: "DDDD",
    V: "WW",
    W: "WW",
    G: "YYYY",
    u: "E",
  },
  ...{ s: "X", T: "HH:mm:ss", R: "HH:mm", F: "YYYY-MM-DD", D: "MM/DD/YY", q: "Q" },
};

/** Which part comes first, in words; the rest is told from the cells. */
const ORDERS: Readonly<Record<string, string>> = {
  ...{ dmy: "DMY", "day first": "DMY", dayfirst: "DMY", "d/m": "DMY", "d/m/y": "DMY" },
  ...{ mdy: "MDY", "month first": "MDY", monthfirst: "MDY", "m/d": "MDY", "m/d/y": "MDY" },
  ...{ ymd: "YMD", "year first": "YMD", yearfirst: "YMD", "y/m/d": "YMD" },
};

const UNITS: Readonly<Record<string, string>> = {
  ...{ unix: "X", epoch: "X", s: "X", seconds: "X" },
  ...{ ms: "x", milliseconds: "x", us: "xu", microseconds: "xu", ns: "xn", nanoseconds: "xn" },
};

/** How dates are said to be written. */
export type NamedLayout = { readonly order: string } | { readonly layout: Layout };

/** Excel's small letters: `dd.mm.yyyy hh:mm`, in which mm are minutes after hours. */
function fromSmall(spec: string): string {
  return spec
    .replaceAll(/y{4}/g, "YYYY")
    .replaceAll(/\byy\b/g, "YY")
    .replaceAll(/hh|HH/g, "HH")
    .replaceAll(/d{1,2}/g, (text) => text.toUpperCase())
    .replaceAll(/(HH[^a-zA-Z]?)?m{1,4}/g, (text, hours: string | undefined) =>
      hours === undefined ? text.toUpperCase() : text,
    );
}

/**
 * Understands what a user says of the dates: `DD.MM.YYYY HH:mm` as in dayjs, `%d.%m.%Y %H:%M` as in Python,
 * `dd.mm.yyyy` as in Excel, `day first`, `month first`, `year first` (or `DMY`, `MDY`, `YMD`), `unix` or `ms`.
 * @throws ConfigError for what is none of these.
 */
export function layoutNamed(where: string, format: unknown): NamedLayout {
  if (typeof format === "string" && format.trim() !== "") {
    const text = format.trim();
    const word = text.toLowerCase().replaceAll(/[-_]/g, " ");
    const order = ORDERS[word] ?? ORDERS[word.replaceAll(" ", "")];
    if (order !== undefined) return { order };
    const unit = UNITS[word];
    if (unit !== undefined) return { layout: layoutOf(unit) };
    let spec = text;
    if (text.includes("%")) {
      // Letters between the tokens of strptime, such as the T of ISO 8601, stand for themselves.
      spec = text
        .split(/(%-?[A-Za-z%])/)
        .map((part) => {
          const token = /^%-?([A-Za-z%])$/.exec(part);
          if (token === null) return /\p{L}/u.test(part) ? `[${part}]` : part;
          return STRPTIME[token[1]!] ?? part;
        })
        .join("");
    } else if (/yy/.test(text)) spec = fromSmall(text);
    else spec = text.replaceAll(/(?<=[DY])T(?=H)/g, "[T]");
    const tokens = tokensOf(spec);
    const isWhole = tokens.some((token) => /^(?:YYYY|YY|y|X|x|xu|xn)$/.test(token)) && !spec.includes("%");
    if (isWhole) return { layout: layoutOf(spec) };
  }
  throw new ConfigError(
    `${where}: \`dateFormat\` is ${JSON.stringify(format)}, expected how dates are written, such as "DD.MM.YYYY HH:mm", "%d.%m.%Y", "day first", "month first" or "unix".`,
    { received: format },
  );
}
