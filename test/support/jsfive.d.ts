declare module "jsfive" {
  export class File {
    constructor(bytes: ArrayBuffer, name: string);
    readonly attrs: Readonly<Record<string, unknown>>;
    get(path: string): {
      readonly keys: readonly string[];
      readonly value: ArrayLike<number> & Iterable<number>;
    };
  }
}
