import type { ByteSource } from "./byte-source.js";

export type TableFormat = "csv" | "json lines" | "parquet";

const BY_NAME: Readonly<Record<string, TableFormat>> = {
  ".jsonl": "json lines",
  ".ndjson": "json lines",
  ".parquet": "parquet",
  ".csv": "csv",
  ".tsv": "csv",
  ".txt": "csv",
  ".dat": "csv",
};

/** `.csv` of a path, in lower case; empty where its name has none. */
function endingOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  return dot <= 0 ? "" : name.slice(dot).toLowerCase();
}

/** By the name, or, of a pipe and of names that say nothing, by the first bytes. */
export function formatOf({ path, head }: Pick<ByteSource, "path" | "head">): TableFormat {
  const byName = BY_NAME[endingOf(path.replace(/\.gz$/i, ""))];
  if (byName !== undefined) return byName;
  const begin = new TextDecoder("latin1").decode(head.subarray(0, 64));
  if (begin.startsWith("PAR1")) return "parquet";
  return /^(?:\u00ef\u00bb\u00bf)?\s*\{\s*"/.test(begin) ? "json lines" : "csv";
}
