/** Public keys (SubjectPublicKeyInfo), looked at before OpenSSL imports them: it takes curves that anybody makes up. */
import { createPublicKey, type KeyObject } from "node:crypto";
import { type DerFault, derBitBytes, derFields, derInteger, derOid, readDer, tags } from "../../../formats/der/read.ts";

export type PublicKey =
  | { readonly kind: "rsa" /** Of the modulus. */; readonly bits: number; readonly key: KeyObject }
  | { readonly kind: "ec"; readonly bits: 256 | 384 | 521; readonly key: KeyObject }
  | { readonly kind: "ed25519"; readonly key: KeyObject }
  /** The end of a sentence about the key: `is an RSA key of 1024 bits`. */
  | { readonly refused: string };

const RSA = "1.2.840.113549.1.1.1";
const ED25519 = "1.3.101.112";
const EC = "1.2.840.10045.2.1";
const curves: Readonly<Record<string, 256 | 384 | 521>> = {
  "1.2.840.10045.3.1.7": 256,
  "1.3.132.0.34": 384,
  "1.3.132.0.35": 521,
};

/** Fewer are broken; with more, one verification takes seconds. */
const RSA_BITS = { least: 2_048, most: 8_192 } as const;
/** Bits of the public exponent: 17 as everybody has it; more makes verifying as slow as signing. */
const RSA_EXPONENT_BITS = 33;

/** A certificate's key is asked about for its kind, for each signature by it, and for its size; importing it takes longest. */
const known = new WeakMap<Buffer, PublicKey>();

/** @param spki - DER; nobody writes into it */
export function readPublicKey(spki: Buffer): PublicKey {
  const found = known.get(spki) ?? read(spki);
  known.set(spki, found);
  return found;
}

function read(spki: Buffer): PublicKey {
  const fault: DerFault = (cause) => new UnreadableKey(cause);
  try {
    const whole = derFields(readDer(spki, tags.sequence, fault), fault);
    const algorithm = derFields(whole.next(tags.sequence), fault);
    const id = derOid(algorithm.next(tags.oid), fault);
    const bits = derBitBytes(whole.next(tags.bitString), fault);
    whole.end();
    if (id === RSA) return rsaKey(spki, bits, fault);
    if (id === EC) {
      const curve = curves[derOid(algorithm.next(tags.oid), fault)];
      if (curve === undefined) return { refused: "is on a curve that is not P-256, P-384 or P-521" };
      return { kind: "ec", bits: curve, key: imported(spki, fault) };
    }
    if (id === ED25519) return { kind: "ed25519", key: imported(spki, fault) };
    return { refused: `is of the kind ${id}` };
  } catch (error) {
    if (error instanceof UnreadableKey) return { refused: error.message };
    throw error;
  }
}

class UnreadableKey extends Error {}

function rsaKey(spki: Buffer, bits: Buffer, fault: DerFault): PublicKey {
  const fields = derFields(readDer(bits, tags.sequence, fault), fault);
  const { content: modulus } = fields.next(tags.integer);
  const exponent = derInteger(fields.next(tags.integer), fault);
  fields.end();
  const first = modulus.findIndex((byte) => byte !== 0);
  const length = first < 0 ? 0 : 8 * (modulus.length - first) - (Math.clz32(modulus[first] as number) - 24);
  if (length < RSA_BITS.least || length > RSA_BITS.most) return { refused: `is an RSA key of ${length} bits` };
  if (exponent < 3n || exponent >= 1n << BigInt(RSA_EXPONENT_BITS)) {
    return { refused: "is an RSA key with an unusual exponent" };
  }
  return { kind: "rsa", bits: length, key: imported(spki, fault) };
}

function imported(spki: Buffer, fault: DerFault): KeyObject {
  try {
    return createPublicKey({ key: spki, format: "der", type: "spki" });
  } catch {
    throw fault("is not a key that OpenSSL takes");
  }
}
