/** Times of events: nanoseconds since 1970, of eight bytes, as whole seconds and the rest. */
import type { SyscallEvent } from "../event.ts";

/** Exact, without a bigint for each event. */
export function readTime(event: SyscallEvent, bytes: Buffer, at: number): void {
  const low = wordAt(bytes, at);
  let seconds = Math.floor((wordAt(bytes, at + 4) * 4_294_967_296 + low) / 1e9);
  // The quotient may be one off; what is left is small, so that its lowest 32 bits tell it.
  let nanoseconds = (low - Math.imul(seconds | 0, 1_000_000_000)) | 0;
  if (nanoseconds < 0) {
    seconds--;
    nanoseconds += 1_000_000_000;
  } else if (nanoseconds >= 1_000_000_000) {
    seconds++;
    nanoseconds -= 1_000_000_000;
  }
  event.seconds = seconds;
  event.nanoseconds = nanoseconds;
}

/** A little-endian number of four bytes. */
export function wordAt(bytes: Buffer, at: number): number {
  return (
    ((bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)) >>>
    0
  );
}
