/** Keys of TUF metadata, and whether a signature is one's (TUF specification 1.0, section 4.2, keys and schemes). */
import { constants, createPublicKey, type KeyObject, verify } from "node:crypto";
import { isObject, type Untyped } from "../../../../core/untyped.ts";
import { weakness } from "../keys.ts";
import { readPem } from "../pem.ts";

export interface TufKey {
  readonly key: KeyObject;
  readonly scheme: Scheme;
  /** Base64 of SubjectPublicKeyInfo: two ids of one key are one signer. */
  readonly spki: string;
}

const schemes = ["ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "rsassa-pss-sha256"] as const;
type Scheme = (typeof schemes)[number];

/** Base64 of SubjectPublicKeyInfo, and what a key of that type signs by. */
export function keyOf(spki: string): TufKey {
  const key = createPublicKey({ key: Buffer.from(spki, "base64"), format: "der", type: "spki" });
  return madeOf(key, schemeOf(key));
}

/**
 * A key of metadata. Undefined where it is of a type or scheme that is not known: its signatures count for nobody, and the
 * others may still be enough.
 */
export function readKey({ keytype, scheme, keyval }: Untyped): TufKey | undefined {
  const text = isObject(keyval) ? keyval.public : undefined;
  const known = schemes.find((each) => each === scheme);
  if (typeof text !== "string" || known === undefined) return undefined;
  const key = keytype === "ed25519" ? rawEd25519(text) : pemKey(text);
  // Sigstore's older roots write the scheme in the place of the type.
  const type = keytype === "ecdsa-sha2-nistp256" || keytype === "ecdsa-sha2-nistp384" ? "ecdsa" : keytype;
  if (key === undefined || weakness(key) !== undefined || TYPES[type as string] !== key.asymmetricKeyType)
    return undefined;
  return schemeOf(key) === known ? madeOf(key, known) : undefined;
}

const TYPES: Readonly<Record<string, string>> = { ed25519: "ed25519", ecdsa: "ec", rsa: "rsa" };

function madeOf(key: KeyObject, scheme: Scheme): TufKey {
  return { key, scheme, spki: key.export({ format: "der", type: "spki" }).toString("base64") };
}

/** One type of key has one scheme here: by another one nobody signs. */
function schemeOf(key: KeyObject): Scheme {
  if (key.asymmetricKeyType === "ed25519") return "ed25519";
  if (key.asymmetricKeyType === "rsa") return "rsassa-pss-sha256";
  return key.asymmetricKeyDetails?.namedCurve === "secp384r1" ? "ecdsa-sha2-nistp384" : "ecdsa-sha2-nistp256";
}

function rawEd25519(hex: string): KeyObject | undefined {
  if (!/^[0-9a-f]{64}$/i.test(hex)) return undefined;
  const x = Buffer.from(hex, "hex").toString("base64url");
  return attempt(() => createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" }));
}

function pemKey(text: string): KeyObject | undefined {
  const read = readPem(text);
  const [block, ...more] = "blocks" in read ? read.blocks : [];
  if (block?.label !== "PUBLIC KEY" || more.length > 0) return undefined;
  return attempt(() => createPublicKey({ key: Buffer.from(block.der), format: "der", type: "spki" }));
}

/** @param signature - hexadecimal, as metadata has it; an empty one stands for one that is still to be made */
export function isSignedBy({ key, scheme }: TufKey, signature: string, bytes: Uint8Array): boolean {
  if (!/^(?:[0-9a-f]{2})+$/i.test(signature)) return false;
  const made = Buffer.from(signature, "hex");
  switch (scheme) {
    case "ed25519":
      return attempt(() => verify(null, bytes, key, made)) === true;
    case "ecdsa-sha2-nistp256":
      return attempt(() => verify("sha256", bytes, { key, dsaEncoding: "der" }, made)) === true;
    case "ecdsa-sha2-nistp384":
      return attempt(() => verify("sha384", bytes, { key, dsaEncoding: "der" }, made)) === true;
    case "rsassa-pss-sha256": {
      const padding = constants.RSA_PKCS1_PSS_PADDING;
      return (
        attempt(() => verify("sha256", bytes, { key, padding, saltLength: constants.RSA_PSS_SALTLEN_AUTO }, made)) ===
        true
      );
    }
  }
}

/** OpenSSL throws at some of what is none. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
