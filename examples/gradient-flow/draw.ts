import { mkdir, writeFile } from "node:fs/promises";

/** Writes a picture to out/, and says where it is. */
export async function draw(name: string, svg: string): Promise<void> {
  await mkdir("out", { recursive: true });
  await writeFile(`out/${name}.svg`, svg);
  console.log(`out/${name}.svg`);
}
