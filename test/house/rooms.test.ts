import { readdir, readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { root } from "./source-files.js";

const at = (path: string): URL => new URL(path, root);

/** The four houses and their rooms; what a build writes is no room. */
async function rooms(): Promise<string[]> {
  const houses = ["src", "assembly", "bench", "test"];
  const inside = await Promise.all(
    houses.map(async (house) =>
      (await readdir(at(`${house}/`), { withFileTypes: true }))
        .filter((entry) => entry.isDirectory() && entry.name !== "results")
        .map(({ name }) => `${house}/${name}`),
    ),
  );
  return [...houses, ...inside.flat()];
}

it("every room says what it is, in at most 15 lines", async () => {
  const found = await Promise.all(
    (await rooms()).map(async (room) => {
      const text = await readFile(at(`${room}/README.md`), "utf8").catch(() => undefined);
      if (text === undefined) return [`${room} has no README.md`];
      const lines = text.trimEnd().split("\n").length;
      return lines > 15 ? [`${room}/README.md has ${lines} lines`] : [];
    }),
  );
  expect(found.flat()).toEqual([]);
});

it("what a README names stands in its room", async () => {
  const wrong: string[] = [];
  for (const room of await rooms()) {
    const text = await readFile(at(`${room}/README.md`), "utf8").catch(() => "");
    for (const [, name] of text.matchAll(/`([\w./-]+(?:\.ts|\/))`/g)) {
      const places = [`${room}/${name}`, name!];
      const isThere = await Promise.all(
        places.map((place) =>
          place.endsWith("/")
            ? readdir(at(place)).then(
                () => true,
                () => false,
              )
            : readFile(at(place)).then(
                () => true,
                () => false,
              ),
        ),
      );
      if (!isThere.includes(true)) wrong.push(`${room}/README.md names ${name}`);
    }
  }
  expect(wrong).toEqual([]);
});
