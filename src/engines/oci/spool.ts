import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { bounds } from "../../core/bounds.ts";
import { Problem } from "../../core/problem.ts";

export interface Spool {
  readonly path: string;
  remove(): Promise<void>;
}

/** Writes a stream into a private temporary file: for what must be seekable and is not. */
export async function spool(
  source: Readable,
  stages: readonly NodeJS.ReadWriteStream[],
  place: string,
): Promise<Spool> {
  const folder = await mkdtemp(join(tmpdir(), "bulkhead-spool-"));
  const path = join(folder, "spool");
  const remove = () => rm(folder, { recursive: true, force: true });
  let written = 0;
  const bounded = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      written += chunk.length;
      if (written > bounds.spoolBytes) {
        done(
          new Problem({
            kind: "input",
            code: "oci.archive",
            place,
            cause: `it holds more than ${bounds.spoolBytes} bytes once decompressed`,
          }),
        );
      } else done(null, chunk);
    },
  });
  try {
    await pipeline([source, ...stages, bounded, createWriteStream(path, { mode: 0o600, flags: "wx" })]);
    return { path, remove };
  } catch (error) {
    await remove();
    if (error instanceof Problem) throw error;
    throw new Problem(
      { kind: "input", code: "oci.archive", place, cause: `it cannot be decompressed: ${(error as Error).message}` },
      { cause: error },
    );
  }
}
