import { describe, expect, it } from "vitest";
import { helpExamples } from "../../../src/cli/print/help-examples.js";

describe("commands of a help text", () => {
  it("stand in a line each where they fit", () => {
    expect(helpExamples("gateflow studio")).toBe("\nExample:\n  $ gateflow studio\n");
    expect(helpExamples("gateflow a", "gateflow b")).toBe("\nExamples:\n  $ gateflow a\n  $ gateflow b\n");
  });

  it("go on behind a backslash in front of an option, and are the same command put together again", () => {
    const command = `gateflow train ${"folder/".repeat(6)}file.csv --target value ${"--option name ".repeat(9)}-o out`;
    const text = helpExamples(command);
    const lines = text.trimEnd().split("\n").slice(2);
    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
    for (const line of lines.slice(1)) expect(line).toMatch(/^ {6}-/);
    expect(lines.join("\n").replace(/ \\\n +/g, " ")).toBe(`  $ ${command}`);
  });

  it("are left whole where no option begins early enough", () => {
    const command = `gateflow inspect ${"x".repeat(90)}`;
    expect(helpExamples(command)).toBe(`\nExample:\n  $ ${command}\n`);
  });
});
