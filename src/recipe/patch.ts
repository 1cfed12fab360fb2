/**
 * A change to a recipe as plain data. Objects are merged, everything else replaces; a `layers` patch is merged into every
 * layer that has (or may have) the option; null takes an option away.
 */
export interface RecipePatch {
  readonly series?: Readonly<Record<string, unknown>>;
  readonly window?: number;
  readonly layers?: readonly LayerPatch[];
  readonly compile?: Readonly<Record<string, unknown>>;
  readonly fit?: Readonly<Record<string, unknown>>;
}

/** A change to all layers of some kinds (`"recurrent"`: lstm, gru, simpleRNN), or to the last layer alone. */
export interface LayerPatch {
  readonly kind: string;
  readonly set: Readonly<Record<string, unknown>>;
}
