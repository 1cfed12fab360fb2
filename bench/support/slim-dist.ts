/**
 * npm run build:slim: makes of what the compiler wrote to dist/ what is published. Comments go: they stay in the
 * declarations, where editors read them. Declarations that no door leads to go. Of packages that bring much more than is
 * used of them, what is used is put into dist/packages/, with their licences.
 */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, posix, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";

const root = fileURLToPath(new URL("../../", import.meta.url));
/**
 * Installed they and what they bring are 2 MB, of which 130 KB are used. Their versions are exact: nothing is lost but
 * their own address.
 */
const INLINED = ["d3-array", "d3-format", "d3-scale", "d3-shape", "fflate", "hyparquet", "pbf"];
/** Made by bundlers, or here. */
const BUNDLED = /^(studio|packages)[\\/]|^gateflow\.min\.js$/;

const codeOf = async (dist: string): Promise<string[]> =>
  (await readdir(dist, { recursive: true })).filter((name) => name.endsWith(".js") && !BUNDLED.test(name));

/** Names taken of a package, in every form an import has here: `import { a }` and `const { a } = await import()`. */
function namesIn(text: string, name: string): string[] {
  const forms = [
    new RegExp(`import \\{([^{}]+)\\} from "${name}"`, "g"),
    new RegExp(`\\{([^{}]+)\\} = await import\\("${name}"\\)`, "g"),
  ];
  const lists = forms.flatMap((form) => [...text.matchAll(form)].map(([, list]) => list!));
  if (text.split(`"${name}"`).length - 1 !== lists.length)
    throw new Error(`${name} is imported in a form that does not say what is taken of it.`);
  return lists.flatMap((list) => list.split(",").map((one) => one.trim().split(/[\s:]/)[0]!));
}

/** What is used of the packages, one file each, what several of them use in files of its own, and all their licences. */
async function inlinePackages(dist: string, texts: readonly string[]): Promise<void> {
  const folder = join(dist, "packages");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  const entries = INLINED.map((name) => {
    const used = [...new Set(texts.flatMap((text) => namesIn(text, name)))].sort();
    if (used.length === 0) throw new Error(`Nothing is used of ${name}.`);
    return [name, `export { ${used.join(", ")} } from "${name}";`] as const;
  });
  const { metafile } = await build({
    entryPoints: INLINED.map((name) => ({ in: `used:${name}`, out: name })),
    plugins: [
      {
        name: "what is used",
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /^used:/ }, ({ path }) => ({ path: path.slice(5), namespace: "used" }));
          onLoad({ filter: /./, namespace: "used" }, ({ path }) => ({
            contents: new Map(entries).get(path)!,
            resolveDir: root,
          }));
        },
      },
    ],
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    outdir: folder,
    chunkNames: "shared-[hash]",
    banner: { js: "/*! Parts of other packages: see the licences beside this file */" },
    metafile: true,
    absWorkingDir: root,
    logLevel: "warning",
  });
  const parts = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0),
  );
  const packages = new Set(parts.flatMap(([path]) => /node_modules\/([^/]+)\//.exec(path)?.slice(1) ?? []));
  for (const name of packages) {
    const text = await readFile(join(root, "node_modules", name, "LICENSE"), "utf8");
    await writeFile(join(folder, `${name}-license.txt`), text);
  }
}

/** The code without comments, and with the packages beside it. */
async function rewrite(dist: string, name: string, text: string): Promise<void> {
  // Notes to bundlers (`@__PURE__`, `@vite-ignore`) stay.
  const { code } = await transform(text, { target: "esnext", charset: "utf8", legalComments: "inline" });
  const folder = posix.relative(posix.dirname(name.replaceAll("\\", "/")), "packages");
  const linked = INLINED.reduce(
    (all, inlined) =>
      all.replaceAll(`"${inlined}"`, `"${folder.startsWith(".") ? "" : "./"}${folder}/${inlined}.js"`),
    code,
  );
  if (linked !== text) await writeFile(join(dist, name), linked);
}

/** Takes away the declarations that those of the doors do not lead to. */
async function pruneDeclarations(dist: string): Promise<void> {
  const { exports } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as {
    exports: Record<string, string | { readonly types: string }>;
  };
  const doors = Object.values(exports).flatMap((door) => (typeof door === "string" ? [] : [door.types]));
  const reached = new Set<string>();
  const visit = async (path: string): Promise<void> => {
    if (reached.has(path)) return;
    reached.add(path);
    const text = await readFile(join(dist, path), "utf8");
    for (const [, to] of text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)) {
      await visit(join(dirname(path), to!.replace(/\.js$/, ".d.ts")));
    }
  };
  for (const door of doors) await visit(relative("dist", door));
  for (const name of await readdir(dist, { recursive: true })) {
    if (name.endsWith(".d.ts") && !reached.has(name)) await rm(join(dist, name));
  }
}

/** The published form of what the compiler made. Done twice it changes nothing more. */
export async function slimDist(dist = join(root, "dist")): Promise<void> {
  const names = await codeOf(dist);
  const texts = await Promise.all(names.map((name) => readFile(join(dist, name), "utf8")));
  if (texts.some((text) => INLINED.some((name) => text.includes(`"${name}"`))))
    await inlinePackages(dist, texts);
  await Promise.all(names.map((name, i) => rewrite(dist, name, texts[i]!)));
  await pruneDeclarations(dist);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await slimDist();
