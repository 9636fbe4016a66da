/**
 * OpenPGP keys and signatures made in code, for tests: RFC 9580, from the writing side. It writes more than is read:
 * version 6, and hashes and algorithms that are refused.
 */
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { rsaKeyPair } from "../../../core/rsa-keys.fixture.ts";
import { crc24 } from "./armor.ts";

export type FixtureAlgorithm =
  | "rsa"
  | "ecdsa-p256"
  | "ecdsa-p384"
  | "ecdsa-p521"
  | "eddsa-legacy"
  | "ed25519"
  | "ed448";

export interface FixtureKey {
  readonly version: 4 | 6;
  readonly algorithm: FixtureAlgorithm;
  readonly privateKey: KeyObject;
  readonly body: Buffer;
  readonly fingerprint: string;
  readonly created: number;
}

/** Before every date that tests use. */
export const KEY_CREATED = Date.UTC(2024, 0, 1) / 1000;

/** A text with what cleartext signatures treat in a way of its own: dashes, blanks at a line's end. */
export const SIGNED_TEXT =
  "Suite: stable\nDate: Mon, 01 Jan 2024 00:00:00 UTC\n- a dash\n-----no header\ntrailing  \t\nä\n";

const ALGORITHM_ID = { rsa: 1, ecdsa: 19, "eddsa-legacy": 22, ed25519: 27, ed448: 28 } as const;
const CURVES = {
  "ecdsa-p256": { name: "P-256", oid: "2a8648ce3d030107" },
  "ecdsa-p384": { name: "P-384", oid: "2b81040022" },
  "ecdsa-p521": { name: "P-521", oid: "2b81040023" },
} as const;

function idOf(algorithm: FixtureAlgorithm): number {
  return algorithm in CURVES ? ALGORITHM_ID.ecdsa : ALGORITHM_ID[algorithm as keyof typeof ALGORITHM_ID];
}

export function fixtureKey(
  algorithm: FixtureAlgorithm,
  { version = 4, created = KEY_CREATED, bits = 2048 }: { version?: 4 | 6; created?: number; bits?: number } = {},
): FixtureKey {
  const { privateKey, publicKey } = generate(algorithm, bits);
  const jwk = publicKey.export({ format: "jwk" });
  const part = (name: "n" | "e" | "x" | "y") => Buffer.from(jwk[name] as string, "base64url");
  const material =
    algorithm === "rsa"
      ? Buffer.concat([integer(part("n")), integer(part("e"))])
      : algorithm === "eddsa-legacy"
        ? Buffer.concat([oid("2b06010401da470f01"), integer(Buffer.concat([Buffer.from([0x40]), part("x")]))])
        : algorithm === "ed25519" || algorithm === "ed448"
          ? part("x")
          : Buffer.concat([
              oid(CURVES[algorithm].oid),
              integer(Buffer.concat([Buffer.from([4]), part("x"), part("y")])),
            ]);
  const length = version === 6 ? number(material.length, 4) : Buffer.alloc(0);
  const body = Buffer.concat([
    Buffer.from([version]),
    number(created, 4),
    Buffer.from([idOf(algorithm)]),
    length,
    material,
  ]);
  const fingerprint = createHash(version === 4 ? "sha1" : "sha256")
    .update(hashedKey(version, body))
    .digest("hex");
  return { version, algorithm, privateKey, body, fingerprint, created };
}

function generate(algorithm: FixtureAlgorithm, bits: number): { privateKey: KeyObject; publicKey: KeyObject } {
  switch (algorithm) {
    case "rsa":
      return rsaKeyPair(bits);
    case "eddsa-legacy":
    case "ed25519":
      return generateKeyPairSync("ed25519");
    case "ed448":
      return generateKeyPairSync("ed448");
    default:
      return generateKeyPairSync("ec", { namedCurve: CURVES[algorithm].name });
  }
}

export function hashedKey(version: 4 | 6, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([version === 4 ? 0x99 : 0x9b]), number(body.length, version === 4 ? 2 : 4), body]);
}

export interface SignatureOptions {
  readonly type: number;
  readonly created?: number;
  readonly hash?: FixtureHash;
  readonly keyFlags?: number;
  /** Seconds after the signature's, or the key's, creation. */
  readonly expiresAfter?: number;
  readonly keyExpiresAfter?: number;
  /** A signature's body. */
  readonly embedded?: Buffer;
  /** Further hashed subpackets: type, with its critical bit, and body. */
  readonly more?: readonly (readonly [number, Buffer])[];
  /** The same, where nothing protects them. */
  readonly unhashed?: readonly (readonly [number, Buffer])[];
  /** Absent: the key's own; undefined: none. */
  readonly issuer?: Buffer | undefined;
  /** In place of the RSA, ECDSA or EdDSA one that the key is of. */
  readonly algorithm?: number;
}

