/** Puts chunks of a stream together as far as one record needs it; each byte is copied at most twice. */
export class Pieces {
  private pieces: Buffer[] = [];
  /** Bytes that wait. */
  pending = 0;
  private needed = 0;

  /** All that waits with this chunk behind it; undefined where that is not what is needed yet. */
  add(chunk: Buffer): Buffer | undefined {
    this.pieces.push(chunk);
    this.pending += chunk.length;
    if (this.pending < this.needed) return undefined;
    return this.pieces.length === 1 ? chunk : Buffer.concat(this.pieces, this.pending);
  }

  /** What of `bytes` from `at` on waits for more. @param needed - how much has to be there before it is of use */
  keep(bytes: Buffer, at: number, needed: number): void {
    this.pieces = at === bytes.length ? [] : [at === 0 ? bytes : bytes.subarray(at)];
    this.pending = bytes.length - at;
    this.needed = needed;
  }
}
