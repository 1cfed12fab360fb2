import ts from "typescript-5";
import { beforeAll, expect, it } from "vitest";
import { type Doors, openDoors, type PublicThing } from "./doors.js";

let doors: Doors;
/** Each once, under the first name it is exported by. */
let things: PublicThing[];
beforeAll(() => {
  doors = openDoors("src");
  const first = new Map<ts.Symbol, PublicThing>();
  for (const thing of doors.things) if (!first.has(thing.symbol)) first.set(thing.symbol, thing);
  things = [...first.values()];
});

const textOf = (symbol: ts.Symbol): string =>
  ts.displayPartsToString(symbol.getDocumentationComment(doors.checker)).trim();

it("every export says in a sentence what it is", () => {
  const found = things.filter(({ symbol }) => textOf(symbol) === "");
  expect(found.map(({ name, file }) => `${name} (${file})`)).toEqual([]);
});

it("every member of options says what it is, and what it is where it is left out", () => {
  const found: string[] = [];
  for (const { name, symbol, isType } of things) {
    if (!isType || !/Options?$/.test(name)) continue;
    for (const member of doors.checker.getDeclaredTypeOfSymbol(symbol).getProperties()) {
      if (doors.ownFile(member) === undefined) continue;
      const text = textOf(member);
      const isOptional = (member.flags & ts.SymbolFlags.Optional) !== 0;
      if (text === "") found.push(`${name}.${member.name}: no sentence`);
      else if (isOptional && !/default/i.test(text)) found.push(`${name}.${member.name}: no default`);
    }
  }
  expect(found).toEqual([]);
});

/** Functions that have nothing to refuse. */
const NEVER_THROW = ["isRecurrentFlow", "terminateOnNaN"];

const functions = (): PublicThing[] =>
  things.filter(({ symbol, isType }) => {
    const type = isType ? undefined : doors.checker.getTypeOfSymbol(symbol);
    return type !== undefined && type.getCallSignatures().length > 0;
  });
const tagsOf = (symbol: ts.Symbol): string[] => symbol.getJsDocTags(doors.checker).map(({ name }) => name);

it("every function has an example", () => {
  expect(functions().length).toBeGreaterThan(200);
  const found = functions().filter(({ symbol }) => !tagsOf(symbol).includes("example"));
  expect(found.map(({ name, file }) => `${name} (${file})`)).toEqual([]);
});

it("every function says what it throws", () => {
  const found = functions().filter(({ symbol }) => !tagsOf(symbol).includes("throws"));
  expect(found.map(({ name }) => name).sort()).toEqual(NEVER_THROW);
});
