/** Public keys: RFC 9580, section 5.5.2, for the algorithms that sign. */
import { createHash, createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";
import { padded, readIntegers } from "./packets.ts";

export interface PublicKey {
  readonly version: 4 | 6;
  /** Seconds since 1970. */
  readonly created: number;
  /** Hex, lower case. */
  readonly fingerprint: string;
  readonly keyId: string;
  /** What a signature over the key hashes of it. */
  readonly hashed: Buffer;
  readonly verifies: KeyAlgorithm;
}

export type KeyAlgorithm =
  | { readonly name: "rsa"; readonly key: KeyObject; readonly size: number }
  | { readonly name: "ecdsa"; readonly key: KeyObject; readonly size: number }
  /** Ed25519 as two integers, as GnuPG writes it. */
  | { readonly name: "eddsa-legacy"; readonly key: KeyObject }
  | { readonly name: "ed25519" | "ed448"; readonly key: KeyObject; readonly size: number };

/** The signature algorithms that fit each: RFC 9580, section 9.1. */
export const algorithmIds: Readonly<Record<KeyAlgorithm["name"], readonly number[]>> = {
  rsa: [1, 3],
  ecdsa: [19],
  "eddsa-legacy": [22],
  ed25519: [27],
  ed448: [28],
};

/** RSA keys below it are refused, as apt does; above it, one takes too long. */
const RSA_BYTES = { least: 256, most: 2048 };

/** Undefined where the key is none that can verify here: another algorithm, a weak one, a broken one. */
export function readPublicKey(body: Buffer): PublicKey | undefined {
  const version = body[0];
  if ((version !== 4 && version !== 6) || body.length < 10) return undefined;
  const start = version === 4 ? 6 : 10;
  const algorithm = body[5] as number;
  const material = body.subarray(start);
  if (version === 6 && body.readUInt32BE(6) !== material.length) return undefined;
  const prefix = Buffer.alloc(version === 4 ? 3 : 5);
  prefix[0] = version === 4 ? 0x99 : 0x9b;
  if (version === 4 && body.length > 0xffff) return undefined;
  prefix.writeUIntBE(body.length, 1, version === 4 ? 2 : 4);
  const hashed = Buffer.concat([prefix, body]);
  const fingerprint = createHash(version === 4 ? "sha1" : "sha256")
    .update(hashed)
    .digest("hex");
  const verifies = algorithmOf(algorithm, material);
  if (verifies === undefined) return undefined;
  return {
    version,
    created: body.readUInt32BE(1),
    fingerprint,
    keyId: version === 4 ? fingerprint.slice(-16) : fingerprint.slice(0, 16),
    hashed,
    verifies,
  };
}

function algorithmOf(algorithm: number, material: Buffer): KeyAlgorithm | undefined {
  try {
    if (algorithm === 1 || algorithm === 3) return rsa(material);
    if (algorithm === 19) return ecdsa(material);
    if (algorithm === 22) return eddsaLegacy(material);
    if (algorithm === 27 && material.length === 32)
      return { name: "ed25519", key: edwards("Ed25519", material), size: 64 };
    if (algorithm === 28 && material.length === 57)
      return { name: "ed448", key: edwards("Ed448", material), size: 114 };
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
  return { name: "eddsa-legacy", key: edwards("Ed25519", point.subarray(1)) };
}

function edwards(crv: string, point: Buffer): KeyObject {
  return fromJwk({ kty: "OKP", crv, x: url(point) });
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
    case "rsa": {
      const [s] = readIntegers(material, 1) ?? [];
      return s === undefined ? undefined : padded(s, algorithm.size);
    }
    case "ecdsa":
      return pair(material, algorithm.size);
    case "eddsa-legacy":
      return pair(material, 32);
    default:
      return material.length === algorithm.size ? material : undefined;
  }
}

function pair(material: Buffer, size: number): Buffer | undefined {
  const [r, s] = (readIntegers(material, 2) ?? []).map((integer) => padded(integer, size));
  return r === undefined || s === undefined ? undefined : Buffer.concat([r, s]);
}
