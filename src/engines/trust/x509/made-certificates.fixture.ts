/** Certificates for tests, whole or wrong in what the test is about. Made here in full: no program, no clock. */
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { rsaKeyPair } from "../../../core/rsa-keys.fixture.ts";
import { constructedTag, tags } from "../../../formats/der/read.ts";
import { der, derBitsOf, derIntegerOf, derOidOf, derTextOf, derTimeOf } from "../../../formats/der/write.ts";
import { type KeyUsage, keyUsages } from "./read.ts";

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export interface Made {
  readonly der: Buffer;
  readonly keys: KeyPair;
  /** DER of its subject. */
  readonly name: Buffer;
}

export interface Wish {
  /** `CN=shop release,O=Shop`: parts of CN and O alone, the last of the name first. */
  readonly subject: string;
  readonly keys: KeyPair;
  /** Itself, where nothing is said. */
  readonly issuer?: Made;
  readonly from?: Date;
  readonly until?: Date;
  readonly extensions?: readonly Buffer[];
  readonly serial?: number;
  /** Of the signature: the dotted number, as it is written inside and outside. */
  readonly algorithm?: string;
  readonly hash?: string;
}

export const VALID_FROM = new Date("2026-01-01T00:00:00Z");
export const VALID_UNTIL = new Date("2027-01-01T00:00:00Z");

export function ecKeys(namedCurve: "P-256" | "P-384" | "P-521" = "P-256"): KeyPair {
  return generateKeyPairSync("ec", { namedCurve });
}

export function rsaKeys(modulusLength: number): KeyPair {
  return rsaKeyPair(modulusLength);
}

const attributeIds: Readonly<Record<string, string>> = { CN: "2.5.4.3", O: "2.5.4.10" };

export function madeName(subject: string): Buffer {
  const parts = subject === "" ? [] : subject.split(",").reverse();
  const sets = parts.map((part) => {
    const [type = "", value = ""] = part.split("=");
    return der(tags.set, der(tags.sequence, derOidOf(attributeIds[type] ?? type), derTextOf(tags.utf8String, value)));
  });
  return der(tags.sequence, ...sets);
}

export function extension(id: string, critical: boolean, value: Buffer): Buffer {
  const criticality = critical ? [der(tags.boolean, Buffer.from([0xff]))] : [];
  return der(tags.sequence, derOidOf(id), ...criticality, der(tags.octetString, value));
}

export function basicConstraints(isAuthority: boolean, pathLength?: number, critical = true): Buffer {
  const parts = [
    ...(isAuthority ? [der(tags.boolean, Buffer.from([0xff]))] : []),
    ...(pathLength === undefined ? [] : [derIntegerOf(pathLength)]),
  ];
  return extension("2.5.29.19", critical, der(tags.sequence, ...parts));
}

export function keyUsage(uses: readonly KeyUsage[], critical = true): Buffer {
  return extension("2.5.29.15", critical, derBitsOf(uses.map((use) => keyUsages.indexOf(use))));
}

export function extendedKeyUsage(purposes: readonly string[], critical = false): Buffer {
  return extension("2.5.29.37", critical, der(tags.sequence, ...purposes.map(derOidOf)));
}

export const CODE_SIGNING = "1.3.6.1.5.5.7.3.3";
export const TIME_STAMPING = "1.3.6.1.5.5.7.3.8";

/** What an authority has, and what a signer of code has. */
export const authorityExtensions = [basicConstraints(true), keyUsage(["keyCertSign", "cRLSign"])];
export const signerExtensions = [keyUsage(["digitalSignature"]), extendedKeyUsage([CODE_SIGNING])];
export const timestampExtensions = [keyUsage(["digitalSignature"]), extendedKeyUsage([TIME_STAMPING], true)];

export function madeCertificate(wish: Wish): Made {
  const { subject, keys, issuer, from = VALID_FROM, until = VALID_UNTIL, serial = 7 } = wish;
  const name = madeName(subject);
  const signer = (issuer?.keys ?? keys).privateKey;
  const isRsa = signer.asymmetricKeyType === "rsa";
  const id = wish.algorithm ?? (isRsa ? "1.2.840.113549.1.1.11" : "1.2.840.10045.4.3.2");
  const algorithm = der(tags.sequence, derOidOf(id), ...(isRsa ? [der(tags.null)] : []));
  const extensions = wish.extensions ?? (issuer === undefined ? authorityExtensions : signerExtensions);
  const signed = der(
    tags.sequence,
    der(constructedTag(0), derIntegerOf(2)),
    derIntegerOf(serial),
    algorithm,
    issuer?.name ?? name,
    der(tags.sequence, derTimeOf(from), derTimeOf(until)),
    name,
    keys.publicKey.export({ type: "spki", format: "der" }),
    ...(extensions.length === 0 ? [] : [der(constructedTag(3), der(tags.sequence, ...extensions))]),
  );
  const signature = sign(wish.hash ?? "sha256", signed, signer);
  return { der: der(tags.sequence, signed, algorithm, der(tags.bitString, Buffer.from([0]), signature)), keys, name };
}
