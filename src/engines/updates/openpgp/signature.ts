/**
 * Signature packets: RFC 9580, section 5.2, of version 4. Version 6 and its algorithms are not taken: no archive signs so,
 * and GnuPG, whose word is the measure here, knows them not.
 */
import { createHash, createVerify, verify } from "node:crypto";
import { bounds } from "../bounds.ts";
import { firstIntegers, type Packets, readIntegers, readSubpackets, SIGNATURE, type Subpacket } from "./packets.ts";
import { type PublicKey, signatureBytes } from "./public-key.ts";

export interface Signature {
  readonly type: number;
  /** Seconds since 1970. */
  readonly created: number;
  /** Seconds since 1970; absent where it does not expire. */
  readonly expires?: number;
  /** Of a key that is signed, seconds after its own creation. */
  readonly keyExpiresAfter?: number;
  /** The first octet of the key flags. */
  readonly keyFlags?: number;
  /** The key that it says it is from, for finding the key alone: its id, and where it is stated its fingerprint. */
  readonly issuer: string;
  readonly issuerFingerprint?: string;
  /** Names a key that may revoke this one. */
  readonly namesRevoker: boolean;
  /** The signature of a subkey over its primary key. */
  readonly embedded?: Signature;
  readonly hash: string;
  /** Bytes of the hash. */
  readonly hashSize: number;
  /** Uses a hash that collisions are known for. */
  readonly weak: boolean;
  readonly algorithm: number;
  /** Everything that is hashed behind what is signed. */
  readonly trailer: Buffer;
  readonly material: Buffer;
}

/** By their ids: RFC 9580, section 9.5. What is not listed is not accepted at all. */
const HASHES: Readonly<Record<number, { readonly name: string; readonly size: number; readonly weak?: true }>> = {
  2: { name: "sha1", size: 20, weak: true },
  8: { name: "sha256", size: 32 },
  9: { name: "sha384", size: 48 },
  10: { name: "sha512", size: 64 },
  11: { name: "sha224", size: 28 },
};

/** Integers that a signature has, by its algorithm (RFC 9580, section 9.1): RSA, DSA, ECDSA, EdDSA. */
const INTEGERS: Readonly<Record<number, number>> = { 1: 1, 3: 1, 17: 2, 19: 2, 22: 2 };

const CREATED = 2;
const EXPIRES = 3;
const KEY_EXPIRES = 9;
const REVOKER = 12;
const ISSUER = 16;
const NOTATION = 20;
const KEY_FLAGS = 27;
const EMBEDDED = 32;
const ISSUER_FINGERPRINT = 33;

/**
 * Subpackets that may be critical: those whose sense is kept here, or does not matter for what is verified, and that
 * GnuPG takes. Not among them: notations (20), preferred key servers' flags (23) and signer's user id (28).
 */
const KNOWN: ReadonlySet<number> = new Set([2, 3, 7, 9, 11, 16, 21, 22, 24, 25, 26, 27, 29, 30, 32, 33, 34]);
/** Said twice, readers differ about which one counts. */
const SINGLE = [CREATED, EXPIRES, KEY_EXPIRES, KEY_FLAGS];
/** Bytes: GnuPG reads no larger ones. */
const HASHED_BYTES = 30_000;
const UNHASHED_BYTES = 10_000;

