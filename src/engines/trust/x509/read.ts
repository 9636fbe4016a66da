/**
 * Certificates (RFC 5280), read strictly and in full down to the extensions that decide what a certificate may do. OpenSSL
 * and Go read more forms than a certificate can have; here the bytes have one reading, and the verifier sees all of it.
 */
import {
  constructedTag,
  contextTag,
  type DerFault,
  type DerFields,
  type DerValue,
  derBitBytes,
  derBoolean,
  derFields,
  derInteger,
  derItems,
  derNamedBits,
  derOid,
  derTime,
  readDer,
  tags,
} from "../../../formats/der/read.ts";
import { bounds } from "../bounds.ts";
import { readSignatureAlgorithm, type SignatureAlgorithm } from "./signature-algorithm.ts";

export interface Certificate {
  /** DER of all of it. */
  readonly bytes: Buffer;
  /** DER of what its issuer signed. */
  readonly signed: Buffer;
  readonly signature: Buffer;
  readonly algorithm: SignatureAlgorithm;
  /** DER of the names: they are equal where their bytes are. */
  readonly issuer: Buffer;
  readonly subject: Buffer;
  /** The INTEGER's content. */
  readonly serial: Buffer;
  /** Milliseconds since 1970, both included. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** DER, SubjectPublicKeyInfo. */
  readonly publicKey: Buffer;
  /** By dotted object identifier. */
  readonly extensions: ReadonlyMap<string, Extension>;
  readonly basicConstraints?: BasicConstraints;
  readonly keyUsage?: { readonly critical: boolean; readonly bits: ReadonlySet<number> };
  readonly extendedKeyUsage?: { readonly critical: boolean; readonly purposes: ReadonlySet<string> };
}

export interface Extension {
  readonly critical: boolean;
  /** DER of its value. */
  readonly value: Buffer;
}

export interface BasicConstraints {
  readonly critical: boolean;
  readonly isAuthority: boolean;
  /** How many authorities may follow below it. */
  readonly pathLength?: number;
}

export const extensionIds = {
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAlternativeName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  certificatePolicies: "2.5.29.32",
  extendedKeyUsage: "2.5.29.37",
} as const;

/** Bits of the key usage (RFC 5280, section 4.2.1.3), by their numbers. */
export const keyUsages = [
  "digitalSignature",
  "nonRepudiation",
  "keyEncipherment",
  "dataEncipherment",
  "keyAgreement",
].concat("keyCertSign", "cRLSign", "encipherOnly", "decipherOnly");

export type KeyUsage =
  | "digitalSignature"
  | "nonRepudiation"
  | "keyEncipherment"
  | "dataEncipherment"
  | "keyAgreement"
  | "keyCertSign"
  | "cRLSign"
  | "encipherOnly"
  | "decipherOnly";

/** @param fault - makes what is thrown; its cause ends a sentence about the certificate */
export function readCertificate(der: Uint8Array, fault: DerFault): Certificate {
  if (der.length > bounds.certificateBytes) throw fault(`has more than ${bounds.certificateBytes} bytes`);
  const bytes = Buffer.from(der.buffer, der.byteOffset, der.length);
  const whole = derFields(readDer(bytes, tags.sequence, fault), fault);
  const signed = whole.next(tags.sequence);
  const algorithm = whole.next(tags.sequence);
  const signature = derBitBytes(whole.next(tags.bitString), fault);
  whole.end();

  const fields = derFields(signed, fault);
  const version = fields.optional(constructedTag(0));
  if (version === undefined || derInteger(onlyOne(version, tags.integer, fault), fault) !== 2n) {
    throw fault("is not of version 3");
  }
  const serial = fields.next(tags.integer);
  derInteger(serial, fault);
  // The copy that is signed: an algorithm outside could be exchanged.
  if (!fields.next(tags.sequence).bytes.equals(algorithm.bytes)) throw fault("names two signature algorithms");
  const issuer = fields.next(tags.sequence).bytes;
  const validity = derFields(fields.next(tags.sequence), fault);
  const notBefore = wholeSecond(validity.any(), fault);
  const notAfter = wholeSecond(validity.any(), fault);
  validity.end();
  const subject = fields.next(tags.sequence).bytes;
  const publicKey = fields.next(tags.sequence).bytes;
  fields.optional(contextTag(1));
  fields.optional(contextTag(2));
  const extensions = readExtensions(fields, fault);
  fields.end();

  return {
    bytes,
    signed: signed.bytes,
    signature,
    algorithm: readSignatureAlgorithm(algorithm, fault),
    issuer,
    subject,
    serial: serial.content,
    notBefore,
    notAfter,
    publicKey,
    extensions,
    ...basicConstraintsOf(extensions, fault),
    ...keyUsageOf(extensions, fault),
    ...extendedKeyUsageOf(extensions, fault),
  };
}

