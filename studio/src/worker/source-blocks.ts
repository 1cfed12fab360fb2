/** A top-level declaration of a file of source code. */
interface Block {
  readonly name: string;
  readonly text: string;
}

/** Declarations of source texts: what stands between blank lines at the margin. */
const blocksOf = (source: string): Block[] =>
  source.split(/\n\n(?=\S)/).flatMap((text) => {
    const name =
      /^export (?:function|const|interface|type) (\w+)|^(?:function|const|interface|type) (\w+)/m.exec(text);
    return name === null || /^import /.test(text) ? [] : [{ name: (name[1] ?? name[2])!, text: text.trim() }];
  });

/** The declarations a name needs, itself included, in the order of the sources; nothing is exported or imported. */
export function declarationsFor(name: string, sources: readonly string[]): string {
  const blocks = sources.flatMap(blocksOf);
  const needed = new Set<string>();
  const take = (wanted: string): void => {
    const block = blocks.find((one) => one.name === wanted);
    if (block === undefined || needed.has(wanted)) return;
    needed.add(wanted);
    for (const other of blocks) if (new RegExp(`\\b${other.name}\\b`).test(block.text)) take(other.name);
  };
  take(name);
  return blocks
    .filter((block) => needed.has(block.name))
    .map(({ text }) => text.replace(/^export /m, ""))
    .join("\n\n");
}
