/** A public key whose signatures count, from a file or an environment variable. */
import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import type { Digest } from "../../../core/digest.ts";
import type { Problem } from "../../../core/problem.ts";
import type { TrustedKey } from "../model.ts";
import { bounds } from "./bounds.ts";
import { readPem } from "./pem.ts";
import { refused } from "./refused.ts";

const REMEDY = "give one public key in PEM form, as cosign.pub";

/**
 * The one key of a text: SPKI in PEM form (`PUBLIC KEY`), as cosign and openssl write it, or PKCS #1 (`RSA PUBLIC KEY`).
 *
 * @param place - as it was named, for messages; the key's name where `name` is absent
 * @throws Problem `trust.key` (usage)
 */
export function readTrustedKey(text: string, place: string, name: string = place): TrustedKey {
  const read = readPem(text);
  if ("fault" in read) throw wrongKey(place, read.fault);
  const { blocks } = read;
  const secret = blocks.find(({ label }) => label.endsWith("PRIVATE KEY"));
  // Whoever has the private key at the place where signatures are verified can make them.
  if (secret !== undefined) throw wrongKey(place, "a private key", "give its public key");
  const parameters = new Set(["EC PARAMETERS", "DSA PARAMETERS"]);
  const [block, ...more] = blocks.filter(({ label }) => !parameters.has(label));
  if (block === undefined) throw wrongKey(place, "no public key in PEM form");
  if (more.length > 0) {
    throw wrongKey(place, `${more.length + 1} PEM blocks, not one key`, "give each key as an entry of its own");
  }
  if (block.label === "CERTIFICATE") {
    throw wrongKey(place, "a certificate, not a public key", "trust its issuer as a certificate authority");
  }
  if (block.label !== "PUBLIC KEY" && block.label !== "RSA PUBLIC KEY") {
    throw wrongKey(place, `a PEM block ${block.label}, not a public key`);
  }
  let key: KeyObject;
  try {
    const type = block.label === "PUBLIC KEY" ? "spki" : "pkcs1";
    key = createPublicKey({ key: Buffer.from(block.der), format: "der", type });
  } catch (error) {
    throw refused("trust.key", place, "invalid public key", REMEDY, error);
  }
  const fault = weakness(key);
  if (fault !== undefined) throw wrongKey(place, fault, "use ECDSA P-256, P-384 or P-521, Ed25519 or RSA of 2048 bits");
  // Exported anew: one key has one encoding, and so one fingerprint.
  const spki = key.export({ format: "der", type: "spki" });
  return { name, spki, fingerprint: `sha256:${createHash("sha256").update(spki).digest("hex")}` as Digest };
}

const CURVES: ReadonlySet<string | undefined> = new Set(["prime256v1", "secp384r1", "secp521r1"]);

/** Why signatures of a key say nothing, or cannot be verified; undefined where they can. */
export function weakness(key: KeyObject): string | undefined {
  const { namedCurve, modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case "ed25519":
      return undefined;
    case "ec":
      return CURVES.has(namedCurve) ? undefined : `an elliptic curve that is not supported: ${namedCurve ?? "unnamed"}`;
    case "rsa":
      if (modulusLength < bounds.rsaBits) return `an RSA key of ${modulusLength} bits, fewer than ${bounds.rsaBits}`;
      if (modulusLength > bounds.rsaBitsMost)
        return `an RSA key of ${modulusLength} bits, more than ${bounds.rsaBitsMost}`;
      // By 1 every message is its own signature.
      return publicExponent >= 3n && publicExponent % 2n === 1n ? undefined : "an RSA key with an invalid exponent";
    default:
      return `a key of an unsupported type: ${key.asymmetricKeyType}`;
  }
}

function wrongKey(place: string, cause: string, remedy: string = REMEDY): Problem {
  return refused("trust.key", place, cause, remedy);
}
