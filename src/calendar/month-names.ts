/**
 * Names of months in the languages tables are most often written in. The host's own tables (CLDR) know them, in the
 * standing form, short and long, and as they stand beside a day, which Slavic languages inflect.
 */
const LANGUAGES = [
  "en",
  "de",
  "fr",
  "es",
  "it",
  "pt",
  "nl",
  "sv",
  "da",
  "nb",
  "fi",
  "pl",
  "cs",
  "ru",
  "uk",
  "tr",
  "hu",
  "ro",
  "el",
  "ca",
];
const STYLES = ["short", "long"] as const;

/** What an English table also writes. */
const MORE: readonly (readonly [name: string, month: number])[] = [
  ["sept", 8],
  ["mär", 2],
  ["mrz", 2],
];

/** Twelve names, January first, in one language and style. */
type Names = readonly string[];

/** Without case, full stops and what a keyboard may lack: `Févr.` is `fevr`. */
const plain = (name: string): string =>
  name
    .normalize("NFD")
    .replaceAll(/[\u0300-\u036f.]/g, "")
    .toLowerCase()
    .trim();

let lists: Names[] | undefined;
let known: Map<string, number> | undefined;

function allLists(): Names[] {
  if (lists !== undefined) return lists;
  lists = [];
  for (const language of LANGUAGES) {
    for (const month of STYLES) {
      for (const day of [undefined, "numeric"] as const) {
        const format = new Intl.DateTimeFormat(language, {
          month,
          timeZone: "UTC",
          ...(day === undefined ? {} : { day }),
        });
        const names = Array.from({ length: 12 }, (_, m) => {
          const parts = format.formatToParts(Date.UTC(2024, m, 15));
          return parts.find(({ type }) => type === "month")?.value.replace(/\.$/, "") ?? "";
        });
        // A host without this language answers with numbers.
        if (names.every((name) => /^\p{L}/u.test(name))) lists.push(names);
      }
    }
  }
  return lists;
}

/** The month a name stands for, 0 to 11; undefined for no month's name. */
export function monthNamed(name: string): number | undefined {
  if (name.length > 20) return undefined;
  if (known === undefined) {
    known = new Map();
    for (const names of allLists()) {
      names.forEach((text, month) => {
        const key = plain(text);
        // English goes first: where two languages differ on a name, it has the word.
        if (!known!.has(key)) known!.set(key, month);
      });
    }
    for (const [text, month] of MORE) if (!known.has(plain(text))) known.set(plain(text), month);
  }
  return known.get(plain(name));
}

/** The list that writes `name` for `month`, in its own case; English short names where none does. */
export function namesLike(samples: readonly string[]): Names {
  const wanted = samples.map((sample) => plain(sample));
  const found =
    allLists().find((names) => {
      const own = names.map(plain);
      return wanted.every((name) => own.includes(name));
    }) ?? allLists()[0]!;
  const [sample = ""] = samples;
  const letters = sample.replaceAll(/\P{L}/gu, "");
  const dot = sample.endsWith(".") ? "." : "";
  return found.map((name) => {
    if (letters === letters.toUpperCase()) return name.toUpperCase() + dot;
    if (letters === letters.toLowerCase()) return name.toLowerCase() + dot;
    return name.slice(0, 1).toUpperCase() + name.slice(1) + dot;
  });
}

const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/** English, counted as `Date.getUTCDay` does. */
export const weekdayName = (day: number): string => WEEKDAYS[day]!;

/** Whether a word names a day of the week, in English or German, whole or cut to two or three letters. */
export const isWeekday = (word: string): boolean =>
  /^(?:sun|mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?)(?:day)?$|^(?:mo|di|mi|do|fr|sa|so)$|^(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag)$/i.test(
    word,
  );
