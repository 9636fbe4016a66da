/** A scanner of the sample rules, for whole texts and for streams. */
import { createFingerprinter } from "./fingerprint.ts";
import { sampleRules } from "./sample-rules.fixture.ts";
import { createSecretScanner } from "./scan.ts";
import type { FileSecrets } from "./stream.ts";

export const fingerprint = createFingerprinter();
export const scanner = createSecretScanner({ rules: sampleRules, fingerprint });

export function scan(text: string | Buffer, path = "config.env"): FileSecrets {
  return scanner.scan(path, Buffer.isBuffer(text) ? text : Buffer.from(text));
}

export function scanInChunks(bytes: Buffer, sizes: readonly number[], path = "config.env"): FileSecrets {
  const stream = scanner.open(path);
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] as number;
    stream.write(bytes.subarray(at, at + size));
    at += size;
  }
  return stream.end();
}
