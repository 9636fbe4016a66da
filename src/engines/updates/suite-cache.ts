/**
 * What was fetched of suites, in a folder: signed files by their URL with what their server said of them, indexes by
 * their SHA-256, and since when each newer version is known. A cache that fails is one that has nothing; everything in
 * it is verified anew whenever it is used.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { readClock } from "../../core/clock.ts";
import { parseJson } from "../../core/parse-json.ts";
import { makePrivateFolder, writeWhole } from "../files/write.ts";
import { bounds as vulnerabilityBounds } from "../vulnerability/bounds.ts";

export interface SignedCopy {
  readonly bytes: Buffer;
  readonly etag?: string;
  readonly lastModified?: string;
  /** ISO 8601: when the server last said that it is current. */
  readonly checkedAt: string;
}

/** `name:architecture` → version → ISO 8601 date of the oldest signed file that had it. */
export type Seen = Record<string, Record<string, string>>;

export interface SuiteCache {
  signed(url: string): SignedCopy | undefined;
  storeSigned(url: string, copy: SignedCopy): void;
  /** @param digest - hex of SHA-256, SHA-384 or SHA-512 */
  index(digest: string): Buffer | undefined;
  storeIndex(digest: string, bytes: Buffer): void;
  seen(url: string): Seen;
  storeSeen(url: string, seen: Seen): void;
}

/** Indexes that nobody used for so long are thrown away. */
const UNUSED_DAYS = 30;
const SEEN_NAMES = 20_000;

export function openSuiteCache(folder: string): SuiteCache {
  const read = (name: string): Buffer | undefined => {
    try {
      return readFileSync(join(folder, name));
    } catch {
      return undefined;
    }
  };
  const write = (name: string, bytes: Buffer | string): void => {
    try {
      makePrivateFolder(folder);
      writeWhole(join(folder, name), bytes, { mode: 0o600 });
    } catch {
      // What is not kept is asked for again.
    }
  };
  const parsed = (name: string): unknown => {
    try {
      return parseJson(read(name)?.toString("utf8") ?? "null");
    } catch {
      return undefined;
    }
  };
  removeUnused(folder);

  return {
    signed(url) {
      const about = parsed(`${keyOf(url)}.json`) as (Omit<SignedCopy, "bytes"> & { sha256?: string }) | undefined;
      const bytes = about === undefined || about === null ? undefined : read(`${keyOf(url)}.signed`);
      if (bytes === undefined || Number.isNaN(Date.parse(String(about?.checkedAt)))) return undefined;
      // Two files: a process that ended between writing them leaves a pair that does not fit.
      return sha256Of(bytes) === about?.sha256 ? { ...about, bytes } : undefined;
    },
    storeSigned(url, { bytes, ...about }) {
      write(`${keyOf(url)}.signed`, bytes);
      write(`${keyOf(url)}.json`, JSON.stringify({ url, ...about, sha256: sha256Of(bytes) }));
    },
    index(digest) {
      const bytes = read(`${digest}.index`);
      if (bytes === undefined || !hasDigest(bytes, digest)) return undefined;
      try {
        const now = readClock();
        utimesSync(join(folder, `${digest}.index`), now, now);
      } catch {
        // It counts as unused, then.
      }
      return bytes;
    },
    storeIndex: (digest, bytes) => write(`${digest}.index`, bytes),
    seen(url) {
      const found = parsed(`${keyOf(url)}.seen`);
      return typeof found === "object" && found !== null ? (found as Seen) : {};
    },
    storeSeen(url, seen) {
      if (Object.keys(seen).length <= SEEN_NAMES) write(`${keyOf(url)}.seen`, JSON.stringify(seen));
    },
  };
}

const HASH_OF_LENGTH: Readonly<Record<number, string>> = { 64: "sha256", 96: "sha384", 128: "sha512" };

/** @param digest - hex of SHA-256, SHA-384 or SHA-512; any other is none */
export function hasDigest(bytes: Buffer, digest: string): boolean {
  const hash = HASH_OF_LENGTH[digest.length];
  return hash !== undefined && createHash(hash).update(bytes).digest("hex") === digest;
}

export function sha256Of(bytes: Buffer | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function keyOf(url: string): string {
  return sha256Of(url);
}

function removeUnused(folder: string): void {
  try {
    const before = readClock().getTime() - UNUSED_DAYS * 86_400_000;
    for (const name of readdirSync(folder).slice(0, vulnerabilityBounds.advisoryNames)) {
      const path = join(folder, name);
      if (name.endsWith(".index") && statSync(path).mtimeMs < before) rmSync(path, { force: true });
    }
  } catch {
    // There is no folder yet, or it is not ours to tidy.
  }
}