/** Whether it names itself as its issuer; whether it signed itself is another question. */
export function isSelfIssued({ issuer, subject }: Certificate): boolean {
  return issuer.equals(subject);
}

export function mayBeUsedFor({ keyUsage }: Certificate, use: KeyUsage): boolean {
  return keyUsage?.bits.has(keyUsages.indexOf(use)) ?? false;
}

function onlyOne(within: DerValue, tag: number, fault: DerFault): DerValue {
  const fields = derFields(within, fault);
  const value = fields.next(tag);
  fields.end();
  return value;
}

/** RFC 5280, section 4.1.2.5.2: fractions of a second are not allowed. */
function wholeSecond(value: DerValue, fault: DerFault): number {
  if (value.content.includes(0x2e)) throw fault("is valid from or until a fraction of a second");
  return derTime(value, fault);
}

function readExtensions(fields: DerFields, fault: DerFault): ReadonlyMap<string, Extension> {
  const extensions = new Map<string, Extension>();
  const list = fields.optional(constructedTag(3));
  if (list === undefined) return extensions;
  for (const item of derItems(onlyOne(list, tags.sequence, fault), fault, tags.sequence)) {
    const parts = derFields(item, fault);
    const id = derOid(parts.next(tags.oid), fault);
    const criticality = parts.optional(tags.boolean);
    const critical = criticality !== undefined && derBoolean(criticality, fault);
    // DER leaves out what is the default.
    if (criticality !== undefined && !critical) throw fault(`writes out that the extension ${id} is not critical`);
    const { content: value } = parts.next(tags.octetString);
    parts.end();
    if (extensions.has(id)) throw fault(`has the extension ${id} twice`);
    extensions.set(id, { critical, value });
  }
  return extensions;
}

type Extensions = ReadonlyMap<string, Extension>;

function basicConstraintsOf(extensions: Extensions, fault: DerFault): Pick<Certificate, "basicConstraints"> {
  const extension = extensions.get(extensionIds.basicConstraints);
  if (extension === undefined) return {};
  const { critical, value } = extension;
  const fields = derFields(readDer(value, tags.sequence, fault), fault);
  const authority = fields.optional(tags.boolean);
  const isAuthority = authority !== undefined && derBoolean(authority, fault);
  const length = fields.optional(tags.integer);
  fields.end();
  if (length === undefined) return { basicConstraints: { critical, isAuthority } };
  const pathLength = derInteger(length, fault);
  if (pathLength < 0n || !isAuthority) throw fault("limits the path below it in no known form");
  // Longer than any chain that is read.
  return { basicConstraints: { critical, isAuthority, pathLength: Number(pathLength > 1_000n ? 1_000n : pathLength) } };
}

function keyUsageOf(extensions: Extensions, fault: DerFault): Pick<Certificate, "keyUsage"> {
  const extension = extensions.get(extensionIds.keyUsage);
  if (extension === undefined) return {};
  const bits = derNamedBits(readDer(extension.value, tags.bitString, fault), fault);
  return { keyUsage: { critical: extension.critical, bits } };
}

function extendedKeyUsageOf(extensions: Extensions, fault: DerFault): Pick<Certificate, "extendedKeyUsage"> {
  const extension = extensions.get(extensionIds.extendedKeyUsage);
  if (extension === undefined) return {};
  const purposes = derItems(readDer(extension.value, tags.sequence, fault), fault, tags.oid).map((item) =>
    derOid(item, fault),
  );
  if (purposes.length === 0) throw fault("has an empty extended key usage");
  return { extendedKeyUsage: { critical: extension.critical, purposes: new Set(purposes) } };
}
