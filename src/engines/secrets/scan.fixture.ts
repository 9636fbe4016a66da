/** A scanner of the sample rules, for whole texts and for streams. */
import { createFingerprinter } from "./fingerprint.ts";
import { sampleRules } from "./sample-rules.fixture.ts";
import { createSecretScanner } from "./scan.ts";
import type { FileSecrets } from "./stream.ts";

export const fingerprint = createFingerprinter();
export const scanner = createSecretScanner({ rules: sampleRules, fingerprint });

/** What is in chunks is looked at in as many parts as a file of megabytes is. */
const inParts = createSecretScanner({ rules: sampleRules, fingerprint, window: 64 * 1024 });

export function scan(text: string | Buffer, path = "config.env"): FileSecrets {
  return scanner.scan(path, Buffer.isBuffer(text) ? text : Buffer.from(text));
}

export function scanInChunks(bytes: Buffer, sizes: readonly number[], path = "config.env"): FileSecrets {
  const stream = inParts.open(path);
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] as number;
    stream.write(bytes.subarray(at, at + size));
    at += size;
  }
  return stream.end();
}
