import ts from "typescript-5";
import { beforeAll, describe, expect, it } from "vitest";
import { type DoorName, type Doors, openDoors } from "./doors.js";

/** Doors that are used alone: their types may not be behind another one. */
const alone: readonly DoorName[] = ["gateflow", "gateflow/core", "gateflow/series"];

/** `typeof names[number]` in a type with a name of its own says what stands in it: that name is what is imported. */
const isNamedType = (node: ts.Node): boolean =>
  ts.isTypeAliasDeclaration(node) || (node.parent !== undefined && isNamedType(node.parent));

function nameIn(node: ts.Node): ts.Node | undefined {
  if (ts.isTypeReferenceNode(node)) return node.typeName;
  if (ts.isExpressionWithTypeArguments(node)) return node.expression;
  if (ts.isTypeQueryNode(node)) return isNamedType(node) ? undefined : node.exprName;
  if (ts.isImportTypeNode(node)) return node.qualifier ?? node;
  return undefined;
}

/** Types of ours that a declaration names. */
function typesIn(declaration: ts.Node, { checker, resolve, ownFile }: Doors): ts.Symbol[] {
  const found: ts.Symbol[] = [];
  const visit = (node: ts.Node): void => {
    const isPrivate =
      ts.canHaveModifiers(node) &&
      (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword);
    if (isPrivate) return;
    const name = nameIn(node);
    const symbol = name === undefined ? undefined : checker.getSymbolAtLocation(name);
    if (symbol !== undefined) {
      const meant = resolve(symbol);
      const isOurs = ownFile(meant) !== undefined && (meant.flags & ts.SymbolFlags.TypeParameter) === 0;
      if (isOurs) found.push(meant);
    }
    ts.forEachChild(node, visit);
  };
  visit(declaration);
  return found;
}

let doors: Doors;
beforeAll(() => {
  doors = openDoors("dist");
});

/** What is named by what `from` exports, and exported by none of `exporters`. */
function unexported(from: readonly DoorName[], exporters: readonly DoorName[]): string[] {
  const known = new Set(
    doors.things.filter(({ door }) => exporters.includes(door)).map(({ symbol }) => symbol),
  );
  const missing = new Set<string>();
  for (const { door, name, symbol, file } of doors.things) {
    if (!from.includes(door) || file === "") continue;
    for (const declaration of symbol.declarations ?? []) {
      // What other files add to a class is gateflow's alone.
      if (door === "gateflow/core" && doors.fileOf(declaration) !== file) continue;
      for (const type of typesIn(declaration, doors))
        if (!known.has(type)) missing.add(`${type.name} (${doors.ownFile(type)}) in ${door}'s ${name}`);
    }
  }
  return [...missing].sort();
}

describe("what stands in a public signature can be imported by name", () => {
  it("the walk finds what is there", () => {
    expect(doors.things.length).toBeGreaterThan(500);
    // With gateflow/node alone nobody could name what gateflow exports.
    expect(unexported(["gateflow/node"], ["gateflow/node"]).length).toBeGreaterThan(3);
  });

  it.each(alone)("from %s itself, which may be the only door a program has", (door) => {
    expect(unexported([door], [door])).toEqual([]);
  });

  it("of all doors, from one of them", () => {
    const all: readonly DoorName[] = ["gateflow", "gateflow/core", "gateflow/series", "gateflow/node"];
    expect(unexported(all, all)).toEqual([]);
  });
});

describe("a name means one thing", () => {
  it("no two public types share one", () => {
    const byName = new Map<string, Set<ts.Symbol>>();
    for (const { name, symbol, isType } of doors.things)
      if (isType) byName.set(name, (byName.get(name) ?? new Set()).add(symbol));
    expect([...byName].filter(([, symbols]) => symbols.size > 1).map(([name]) => name)).toEqual([]);
  });

  /** What takes files is gateflow/node's; two measures are a loss and a metric of training as well, in gateflow. */
  const doubled = ["backupAndRestore", "csvLogger", "mae", "mase", "modelCheckpoint"];

  it("no two public functions do, but those a door has in its own form", () => {
    const byName = new Map<string, Set<ts.Symbol>>();
    for (const { name, symbol, isType } of doors.things)
      if (!isType) byName.set(name, (byName.get(name) ?? new Set()).add(symbol));
    const found = [...byName].filter(([, symbols]) => symbols.size > 1).map(([name]) => name);
    expect(found.sort()).toEqual(doubled);
  });
});
