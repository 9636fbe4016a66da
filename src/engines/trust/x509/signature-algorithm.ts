/** Which algorithms may sign certificates and timestamps, and how a signature by one of them is verified. */
import { constants, verify } from "node:crypto";
import {
  constructedTag,
  type DerFault,
  type DerFields,
  type DerValue,
  derFields,
  derInteger,
  derOid,
  readDer,
  tags,
} from "../../../formats/der/read.ts";
import { readPublicKey } from "./public-key.ts";

export type Hash = "sha256" | "sha384" | "sha512";

/** What an AlgorithmIdentifier asks for. Whether the key fits is another question. */
export type SignatureAlgorithm =
  | { readonly kind: "rsa-pkcs1" | "ecdsa"; readonly hash: Hash }
  | { readonly kind: "rsa-pss"; readonly hash: Hash; readonly saltLength: number }
  | { readonly kind: "ed25519" }
  /** Broken (`SHA-1 with RSA`), or not known here (its dotted number). */
  | { readonly kind: "refused"; readonly name: string };

export const hashIds: Readonly<Record<string, Hash>> = {
  "2.16.840.1.101.3.4.2.1": "sha256",
  "2.16.840.1.101.3.4.2.2": "sha384",
  "2.16.840.1.101.3.4.2.3": "sha512",
};

const withHash: Readonly<Record<string, SignatureAlgorithm>> = {
  "1.2.840.113549.1.1.11": { kind: "rsa-pkcs1", hash: "sha256" },
  "1.2.840.113549.1.1.12": { kind: "rsa-pkcs1", hash: "sha384" },
  "1.2.840.113549.1.1.13": { kind: "rsa-pkcs1", hash: "sha512" },
  "1.2.840.10045.4.3.2": { kind: "ecdsa", hash: "sha256" },
  "1.2.840.10045.4.3.3": { kind: "ecdsa", hash: "sha384" },
  "1.2.840.10045.4.3.4": { kind: "ecdsa", hash: "sha512" },
  "1.3.101.112": { kind: "ed25519" },
  "1.2.840.113549.1.1.4": { kind: "refused", name: "MD5 with RSA" },
  "1.2.840.113549.1.1.5": { kind: "refused", name: "SHA-1 with RSA" },
  "1.2.840.10045.4.1": { kind: "refused", name: "SHA-1 with ECDSA" },
};

const RSA_PSS = "1.2.840.113549.1.1.10";
const MGF1 = "1.2.840.113549.1.1.8";

/** An AlgorithmIdentifier of a signature. */
export function readSignatureAlgorithm(identifier: DerValue, fault: DerFault): SignatureAlgorithm {
  const fields = derFields(identifier, fault);
  const id = derOid(fields.next(tags.oid), fault);
  if (id === RSA_PSS) {
    const parameters = fields.next(tags.sequence);
    fields.end();
    return rsaPss(parameters, fault);
  }
  expectNoParameters(fields, fault);
  return withHash[id] ?? { kind: "refused", name: id };
}

/** The hash of an AlgorithmIdentifier, or the dotted number of what is none that is strong enough. */
export function readHash(identifier: DerValue, fault: DerFault): Hash | { readonly refused: string } {
  const fields = derFields(identifier, fault);
  const id = derOid(fields.next(tags.oid), fault);
  expectNoParameters(fields, fault);
  return hashIds[id] ?? { refused: id };
}

/** Behind the number of an algorithm that has none: nothing, or NULL. */
export function expectNoParameters(fields: DerFields, fault: DerFault): void {
  const none = fields.optional(tags.null);
  if (!fields.isAtEnd() || (none !== undefined && none.content.length > 0)) {
    throw fault("has parameters for an algorithm that has none");
  }
}

/** RSASSA-PSS-params (RFC 4055, section 3.1). What they leave out means SHA-1. */
function rsaPss(parameters: DerValue, fault: DerFault): SignatureAlgorithm {
  const fields = derFields(parameters, fault);
  const hash = fields.optional(constructedTag(0));
  const mask = fields.optional(constructedTag(1));
  const salt = fields.optional(constructedTag(2));
  const trailer = fields.optional(constructedTag(3));
  fields.end();
  if (hash === undefined || mask === undefined) return { kind: "refused", name: "SHA-1 with RSASSA-PSS" };
  const name = readHash(readDer(hash.content, tags.sequence, fault), fault);
  const generator = derFields(readDer(mask.content, tags.sequence, fault), fault);
  const generatorId = derOid(generator.next(tags.oid), fault);
  const maskHash = readHash(generator.next(tags.sequence), fault);
  const saltLength = salt === undefined ? 20n : derInteger(readDer(salt.content, tags.integer, fault), fault);
  if (typeof name === "object") return { kind: "refused", name: `${name.refused} with RSASSA-PSS` };
  if (generatorId !== MGF1 || maskHash !== name || trailer !== undefined || saltLength < 0n || saltLength > 512n) {
    return { kind: "refused", name: "RSASSA-PSS with unusual parameters" };
  }
  return { kind: "rsa-pss", hash: name, saltLength: Number(saltLength) };
}

/** Whether the signature is over the bytes by the key (DER, SubjectPublicKeyInfo). False too where the key is of another kind. */
export function isSignedBy(
  publicKey: Buffer,
  algorithm: SignatureAlgorithm,
  signed: Uint8Array,
  signature: Uint8Array,
): boolean {
  const key = readPublicKey(publicKey);
  if ("refused" in key) return false;
  switch (algorithm.kind) {
    case "refused":
      return false;
    case "ed25519":
      return key.kind === "ed25519" && verify(null, signed, key.key, signature);
    case "ecdsa":
      return key.kind === "ec" && verify(algorithm.hash, signed, { key: key.key, dsaEncoding: "der" }, signature);
    case "rsa-pkcs1":
      return key.kind === "rsa" && verify(algorithm.hash, signed, key.key, signature);
    case "rsa-pss": {
      const { RSA_PKCS1_PSS_PADDING: padding } = constants;
      const { saltLength, hash } = algorithm;
      return key.kind === "rsa" && verify(hash, signed, { key: key.key, padding, saltLength }, signature);
    }
  }
}
