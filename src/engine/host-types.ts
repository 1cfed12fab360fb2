/**
 * Types of the host that public signatures name, for programs that are compiled with the language's own library alone
 * (`lib: ["ES2022"]`). Where the browser's or Node's types are there, these are the same and merge with them.
 */
declare global {
  interface AbortSignal {
    readonly aborted: boolean;
  }
  interface URL {
    href: string;
  }
  interface Worker {
    terminate(): void;
  }
  namespace WebAssembly {
    interface Module {}
    interface Instance {}
    interface Memory {
      readonly buffer: ArrayBuffer;
    }
  }
}

export {};