const HASH_ID = {
  md5: 1,
  sha1: 2,
  ripemd160: 3,
  sha256: 8,
  sha384: 9,
  sha512: 10,
  sha224: 11,
  "sha3-256": 12,
} as const;
export type FixtureHash = keyof typeof HASH_ID;

function saltOf(hash: FixtureHash): number {
  return { sha384: 24, sha512: 32 }[hash as string] ?? 16;
}

/** The body of a signature packet. */
export function signatureBody(key: FixtureKey, signed: Buffer, options: SignatureOptions): Buffer {
  const { type, created = KEY_CREATED, hash = "sha512", keyFlags, expiresAfter, keyExpiresAfter, embedded } = options;
  const wide = key.version === 4 ? 2 : 4;
  const hashed = Buffer.concat([
    subpacket(2, number(created, 4)),
    ...("issuer" in options && options.issuer === undefined ? [] : [subpacket(33, options.issuer ?? issuerOf(key))]),
    ...(expiresAfter === undefined ? [] : [subpacket(3, number(expiresAfter, 4))]),
    ...(keyExpiresAfter === undefined ? [] : [subpacket(9, number(keyExpiresAfter, 4))]),
    ...(keyFlags === undefined ? [] : [subpacket(27, Buffer.from([keyFlags]))]),
    ...(embedded === undefined ? [] : [subpacket(32, embedded)]),
    ...(options.more ?? []).map(([kind, body]) => subpacket(kind, body)),
  ]);
  const head = Buffer.concat([
    Buffer.from([key.version, type, options.algorithm ?? idOf(key.algorithm), HASH_ID[hash]]),
    number(hashed.length, wide),
    hashed,
  ]);
  const unhashed = Buffer.concat((options.unhashed ?? []).map(([kind, body]) => subpacket(kind, body)));
  const salt = key.version === 6 ? Buffer.alloc(saltOf(hash), 7) : Buffer.alloc(0);
  const trailer = Buffer.concat([head, Buffer.from([key.version, 0xff]), number(head.length, 4)]);
  const message = Buffer.concat([salt, signed, trailer]);
  const digest = createHash(hash).update(message).digest();
  return Buffer.concat([
    head,
    number(unhashed.length, wide),
    unhashed,
    digest.subarray(0, 2),
    ...(key.version === 6 ? [Buffer.from([salt.length]), salt] : []),
    signatureMaterial(key, hash, message, digest),
  ]);
}

/** The fingerprint as a subpacket has it. */
export function issuerOf(key: FixtureKey): Buffer {
  return Buffer.concat([Buffer.from([key.version]), Buffer.from(key.fingerprint, "hex")]);
}

function signatureMaterial(key: FixtureKey, hash: string, message: Buffer, digest: Buffer): Buffer {
  if (key.algorithm === "rsa") return integer(sign(hash, message, key.privateKey));
  if (key.algorithm in CURVES) return pair(sign(hash, message, { key: key.privateKey, dsaEncoding: "ieee-p1363" }));
  const signature = sign(null, digest, key.privateKey);
  return key.algorithm === "eddsa-legacy" ? pair(signature) : signature;
}

function pair(signature: Buffer): Buffer {
  const half = signature.length / 2;
  return Buffer.concat([integer(signature.subarray(0, half)), integer(signature.subarray(half))]);
}

export interface CertificateOptions {
  readonly owner?: string;
  readonly hash?: SignatureOptions["hash"];
  readonly keyFlags?: number;
  readonly keyExpiresAfter?: number;
  readonly selfSigned?: number;
  readonly revoked?: boolean;
  /** True: with a newer signature over the key alone, which says nothing. Or what it says. */
  readonly direct?: boolean | Partial<SignatureOptions>;
  /** Of the signature over the user id. */
  readonly self?: Partial<SignatureOptions>;
  /** Of the revocation. */
  readonly revocation?: Partial<SignatureOptions>;
  readonly subkey?: {
    readonly key: FixtureKey;
    readonly keyFlags?: number;
    readonly keyExpiresAfter?: number;
    readonly revoked?: boolean;
    /** False: without the subkey's own signature over its primary. */
    readonly back?: boolean;
    /** Who binds it; the primary key where absent. */
    readonly boundBy?: FixtureKey;
    readonly binding?: Partial<SignatureOptions>;
    readonly backSignature?: Partial<SignatureOptions>;
    /** Binds it again, in front of the other binding. */
    readonly before?: Partial<SignatureOptions>;
  };
}

