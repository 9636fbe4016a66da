/** The secrets of one layer of an image, found while the layer streams by. */

import { cleanPath } from "../../engines/oci/path.ts";
import type { TarEntry } from "../../engines/oci/tar.ts";
import type { FoundSecrets } from "../../engines/secrets/model.ts";
import type { SecretScanner } from "../../engines/secrets/scan.ts";
import type { SecretStream } from "../../engines/secrets/stream.ts";
import { createAccumulator } from "./accumulator.ts";

export interface LayerSecretsReader {
  /** The bytes of files, in pieces, one file after the other. */
  readonly data: (entry: TarEntry, bytes: Buffer) => void;
  finish(): FoundSecrets;
}

/** Also what a higher layer will delete, and entries whose path nothing could be unpacked to: the bytes are there. */
export function createLayerSecrets(scanner: SecretScanner, place: string): LayerSecretsReader {
  const accumulator = createAccumulator(place);
  let open:
    | { readonly entry: TarEntry; readonly path: string; readonly stream: SecretStream; read: number }
    | undefined;

  function close(): void {
    if (open === undefined) return;
    accumulator.file(open.path, open.read, open.stream.end());
    open = undefined;
  }

  return {
    data(entry, bytes) {
      if (open?.entry !== entry) {
        close();
        const path = cleanPath(entry.name) ?? entry.name.slice(0, LONGEST_NAME);
        if (bytes.length === entry.size) {
          accumulator.file(path, bytes.length, scanner.scan(path, bytes));
          return;
        }
        open = { entry, path, stream: scanner.open(path), read: 0 };
      }
      // The memory of what the layer was inflated into is given back at once.
      open.stream.write(Buffer.from(bytes));
      open.read += bytes.length;
      if (open.read >= entry.size) close();
    },
    finish() {
      close();
      return accumulator.finish();
    },
  };
}

/** Of a name over the bounds. */
const LONGEST_NAME = 512;
