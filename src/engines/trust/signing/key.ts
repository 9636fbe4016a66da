/** Private keys that sign: read from what holds them, and made. */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign as signBytes,
} from "node:crypto";
import type { Digest } from "../../../core/digest.ts";
import { Problem } from "../../../core/problem.ts";
import { bounds } from "./bounds.ts";
import { decryptCosignKey, encryptCosignKey, isCosignKey } from "./cosign-key.ts";

export type KeyAlgorithm = "ecdsa-p256" | "ecdsa-p384" | "ecdsa-p521" | "rsa" | "ed25519";

export interface SigningKey {
  /** As it was named: a file, `env://NAME`. */
  readonly name: string;
  readonly algorithm: KeyAlgorithm;
  /** DER, SubjectPublicKeyInfo. */
  readonly spki: Buffer;
  /** PEM of the same. */
  readonly publicPem: string;
  /** sha256 over `spki`. */
  readonly fingerprint: Digest;
  /** ECDSA in DER and RSA (PKCS #1 v1.5) over SHA-256, as cosign signs; Ed25519 over the bytes themselves. */
  sign(bytes: Uint8Array): Buffer;
}

/** Asked only where the key is encrypted. */
export type Password = () => Buffer | undefined;

/**
 * PEM: PKCS #8, also encrypted; PKCS #1; SEC 1; and cosign's own.
 *
 * @param name - where it is from, for messages
 * @throws Problem (usage) `signing.key`, `signing.password`
 */
export function readSigningKey(pem: string, name: string, password: Password): SigningKey {
  if (pem.length > bounds.keyBytes) throw refusedKey(name, `larger than ${bounds.keyBytes} bytes`);
  if (isCosignKey(pem)) {
    const decrypted = decryptCosignKey(pem, password() ?? refusePassword(name));
    if (!("fault" in decrypted)) return signingKeyOf(decrypted, name);
    if (decrypted.fault === "password") throw passwordProblem(name, decrypted.cause);
    throw refusedKey(name, decrypted.cause);
  }
  if (!/-----BEGIN (?:ENCRYPTED |EC |RSA )?PRIVATE KEY-----/.test(pem)) {
    const cause = pem.includes("-----BEGIN OPENSSH PRIVATE KEY-----")
      ? "an OpenSSH key, not PEM of PKCS #8, PKCS #1, SEC 1 or cosign"
      : pem.includes("-----BEGIN PUBLIC KEY-----")
        ? "a public key, not a private one"
        : "not a private key in PEM";
    throw refusedKey(name, cause);
  }
  const isEncrypted = pem.includes("-----BEGIN ENCRYPTED PRIVATE KEY-----") || /^Proc-Type: 4,ENCRYPTED/m.test(pem);
  const passphrase = isEncrypted ? (password() ?? refusePassword(name)) : undefined;
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: pem, format: "pem", ...(passphrase === undefined ? {} : { passphrase }) });
  } catch {
    if (isEncrypted) throw passwordProblem(name, "wrong password, or an encryption that OpenSSL does not read");
    throw refusedKey(name, "not a valid private key");
  }
  return signingKeyOf(key, name);
}

/** @throws Problem (usage) `signing.key` for a key that signatures are not made with */
export function signingKeyOf(key: KeyObject, name: string): SigningKey {
  const algorithm = algorithmOf(key, name);
  const publicKey = createPublicKey(key);
  const spki = publicKey.export({ format: "der", type: "spki" });
  return {
    name,
    algorithm,
    spki,
    publicPem: publicKey.export({ format: "pem", type: "spki" }).toString(),
    fingerprint: `sha256:${createHash("sha256").update(spki).digest("hex")}` as Digest,
    sign: (bytes) => signBytes(algorithm === "ed25519" ? null : "sha256", bytes, key),
  };
}

/** For one run: its certificate says whose it is. */
export function ephemeralKey(): SigningKey {
  return signingKeyOf(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey, "ephemeral key");
}

export interface GeneratedKey {
  /** cosign's form, encrypted. */
  readonly privatePem: string;
  readonly publicPem: string;
  readonly fingerprint: Digest;
}

/** ECDSA over P-256, as cosign's own. */
export function generateSigningKey(password: Buffer): GeneratedKey {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { publicPem, fingerprint } = signingKeyOf(privateKey, "new key");
  return { privatePem: encryptCosignKey(privateKey, password), publicPem, fingerprint };
}

const CURVES: Readonly<Record<string, KeyAlgorithm>> = {
  prime256v1: "ecdsa-p256",
  secp384r1: "ecdsa-p384",
  secp521r1: "ecdsa-p521",
};

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject, name: string): KeyAlgorithm {
  const remedy = "use ECDSA (P-256, P-384, P-521), RSA or Ed25519";
  switch (asymmetricKeyType) {
    case "ed25519":
      return "ed25519";
    case "ec": {
      const curve = asymmetricKeyDetails?.namedCurve ?? "unnamed";
      const known = CURVES[curve];
      if (known === undefined) throw refusedKey(name, `curve ${curve} is not supported`, remedy);
      return known;
    }
    case "rsa": {
      const bits = asymmetricKeyDetails?.modulusLength ?? 0;
      const { least, most } = bounds.rsaBits;
      if (bits < least || bits > most) throw refusedKey(name, `RSA of ${bits} bits, not ${least} to ${most}`);
      return "rsa";
    }
    default:
      throw refusedKey(name, `${asymmetricKeyType} keys are not supported`, remedy);
  }
}

/** What is wrong with a key that was named to sign with. */
export function refusedKey(place: string, cause: string, remedy?: string): Problem {
  return new Problem({
    kind: "usage",
    code: "signing.key",
    place,
    cause,
    ...(remedy === undefined ? {} : { remedy }),
  });
}

function passwordProblem(place: string, cause: string): Problem {
  const remedy = "set COSIGN_PASSWORD, or use --password-file FILE";
  return new Problem({ kind: "usage", code: "signing.password", place, cause, remedy });
}

function refusePassword(name: string): never {
  throw passwordProblem(name, "the key is encrypted and no password was given");
}
