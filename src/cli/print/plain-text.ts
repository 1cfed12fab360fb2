/** Colours and weights, which the program itself writes; hiding text is not among them. */
const STYLE = /^\[(?:0|1|2|3|4|7|2[1-7]|3\d|4\d|9[0-7]|10[0-7])m/;
const ESCAPE = "\u001b";

/** Marks that separate lines where nobody looks for it, or turn the order of letters round. */
const MARKS = "\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069";

/**
 * What a terminal would obey, not show: control characters of both sets, escape sequences, and the marks that turn the
 * order of letters round, by which a name can pass for another (Boucher and Anderson, Trojan Source, 2021). Line breaks
 * and tabs are the program's own.
 */
const OBEYED = new RegExp(`[\\p{Cc}${MARKS}]`, "gu");

const shown = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/**
 * Text as it may go to a terminal: whatever a name, a cell or a path holds is shown (`\u001b`), not obeyed. Within JSON
 * that is an escape of JSON's own, so it reads back as it was.
 * @param styled whether the program's own colours may pass.
 */
export function plainText(text: string, styled: boolean): string {
  return text.replaceAll(OBEYED, (character, at: number) => {
    if (character === "\n" || character === "\t") return character;
    const isStyle = styled && character === ESCAPE && STYLE.test(text.slice(at + 1, at + 8));
    return isStyle ? character : shown(character);
  });
}
