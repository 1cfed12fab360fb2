import { readdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { expect, it } from "vitest";
import { root, sourceFiles } from "./source-files.js";

const page = await readFile(new URL("test/src/README.md", root), "utf8");
/** The page's list: rooms before a colon, and behind it the places their tests are in. */
const entries = [
  ...page.matchAll(
    /((?:`[\w/-]+`, )*`[\w/-]+`): [^.:]*?\b(?:in|there and in) ((?:`[\w/-]+`(?: and |, )?)+)/g,
  ),
].map(([, rooms, places]) => {
  const names = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);
  return { rooms: names(rooms!), places: names(places!) };
});

async function hasTests(room: string): Promise<boolean> {
  const files = await readdir(new URL(`test/src/${room}/`, root)).catch(() => []);
  return files.some((name) => name.endsWith(".test.ts"));
}

it("every room of src/ is tested in its mirror, or test/src/README.md says where", async () => {
  const rooms = new Set((await sourceFiles("src")).map(({ path }) => dirname(path).replace(/^src\/?/, "")));
  const bare: string[] = [];
  for (const room of rooms) if (!(await hasTests(room))) bare.push(room);
  expect(bare.length).toBeGreaterThan(5);
  expect(bare.sort()).toEqual(entries.flatMap((entry) => entry.rooms).sort());
});

it("the places named are there, and have tests", async () => {
  const places = entries.flatMap((entry) => entry.places);
  expect(places.length).toBeGreaterThanOrEqual(entries.length);
  const lost: string[] = [];
  for (const place of places) if (!(await hasTests(place))) lost.push(place);
  expect(lost).toEqual([]);
});