/** Undefined where it is broken, ambiguous, of another version, or asks for what is not understood. */
export function readSignature(body: Buffer, depth = 0): Signature | undefined {
  if (body[0] !== 4 || body.length < 16) return undefined;
  const hashed = area(body, 4, HASHED_BYTES);
  const unhashed = hashed === undefined ? undefined : area(body, hashed.end, UNHASHED_BYTES);
  if (hashed === undefined || unhashed === undefined || unhashed.end + 2 > body.length) return undefined;
  const hash = HASHES[body[3] as number];
  const stated = readSubpackets(hashed.bytes);
  const hints = readSubpackets(unhashed.bytes);
  if (hash === undefined || stated === undefined || hints === undefined) return undefined;
  if ([...stated, ...hints].some((each) => isMalformed(each) || (each.critical && !KNOWN.has(each.type))))
    return undefined;
  if (SINGLE.some((single) => stated.filter(({ type }) => type === single).length > 1)) return undefined;
  const times = [CREATED, EXPIRES, KEY_EXPIRES].map((type) => stated.find((each) => each.type === type)?.body);
  if (times.some((time) => time !== undefined && time.length !== 4)) return undefined;
  const [created, expiresAfter, keyExpiresAfter] = times.map((time) => time?.readUInt32BE());
  const from = issuerOf([...stated, ...hints]);
  if (created === undefined || from === undefined) return undefined;
  const keyFlags = stated.find(({ type }) => type === KEY_FLAGS);
  const inner = [...stated, ...hints].filter(({ type }) => type === EMBEDDED);
  if (inner.length > 1 || inner.some((each) => claimOf(each.body) === undefined)) return undefined;
  const [first] = inner;
  const embedded = first === undefined || depth > 0 ? undefined : readSignature(first.body, depth + 1);
  if (first !== undefined && depth === 0 && embedded === undefined) return undefined;
  // Also of a signature whose key nobody has: what cannot be read is no signature.
  const algorithm = body[2] as number;
  const material = body.subarray(unhashed.end + 2);
  const integers = INTEGERS[algorithm];
  if (integers === undefined || readIntegers(material, integers) === undefined) return undefined;
  const end = Buffer.alloc(6);
  end[0] = 4;
  end[1] = 0xff;
  end.writeUInt32BE(hashed.end, 2);
  return {
    type: body[1] as number,
    created,
    ...(expiresAfter ? { expires: endOf(created, expiresAfter) } : {}),
    ...(keyExpiresAfter ? { keyExpiresAfter } : {}),
    // Flags of no octet allow nothing.
    ...(keyFlags === undefined ? {} : { keyFlags: keyFlags.body[0] ?? 0 }),
    ...from,
    namesRevoker: stated.some(({ type }) => type === REVOKER),
    ...(embedded === undefined ? {} : { embedded }),
    hash: hash.name,
    hashSize: hash.size,
    weak: hash.weak === true,
    algorithm,
    trailer: Buffer.concat([body.subarray(0, hashed.end), end]),
    material,
  };
}

/** The bytes that a subpacket has at least, by its type: GnuPG counts one with fewer as an error of the whole. */
const LEAST: Readonly<Record<number, number>> = {
  ...{ [CREATED]: 4, [EXPIRES]: 4, 4: 1, 5: 2, 7: 1, [KEY_EXPIRES]: 4, [REVOKER]: 22, [ISSUER]: 8 },
  ...{ [NOTATION]: 8, 25: 1, 29: 1, [EMBEDDED]: 1, [ISSUER_FINGERPRINT]: 21 },
};

function isMalformed({ type, body }: Subpacket): boolean {
  if (body.length < (LEAST[type] ?? 0)) return true;
  if (type === NOTATION) return body.length !== 8 + body.readUInt16BE(4) + body.readUInt16BE(6);
  return (type === 25 && body.length !== 1) || (type === 5 && body.length !== 2);
}

/** Signatures and nothing else, each of them read; or why not, as the end of a sentence about the file. */
export function signaturesIn(blocks: readonly Packets[]): Signature[] | { readonly fault: string } {
  const packets = blocks.flatMap((block) => block.packets);
  if (packets.length === 0) return { fault: "has no signature that can be read" };
  if (packets.length > bounds.openpgpSignatures) return { fault: "has more signatures than are read" };
  const signatures = packets.flatMap(({ tag, body }) => (tag === SIGNATURE ? (readSignature(body) ?? []) : []));
  return blocks.every(({ whole }) => whole) && signatures.length === packets.length
    ? signatures
    : { fault: "has a signature that cannot be read, or something else beside its signatures" };
}

/** Seconds since 1970. Times have 32 bits: one after the last of them is long ago, as GnuPG counts. */
export function endOf(from: number, after: number): number {
  return from + after > 0xffffffff ? 0 : from + after;
}

