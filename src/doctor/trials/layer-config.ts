/** A layer as plain data: what it is, and its options. */
export interface LayerConfig {
  readonly kind: string;
  readonly config: Record<string, unknown>;
}
