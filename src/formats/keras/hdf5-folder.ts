import type { Hdf5Group } from "./hdf5-file.js";

/**
 * A folder of a weights' file. Keras 2.12 to 3.0 on Windows wrote one group `layers\\lstm\\cell` where there are three
 * everywhere else; both are found by the same steps.
 */
export class Folder {
  readonly #base: Hdf5Group;
  readonly #prefix: string;

  /** @param prefix the part of the folder's path that stands in the names of `base`. */
  constructor(
    readonly group: Hdf5Group | undefined,
    base?: Hdf5Group,
    prefix = "",
  ) {
    this.#base = (base ?? group)!;
    this.#prefix = prefix;
  }

  /** The folder of that name in this one; undefined where there is none. */
  inside(name: string): Folder | undefined {
    const own = this.group?.group(name);
    if (own !== undefined) return new Folder(own);
    const path = `${this.#prefix}${name}`;
    const { names } = this.#base;
    const group = names.includes(path) ? this.#base.group(path) : undefined;
    const isThere = group !== undefined || names.some((one) => one.startsWith(`${path}\\`));
    return isThere ? new Folder(group, this.#base, `${path}\\`) : undefined;
  }
}
