/** The secrets of one layer of an image, found while the layer streams by. */

import { cleanPath } from "../../engines/oci/path.ts";
import type { TarEntry } from "../../engines/oci/tar.ts";
import type { FoundSecrets } from "../../engines/secrets/model.ts";
import type { SecretScanner } from "../../engines/secrets/scan.ts";
import type { SecretStream } from "../../engines/secrets/stream.ts";
import { createAccumulator } from "./accumulator.ts";
import { ARCHIVE_HEAD, archiveKindOf, createArchiveScanner } from "./archives.ts";
import { bounds } from "./bounds.ts";

export interface LayerSecretsReader {
  /** The bytes of files, in pieces, one file after the other. */
  readonly data: (entry: TarEntry, bytes: Buffer) => void;
  finish(): FoundSecrets;
}

/** Also what a higher layer will delete, and entries whose path nothing could be unpacked to: the bytes are there. */
export function createLayerSecrets(scanner: SecretScanner, place: string): LayerSecretsReader {
  const accumulator = createAccumulator(place);
  const archives = createArchiveScanner(scanner, accumulator);
  let open: OpenFile | undefined;

  function close(): void {
    if (open === undefined) return;
    const { path, read, stream, pieces } = open;
    accumulator.file(path, read, stream.end());
    open = undefined;
    if (pieces !== undefined && read <= bounds.archiveBytes) archives.scan(path, Buffer.concat(pieces));
    else if (pieces !== undefined) archives.tooLarge(path);
  }

  return {
    data(entry, bytes) {
      if (open?.entry !== entry) {
        close();
        const path = cleanPath(entry.name) ?? entry.name.slice(0, LONGEST_NAME);
        if (bytes.length === entry.size) {
          // Of an archive that was read whole the packed bytes tell nothing more.
          if (isArchive(path, bytes) && archives.scan(path, bytes)) accumulator.quiet(1, bytes.length);
          else accumulator.file(path, bytes.length, scanner.scan(path, bytes));
          return;
        }
        const pieces = isArchive(path, bytes) ? [] : undefined;
        open = { entry, path, stream: scanner.open(path), pieces, read: 0 };
      }
      open.stream.write(bytes);
      open.read += bytes.length;
      // The memory of what the layer was inflated into is given back at once.
      if (open.read <= bounds.archiveBytes) open.pieces?.push(Buffer.from(bytes));
      if (open.read >= entry.size) close();
    },
    finish() {
      close();
      return accumulator.finish();
    },
  };
}

interface OpenFile {
  readonly entry: TarEntry;
  readonly path: string;
  readonly stream: SecretStream;
  /** Of an archive, which is read once it is whole. */
  readonly pieces: Buffer[] | undefined;
  read: number;
}

function isArchive(path: string, start: Buffer): boolean {
  return archiveKindOf(path, start.subarray(0, ARCHIVE_HEAD)) !== undefined;
}

/** Of a name over the bounds. */
const LONGEST_NAME = 512;