/** Undefined where it names no key, or several. */
function issuerOf(subpackets: readonly Subpacket[]): { issuer: string; issuerFingerprint?: string } | undefined {
  const ids = new Set<string>();
  const fingerprints = new Set<string>();
  for (const { type, body } of subpackets) {
    if (type === ISSUER) ids.add(body.toString("hex"));
    if (type === ISSUER_FINGERPRINT) {
      fingerprints.add(body.toString("hex"));
      ids.add(body.toString("hex").slice(-16));
    }
  }
  const [issuer] = ids;
  const [print] = fingerprints;
  if (ids.size !== 1 || fingerprints.size > 1 || issuer?.length !== 16) return undefined;
  if (print === undefined) return { issuer };
  return /^04[0-9a-f]{40}$/.test(print) ? { issuer, issuerFingerprint: print.slice(2) } : undefined;
}

/**
 * A signature packet that {@link readSignature} does not read, and GnuPG may: whose it is by its word.
 * Undefined where it is none for GnuPG either.
 */
export function claimOf(body: Buffer): { readonly issuer?: string } | undefined {
  const version = body[0];
  if (body.length < 16 || version === undefined || version < 2 || version > 5) return undefined;
  if (version <= 3) {
    return hasIntegers(body[15], body.subarray(19)) ? { issuer: body.toString("hex", 7, 15) } : undefined;
  }
  const hashed = area(body, 4, HASHED_BYTES);
  const unhashed = hashed === undefined ? undefined : area(body, hashed.end, UNHASHED_BYTES);
  if (hashed === undefined || unhashed === undefined) return undefined;
  if (!hasIntegers(body[2], body.subarray(unhashed.end + 2))) return undefined;
  const subpackets = [hashed, unhashed].flatMap(({ bytes }) => readSubpackets(bytes) ?? []);
  if (subpackets.some(isMalformed)) return undefined;
  const named = subpackets.find(({ type }) => type === ISSUER || type === ISSUER_FINGERPRINT);
  const issuer = named?.body.toString("hex").slice(-16);
  return issuer === undefined ? {} : { issuer };
}

function hasIntegers(algorithm: number | undefined, material: Buffer): boolean {
  return algorithm !== undefined && firstIntegers(material, INTEGERS[algorithm] ?? 0) !== undefined;
}

function area(body: Buffer, at: number, most: number): { readonly bytes: Buffer; readonly end: number } | undefined {
  if (at + 2 > body.length) return undefined;
  const size = body.readUInt16BE(at);
  const end = at + 2 + size;
  return size > most || end > body.length ? undefined : { bytes: body.subarray(at + 2, end), end };
}

/** FIPS 186-5, section 6.4: a hash is to be as strong as the curve. The largest hash has 64 bytes. */
export function isBelowCurve({ hashSize }: Signature, { verifies }: PublicKey): boolean {
  return verifies.name === "ecdsa" && hashSize < Math.min(verifies.size, 64);
}

/** Whether the key made the signature over these bytes; nothing about whether the key may. */
export function isMadeBy(signature: Signature, key: PublicKey, signed: readonly Buffer[]): boolean {
  const check = makerCheck(signature, key);
  for (const bytes of signed) check?.update(bytes);
  return check?.isMade() === true;
}

export interface MakerCheck {
  readonly update: (bytes: Buffer) => void;
  /** Once, after all of the bytes. */
  readonly isMade: () => boolean;
}

/** The same of bytes that come one after another; undefined where the key cannot have made it. */
export function makerCheck(signature: Signature, key: PublicKey): MakerCheck | undefined {
  const { verifies } = key;
  if (verifies.name === "unread" || key.algorithm !== signature.algorithm) return undefined;
  const material = signatureBytes(verifies, signature.material);
  if (material === undefined || isBelowCurve(signature, key)) return undefined;
  const { hash, trailer } = signature;
  try {
    if (verifies.name === "eddsa-legacy") {
      const digest = createHash(hash);
      return {
        update: (bytes) => digest.update(bytes),
        isMade: () => holds(() => verify(null, digest.update(trailer).digest(), verifies.key, material)),
      };
    }
    const over = createVerify(hash);
    const by = verifies.name === "rsa" ? verifies.key : { key: verifies.key, dsaEncoding: "ieee-p1363" as const };
    return {
      update: (bytes) => over.update(bytes),
      isMade: () => holds(() => over.update(trailer).verify(by, material)),
    };
  } catch {
    // A hash that this build of OpenSSL does not have.
    return undefined;
  }
}

function holds(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}
