/**
 * Puts a layer's tar together again from a tar-split file (vbatts/tar-split, tar/storage: gzipped JSON lines) and the
 * folder that the layer was unpacked into. The result has the layer's diffID, so it is checked like any other.
 */
import nodeFs, { constants, createReadStream } from "node:fs";
import { dirname, join, sep } from "node:path";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { parseJson } from "../../core/parse-json.ts";
import { Problem } from "../../core/problem.ts";
import { READ_BYTES } from "./blob-folder.ts";
import { cleanPath } from "./path.ts";

/** Types of entries (tar-split, tar/storage/entry.go). */
const FILE = 1;
const SEGMENT = 2;

export function readTarSplit(splitFile: string, folder: string, place: string): Readable {
  return Readable.from(reassemble(splitFile, folder, place), { objectMode: false, highWaterMark: READ_BYTES });
}

async function* reassemble(splitFile: string, folder: string, place: string): AsyncGenerator<Buffer> {
  try {
    // The images of few runs lie so.
    const { createInterface } = await import("node:readline");
    const root = await nodeFs.promises.realpath(folder);
    const source = createReadStream(splitFile);
    const inflated = source.pipe(createGunzip());
    source.on("error", (error) => inflated.destroy(error));
    for await (const line of createInterface({ input: inflated, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (line === "") continue;
      const entry = parseJson(line) as Entry;
      if (entry.type === SEGMENT) yield Buffer.from(entry.payload ?? "", "base64");
      else if (entry.type === FILE && (entry.size ?? 0) > 0) {
        yield* contentOf(root, nameOf(entry), entry.size ?? 0, place);
      }
    }
  } catch (error) {
    if (error instanceof Problem) throw error;
    const cause = `its tar-split file cannot be read: ${(error as Error).message}`;
    throw new Problem({ kind: "input", code: "oci.layer", place, cause }, { cause: error });
  }
}

interface Entry {
  readonly type?: number;
  readonly name?: string;
  /** base64, for names that are no UTF-8. */
  readonly name_raw?: string;
  readonly size?: number;
  readonly payload?: string;
}

function nameOf(entry: Entry): string {
  const name = entry.name_raw === undefined ? (entry.name ?? "") : Buffer.from(entry.name_raw, "base64").toString();
  return cleanPath(name) ?? "";
}

async function* contentOf(root: string, name: string, size: number, place: string): AsyncGenerator<Buffer> {
  const path = join(root, name);
  const missing = (cause: string) =>
    new Problem({ kind: "input", code: "oci.layer", place, cause: `its file /${name} ${cause}` });
  // A symlinked folder of the layer may point anywhere on this machine: what it leads to is not followed out.
  const parent = await nodeFs.promises.realpath(dirname(path)).catch(() => undefined);
  if (parent === undefined || !(parent === root || parent.startsWith(root + sep)))
    throw missing("is not in the storage");
  const handle = await nodeFs.promises
    .open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    .catch(() => {
      throw missing("is not in the storage");
    });
  try {
    if (!(await handle.stat()).isFile()) throw missing("is not a regular file");
    let left = size;
    while (left > 0) {
      const buffer = Buffer.allocUnsafe(Math.min(left, READ_BYTES));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, size - left);
      if (bytesRead === 0) throw missing("is shorter than it was");
      left -= bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}
