import type { Engine } from "../../engine/engine.js";

export interface Region {
  /** Whom it serves: a layer, the parameters, a batch. */
  readonly owner: string;
  readonly label: string;
  readonly address: number;
  readonly floats: number;
}

/** Named regions of an engine's memory that are given back together. */
export class Regions {
  readonly #regions: Region[] = [];

  constructor(readonly engine: Engine) {}

  take(owner: string, label: string, floats: number): number {
    const address = this.engine.memory.take(floats);
    this.#regions.push({ owner, label, address, floats });
    return address;
  }

  get list(): readonly Region[] {
    return this.#regions;
  }

  /** Gives everything back. Harmless after the engine itself was disposed. */
  release(): void {
    if (!this.engine.disposed) for (const { address } of this.#regions) this.engine.memory.give(address);
    this.#regions.length = 0;
  }
}
