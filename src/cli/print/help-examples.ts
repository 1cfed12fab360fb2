const WIDTH = 80;
/** Of a command that goes on in the next line, as a shell reads it. */
const GOES_ON = " \\";

/**
 * The commands that stand below the options of a help text. One that is wider than a terminal of 80 columns goes on in
 * further lines, so that it can still be copied whole.
 */
export const helpExamples = (...commands: string[]): string =>
  `\nExample${commands.length > 1 ? "s" : ""}:\n${commands.map((command) => `${wrap(`  $ ${command}`)}\n`).join("")}`;

function wrap(line: string): string {
  const lines: string[] = [];
  let rest = line;
  while (rest.length > WIDTH) {
    const at = breakBefore(rest, WIDTH - GOES_ON.length);
    if (at < 0) break;
    lines.push(rest.slice(0, at) + GOES_ON);
    rest = `      ${rest.slice(at + 1)}`;
  }
  return [...lines, rest].join("\n");
}

/** The last blank in front of an option that leaves a line of this length; -1 where there is none. */
function breakBefore(line: string, length: number): number {
  const head = line.slice(0, length + 1);
  return head.lastIndexOf(" -") > 8 ? head.lastIndexOf(" -") : -1;
}
