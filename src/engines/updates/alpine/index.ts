/**
 * A signed index of Alpine's: two gzip streams, one behind the other. The first is a tar archive with the signature over
 * the stored bytes of the second, which is a tar archive with the APKINDEX in it (apk-package(5), "apk v2").
 */
import { createPublicKey, verify } from "node:crypto";
import { crc32, inflateRawSync } from "node:zlib";
import { type ApkVersion, compareApk, parseApk } from "../../vulnerability/versions/apk.ts";
import { bounds } from "../bounds.ts";

/** A key by the name of its file, as a signature names it. */
export interface ApkKey {
  readonly name: string;
  readonly pem: string;
}

/** One version of one package. */
export interface ApkOffer {
  readonly version: string;
  readonly parsed: ApkVersion;
  readonly architecture: string | undefined;
  /** Seconds since 1970: when it was built. */
  readonly built: number | undefined;
}

interface SignedIndex {
  readonly index: Buffer;
  readonly key: ApkKey;
}

const SIGNATURES: readonly { readonly prefix: string; readonly hash: string }[] = [
  { prefix: ".SIGN.RSA256.", hash: "sha256" },
  { prefix: ".SIGN.RSA512.", hash: "sha512" },
  // SHA-1: what Alpine's own indexes have. apk accepts it, and nobody has ever made a second index to one digest.
  { prefix: ".SIGN.RSA.", hash: "sha1" },
];

/** The index if one of the keys signed it, else why not as the end of a sentence about the file. */
export function openIndex(bytes: Buffer, keys: readonly ApkKey[]): SignedIndex | { readonly fault: string } {
  const first = inflateMember(bytes, bounds.smallFileBytes);
  if (first === undefined) return { fault: "is not a gzip file, or a broken one" };
  const signed = bytes.subarray(first.end);
  let named: string | undefined;
  for (const { name, content } of tarFiles(first.content)) {
    const kind = SIGNATURES.find(({ prefix }) => name.startsWith(prefix));
    if (kind === undefined) continue;
    named ??= name.slice(kind.prefix.length);
    for (const key of keys) {
      if (key.name !== name.slice(kind.prefix.length)) continue;
      if (!isSignedBy(kind.hash, signed, key, content))
        return { fault: "has a signature that does not fit its content" };
      const second = inflateMember(signed, bounds.suiteIndexUnpackedBytes);
      const index =
        second === undefined ? undefined : tarFiles(second.content).find((file) => file.name === "APKINDEX");
      return index === undefined ? { fault: "holds no APKINDEX" } : { index: index.content, key };
    }
  }
  return {
    fault: named === undefined ? "is not signed" : `is signed by a key that is not trusted (${named.slice(0, 200)})`,
  };
}

function isSignedBy(hash: string, signed: Buffer, { pem }: ApkKey, signature: Buffer): boolean {
  try {
    const key = createPublicKey(pem);
    return key.asymmetricKeyType === "rsa" && verify(hash, signed, key, signature);
  } catch {
    return false;
  }
}

/** The first member of a gzip file (RFC 1952) and where it ends. Undefined where it is broken or over the limit. */
function inflateMember(bytes: Buffer, limit: number): { readonly content: Buffer; readonly end: number } | undefined {
  const start = headerEnd(bytes);
  if (start === undefined) return undefined;
  try {
    const { buffer, engine } = inflateRawSync(bytes.subarray(start), {
      info: true,
      maxOutputLength: limit,
    }) as unknown as { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } };
    const end = start + engine.bytesWritten;
    if (end + 8 > bytes.length || bytes.readUInt32LE(end) !== crc32(buffer)) return undefined;
    return { content: buffer, end: end + 8 };
  } catch {
    return undefined;
  }
}

function headerEnd(bytes: Buffer): number | undefined {
  if (bytes.length < 18 || bytes[0] !== 0x1f || bytes[1] !== 0x8b || bytes[2] !== 8) return undefined;
  const flags = bytes[3] as number;
  let at = 10;
  if ((flags & 4) !== 0) at += 2 + bytes.readUInt16LE(at);
  for (const flag of [8, 16]) {
    if ((flags & flag) === 0) continue;
    const nul = bytes.indexOf(0, at);
    if (nul < 0) return undefined;
    at = nul + 1;
  }
  if ((flags & 2) !== 0) at += 2;
  return at > bytes.length ? undefined : at;
}

/** Files of a small tar archive in memory; the signature's has no end marker. Long names do not occur in these. */
function tarFiles(tar: Buffer): { readonly name: string; readonly content: Buffer }[] {
  const files: { readonly name: string; readonly content: Buffer }[] = [];
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const name = textAt(tar, at, 100);
    const size = Number.parseInt(textAt(tar, at + 124, 12).trim(), 8);
    if (!(size >= 0) || at + 512 + size > tar.length) break;
    const type = tar[at + 156];
    if (type === 0x30 || type === 0) files.push({ name, content: tar.subarray(at + 512, at + 512 + size) });
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}

function textAt(bytes: Buffer, start: number, size: number): string {
  const nul = bytes.indexOf(0, start);
  return bytes.toString("latin1", start, nul < 0 || nul > start + size ? start + size : nul);
}

/**
 * Adds what an index offers of the wanted names (apk-index(5)): `P:` name, `V:` version, `A:` architecture, `t:` time.
 *
 * @returns how many wanted entries could not be read, and when its newest package was built
 */
export function addApkOffers(
  offers: Map<string, { readonly offer: ApkOffer; readonly suite: number }[]>,
  index: Buffer,
  suite: number,
  wanted: ReadonlySet<string>,
): { readonly unread: number; readonly newest: number } {
  let unread = 0;
  let newest = 0;
  let fields: Record<string, string> = {};
  const close = () => {
    const { P: name, V: version, A: architecture, t } = fields;
    fields = {};
    const built = t !== undefined && /^[0-9]{1,11}$/.test(t) ? Number(t) : undefined;
    newest = Math.max(newest, built ?? 0);
    if (name === undefined || !wanted.has(name)) return;
    const parsed = version === undefined ? undefined : parseApk(version);
    const own = offers.get(name) ?? [];
    if (version === undefined || parsed === undefined || own.length >= bounds.suiteOffers) unread += 1;
    else {
      own.push({ offer: { version, parsed, architecture, built }, suite });
      offers.set(name, own);
    }
  };
  for (let start = 0; start < index.length; ) {
    const newline = index.indexOf(0x0a, start);
    const end = newline < 0 ? index.length : newline;
    if (end === start) close();
    else if (index[start + 1] === 0x3a) {
      const letter = String.fromCharCode(index[start] as number);
      if (letter === "P" || letter === "V" || letter === "A" || letter === "t") {
        fields[letter] = index.toString("utf8", start + 2, end).trim();
      }
    }
    start = end + 1;
  }
  close();
  return { unread, newest };
}

/** The newest version above the installed one. */
export function newestOf<T extends { readonly offer: ApkOffer }>(
  installed: ApkVersion,
  offers: readonly T[],
): T | undefined {
  return offers.reduce<T | undefined>(
    (best, each) =>
      compareApk(each.offer.parsed, best === undefined ? installed : best.offer.parsed) > 0 ? each : best,
    undefined,
  );
}
