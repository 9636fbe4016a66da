/** Signature packets: RFC 9580, section 5.2. */
import { createHash, verify } from "node:crypto";
import { readSubpackets } from "./packets.ts";
import { algorithmIds, type PublicKey, signatureBytes } from "./public-key.ts";

export interface Signature {
  readonly version: 4 | 6;
  readonly type: number;
  /** Seconds since 1970. */
  readonly created: number;
  /** Seconds after it; absent where it does not expire. */
  readonly expiresAfter?: number;
  /** Of a key that is signed, seconds after its own creation. */
  readonly keyExpiresAfter?: number;
  /** The first octet of the key flags. */
  readonly keyFlags?: number;
  /** Key ids and fingerprints that it says it is from: for finding the key alone. */
  readonly issuers: readonly string[];
  /** The signature of a subkey over its primary key. */
  readonly embedded?: Signature;
  readonly hash: string;
  /** Uses a hash that collisions are known for. */
  readonly weak: boolean;
  readonly algorithm: number;
  /** Everything that is hashed behind what is signed. */
  readonly trailer: Buffer;
  readonly salt: Buffer;
  readonly material: Buffer;
}

/** By their ids: RFC 9580, section 9.5. What is not listed is not accepted at all. */
const HASHES: Readonly<Record<number, { readonly name: string; readonly salt: number; readonly weak?: true }>> = {
  2: { name: "sha1", salt: -1, weak: true },
  8: { name: "sha256", salt: 16 },
  9: { name: "sha384", salt: 24 },
  10: { name: "sha512", salt: 32 },
  11: { name: "sha224", salt: 16 },
  12: { name: "sha3-256", salt: 16 },
  14: { name: "sha3-512", salt: 32 },
};

/** Subpackets that are understood or whose sense does not matter here; a critical one beside these is refused. */
const KNOWN: ReadonlySet<number> = new Set([
  2, 3, 7, 9, 11, 16, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 32, 33, 34,
]);

/** Undefined where it is broken, of another version, or asks for what is not understood. */
export function readSignature(body: Buffer, depth = 0): Signature | undefined {
  const version = body[0];
  if (version !== 4 && version !== 6) return undefined;
  const wide = version === 6 ? 4 : 2;
  const hashed = area(body, 4, wide);
  const unhashed = hashed === undefined ? undefined : area(body, hashed.end, wide);
  if (hashed === undefined || unhashed === undefined || unhashed.end + 2 > body.length) return undefined;
  const hash = HASHES[body[3] as number];
  if (hash === undefined) return undefined;
  let at = unhashed.end + 2;
  let salt = Buffer.alloc(0);
  if (version === 6) {
    if (body[at] !== hash.salt || at + 1 + hash.salt > body.length) return undefined;
    salt = Buffer.from(body.subarray(at + 1, at + 1 + hash.salt));
    at += 1 + hash.salt;
  }
  const stated = readSubpackets(hashed.bytes);
  const hints = readSubpackets(unhashed.bytes);
  if (stated === undefined || hints === undefined) return undefined;
  if (stated.some(({ type, critical }) => critical && !KNOWN.has(type))) return undefined;
  const number = (type: number) =>
    stated.find((each) => each.type === type && each.body.length === 4)?.body.readUInt32BE();
  const created = number(2);
  if (created === undefined) return undefined;
  const expiresAfter = number(3);
  const keyExpiresAfter = number(9);
  const keyFlags = stated.find(({ type }) => type === 27)?.body[0];
  const inner = [...stated, ...hints].find(({ type }) => type === 32)?.body;
  const embedded = inner === undefined || depth > 0 ? undefined : readSignature(inner, depth + 1);
  const end = Buffer.alloc(6);
  end[0] = version;
  end[1] = 0xff;
  end.writeUInt32BE(hashed.end, 2);
  return {
    version,
    type: body[1] as number,
    created,
    ...(expiresAfter ? { expiresAfter } : {}),
    ...(keyExpiresAfter ? { keyExpiresAfter } : {}),
    ...(keyFlags === undefined ? {} : { keyFlags }),
    issuers: [...stated, ...hints].flatMap(({ type, body: said }) =>
      type === 16 ? [said.toString("hex")] : type === 33 ? [said.toString("hex", 1)] : [],
    ),
    ...(embedded === undefined ? {} : { embedded }),
    hash: hash.name,
    weak: hash.weak === true,
    algorithm: body[2] as number,
    trailer: Buffer.concat([body.subarray(0, hashed.end), end]),
    salt,
    material: body.subarray(at),
  };
}

function area(body: Buffer, at: number, wide: number): { readonly bytes: Buffer; readonly end: number } | undefined {
  if (at + wide > body.length) return undefined;
  const start = at + wide;
  const end = start + body.readUIntBE(at, wide);
  return end > body.length ? undefined : { bytes: body.subarray(start, end), end };
}

/** Whether the key made the signature over these bytes; nothing about whether the key may. */
export function isMadeBy(signature: Signature, key: PublicKey, signed: readonly Buffer[]): boolean {
  const { verifies } = key;
  // A key of one version makes no signatures of the other.
  if (signature.version !== key.version || !algorithmIds[verifies.name].includes(signature.algorithm)) return false;
  const bytes = signatureBytes(verifies, signature.material);
  if (bytes === undefined) return false;
  const message = Buffer.concat([signature.salt, ...signed, signature.trailer]);
  try {
    if (verifies.name === "rsa") return verify(signature.hash, message, verifies.key, bytes);
    if (verifies.name === "ecdsa") {
      return verify(signature.hash, message, { key: verifies.key, dsaEncoding: "ieee-p1363" }, bytes);
    }
    return verify(null, createHash(signature.hash).update(message).digest(), verifies.key, bytes);
  } catch {
    return false;
  }
}
