/** Long texts on a stream. */
import type { Writable } from "node:stream";
import { inChunks } from "../engines/files/chunks.ts";

/** Waits where the reader is slower, so that no more than a piece is held; ends where the reader has gone. */
export async function writeStream(stream: Writable, pieces: Iterable<string>): Promise<void> {
  for (const chunk of inChunks(pieces)) {
    if (!stream.writable) return;
    if (stream.write(chunk)) continue;
    await new Promise<void>((resolve) => {
      const done = () => {
        for (const event of ["drain", "close", "error"]) stream.off(event, done);
        resolve();
      };
      // Who listens for errors of the stream judges them.
      for (const event of ["drain", "close", "error"]) stream.on(event, done);
    });
  }
}