/** The packets of a certificate: primary key, user id, and perhaps a subkey. */
export function certificate(key: FixtureKey, options: CertificateOptions = {}): Buffer {
  const owner = Buffer.from(options.owner ?? "Archive <archive@example.org>");
  const primary = hashedKey(key.version, key.body);
  const uid = Buffer.concat([Buffer.from([0xb4]), number(owner.length, 4), owner]);
  const self = signatureBody(key, Buffer.concat([primary, uid]), {
    type: 0x13,
    keyFlags: options.keyFlags ?? 0x03,
    ...(options.hash === undefined ? {} : { hash: options.hash }),
    ...(options.selfSigned === undefined ? {} : { created: options.selfSigned }),
    ...(options.keyExpiresAfter === undefined ? {} : { keyExpiresAfter: options.keyExpiresAfter }),
    ...options.self,
  });
  const parts = [packet(6, key.body)];
  if (options.revoked === true)
    parts.push(packet(2, signatureBody(key, primary, { type: 0x20, ...options.revocation })));
  if (options.direct !== undefined && options.direct !== false) {
    const said = options.direct === true ? {} : options.direct;
    parts.push(packet(2, signatureBody(key, primary, { type: 0x1f, created: KEY_CREATED + 60, ...said })));
  }
  parts.push(packet(13, owner), packet(2, self));
  const { subkey } = options;
  if (subkey !== undefined) {
    const both = Buffer.concat([primary, hashedKey(subkey.key.version, subkey.key.body)]);
    parts.push(packet(14, subkey.key.body));
    if (subkey.revoked === true) parts.push(packet(2, signatureBody(key, both, { type: 0x28 })));
    const back = signatureBody(subkey.key, both, { type: 0x19, ...subkey.backSignature });
    const binding = signatureBody(subkey.boundBy ?? key, both, {
      type: 0x18,
      keyFlags: subkey.keyFlags ?? 0x02,
      ...(subkey.keyExpiresAfter === undefined ? {} : { keyExpiresAfter: subkey.keyExpiresAfter }),
      ...(subkey.back === false ? {} : { embedded: back }),
      ...subkey.binding,
    });
    if (subkey.before !== undefined) {
      const before = { type: 0x18, keyFlags: 0x02, embedded: back, ...subkey.before };
      parts.push(packet(2, signatureBody(key, both, before)));
    }
    parts.push(packet(2, binding));
  }
  return Buffer.concat(parts);
}

export interface MessageOptions extends Partial<SignatureOptions> {
  /** The lines between the first one and the empty one; the hash's own header where absent. */
  readonly headers?: readonly string[];
}

/** A message with a signature of each of the keys. */
export function clearsigned(
  text: string,
  keys: readonly FixtureKey[],
  { headers, ...options }: MessageOptions = {},
): Buffer {
  const signatures = keys.map((key) => packet(2, signatureBody(key, signedText(text), { type: 0x01, ...options })));
  const own = `Hash: ${(options.hash ?? "sha512").toUpperCase()}`;
  return clearsignedWith(text, headers ?? [own], armored("PGP SIGNATURE", Buffer.concat(signatures)));
}

/** What a signature of type 0x01 hashes of a text. */
export function signedText(text: string): Buffer {
  const lines = text.replace(/\n$/, "").split("\n");
  return Buffer.from(lines.map((line) => line.replace(/[ \t]+$/, "")).join("\r\n"));
}

export function clearsignedWith(text: string, headers: readonly string[], signature: string): Buffer {
  const lines = text.replace(/\n$/, "").split("\n");
  const escaped = lines.map((line) => (line.startsWith("-") ? `- ${line}` : line));
  return Buffer.from(["-----BEGIN PGP SIGNED MESSAGE-----", ...headers, "", ...escaped, signature].join("\n"));
}

export function armored(label: string, bytes: Buffer): string {
  const base64 = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  const checksum = number(crc24(bytes), 3).toString("base64");
  return [`-----BEGIN ${label}-----`, "", ...base64, `=${checksum}`, `-----END ${label}-----`, ""].join("\n");
}

export function packet(tag: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0xc0 | tag]), lengthOf(body.length), body]);
}

export function subpacket(type: number, body: Buffer): Buffer {
  return Buffer.concat([lengthOf(body.length + 1), Buffer.from([type]), body]);
}

function lengthOf(size: number): Buffer {
  if (size < 192) return Buffer.from([size]);
  if (size < 8384) return Buffer.from([((size - 192) >> 8) + 192, (size - 192) & 0xff]);
  return Buffer.concat([Buffer.from([0xff]), number(size, 4)]);
}

function oid(hex: string): Buffer {
  return Buffer.from((hex.length / 2).toString(16).padStart(2, "0") + hex, "hex");
}

function integer(bytes: Buffer): Buffer {
  let start = 0;
  while (start < bytes.length && bytes[start] === 0) start++;
  const trimmed = bytes.subarray(start);
  const bits = trimmed.length === 0 ? 0 : (trimmed.length - 1) * 8 + (32 - Math.clz32(trimmed[0] as number));
  return Buffer.concat([number(bits, 2), trimmed]);
}

function number(value: number, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  bytes.writeUIntBE(value, 0, size);
  return bytes;
}
