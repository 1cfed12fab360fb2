/** Bytes that come in pieces, the first already looked at. */
export interface ByteSource {
  readonly path: string;
  /** The first bytes, unpacked, for whoever must tell what they are; fewer where there are no more. */
  readonly head: Uint8Array;
  /** All bytes, unpacked, from the first. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Whether they came packed by gzip. */
  readonly isPacked: boolean;
}
