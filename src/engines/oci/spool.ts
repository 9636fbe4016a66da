import nodeFs from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Problem } from "../../core/problem.ts";
import { bounds } from "./bounds.ts";

/**
 * Writes a stream into a temporary file that has no name any more: for what must be seekable and is not. The kernel
 * frees it when the handle is closed, or when the program ends in whatever way.
 *
 * @param inflate - what the bytes go through, where they are compressed
 * @throws Problem `oci.archive` where they cannot be had or are over the bound
 */
export async function spool(source: Readable, inflate: Transform | undefined, place: string): Promise<FileHandle> {
  const handle = await openNameless();
  const failed = (cause: string, error?: unknown) =>
    new Problem({ kind: "input", code: "oci.archive", place, cause }, { cause: error });
  // A write stream of a handle that stays open never closes, and the pipeline would wait for that.
  const write = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
    let written = 0;
    for await (const chunk of chunks) {
      written += chunk.length;
      if (written > bounds.spoolBytes) throw failed(`it holds more than ${bounds.spoolBytes} bytes once decompressed`);
      await handle.writeFile(chunk);
    }
  };
  try {
    if (inflate === undefined) await pipeline(source, write);
    else await pipeline(source, inflate, write);
    return handle;
  } catch (error) {
    await handle.close();
    throw error instanceof Problem ? error : failed(`cannot be decompressed: ${(error as Error).message}`, error);
  }
}

async function openNameless(): Promise<FileHandle> {
  const folder = await nodeFs.promises.mkdtemp(join(tmpdir(), "bulkhead-spool-"));
  try {
    return await nodeFs.promises.open(join(folder, "spool"), "wx+", 0o600);
  } finally {
    await nodeFs.promises.rm(folder, { recursive: true, force: true });
  }
}
