/** Public keys: RFC 9580, section 5.5.2, of version 4, for the algorithms that sign and GnuPG knows. */
import { createHash, createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";
import { firstIntegers, padded, readIntegers } from "./packets.ts";

export interface PublicKey {
  /** Seconds since 1970. */
  readonly created: number;
  /** Hex, lower case. */
  readonly fingerprint: string;
  readonly keyId: string;
  /** What a signature over the key hashes of it. */
  readonly hashed: Buffer;
  /** RFC 9580, section 9.1: its signatures name the same. */
  readonly algorithm: number;
  readonly verifies: KeyAlgorithm;
}

/** Whose signatures are not verified: of another algorithm, a weak one, or broken. It is known all the same. */
const UNREAD = { name: "unread" } as const;

export type KeyAlgorithm =
  | typeof UNREAD
  | { readonly name: "rsa"; readonly key: KeyObject; readonly size: number }
  | { readonly name: "ecdsa"; readonly key: KeyObject; readonly size: number }
  /** Ed25519 as two integers, as GnuPG writes it. */
  | { readonly name: "eddsa-legacy"; readonly key: KeyObject };

/** RSA keys below it are refused, as apt does; above it, one takes too long. */
const RSA_BYTES = { least: 256, most: 2048 };

/** Undefined where it is of another version, or GnuPG would not take it for a key packet at all. */
export function readPublicKey(body: Buffer): PublicKey | undefined {
  if (!isKeyPacket(body)) return undefined;
  const algorithm = body[5] as number;
  const prefix = Buffer.from([0x99, body.length >> 8, body.length & 0xff]);
  const hashed = Buffer.concat([prefix, body]);
  const verifies = algorithmOf(algorithm, body.subarray(6)) ?? UNREAD;
  const fingerprint = createHash("sha1").update(hashed).digest("hex");
  return {
    created: body.readUInt32BE(1),
    fingerprint,
    keyId: fingerprint.slice(-16),
    hashed,
    algorithm,
    verifies,
  };
}

/** Integers of a public key by its algorithm: RSA, Elgamal, DSA. */
const INTEGERS: Readonly<Record<number, number>> = { 1: 2, 2: 2, 3: 2, 16: 3, 17: 4 };
const ON_CURVES: ReadonlySet<number> = new Set([18, 19, 22]);

function isKeyPacket(body: Buffer): boolean {
  if (body[0] !== 4 || body.length < 10 || body.length > 0xffff) return false;
  const algorithm = body[5] as number;
  const material = body.subarray(6);
  if (!ON_CURVES.has(algorithm)) return firstIntegers(material, INTEGERS[algorithm] ?? 0) !== undefined;
  const point = material.subarray(1 + (material[0] ?? 0));
  // A point of ECDSA begins with 04, so its bits are three more than a multiple of eight.
  if (algorithm === 19 && point.length > 1 && point.readUInt16BE() % 8 > 3) return false;
  return firstIntegers(point, 1) !== undefined;
}

function algorithmOf(algorithm: number, material: Buffer): KeyAlgorithm | undefined {
  try {
    if (algorithm === 1 || algorithm === 3) return rsa(material);
    if (algorithm === 19) return ecdsa(material);
    if (algorithm === 22) return eddsaLegacy(material);
  } catch {
    // Numbers that are no key of their algorithm: OpenSSL says so by throwing.
  }
  return undefined;
}

function rsa(material: Buffer): KeyAlgorithm | undefined {
  const [n, e] = readIntegers(material, 2) ?? [];
  if (n === undefined || e === undefined || n.length < RSA_BYTES.least || n.length > RSA_BYTES.most || e.length > 4) {
    return undefined;
  }
  return { name: "rsa", key: fromJwk({ kty: "RSA", n: url(n), e: url(e) }), size: n.length };
}

const CURVES: readonly { readonly oid: string; readonly crv: string; readonly size: number }[] = [
  { oid: "2a8648ce3d030107", crv: "P-256", size: 32 },
  { oid: "2b81040022", crv: "P-384", size: 48 },
  { oid: "2b81040023", crv: "P-521", size: 66 },
];
const ED25519_OID = "2b06010401da470f01";

function onCurve(material: Buffer): { readonly oid: string; readonly point: Buffer } | undefined {
  const end = 1 + (material[0] ?? 0);
  const [point] = readIntegers(material.subarray(end), 1) ?? [];
  return point === undefined ? undefined : { oid: material.toString("hex", 1, end), point };
}

function ecdsa(material: Buffer): KeyAlgorithm | undefined {
  const { oid, point } = onCurve(material) ?? {};
  const curve = CURVES.find((each) => each.oid === oid);
  if (curve === undefined || point === undefined || point[0] !== 4 || point.length !== 1 + 2 * curve.size) {
    return undefined;
  }
  const [x, y] = [point.subarray(1, 1 + curve.size), point.subarray(1 + curve.size)];
  const key = fromJwk({ kty: "EC", crv: curve.crv, x: url(x), y: url(y) });
  return { name: "ecdsa", key, size: curve.size };
}

function eddsaLegacy(material: Buffer): KeyAlgorithm | undefined {
  const { oid, point } = onCurve(material) ?? {};
  if (oid !== ED25519_OID || point === undefined || point[0] !== 0x40 || point.length !== 33) return undefined;
  const key = fromJwk({ kty: "OKP", crv: "Ed25519", x: url(point.subarray(1)) });
  return { name: "eddsa-legacy", key };
}

function fromJwk(key: JsonWebKey): KeyObject {
  return createPublicKey({ key, format: "jwk" });
}

function url(bytes: Buffer): string {
  return bytes.toString("base64url");
}

/** The bytes of a signature as node:crypto takes them; undefined where they do not fit the key. */
export function signatureBytes(algorithm: KeyAlgorithm, material: Buffer): Buffer | undefined {
  switch (algorithm.name) {
    case "unread":
      return undefined;
    case "rsa": {
      const [s] = readIntegers(material, 1) ?? [];
      return s === undefined ? undefined : padded(s, algorithm.size);
    }
    case "ecdsa":
      return pair(material, algorithm.size);
    case "eddsa-legacy":
      return pair(material, 32);
  }
}

function pair(material: Buffer, size: number): Buffer | undefined {
  const [r, s] = (readIntegers(material, 2) ?? []).map((integer) => padded(integer, size));
  return r === undefined || s === undefined ? undefined : Buffer.concat([r, s]);
}
