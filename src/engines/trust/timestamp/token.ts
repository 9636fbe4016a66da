/**
 * Tokens of timestamp authorities (RFC 3161, section 2.4.2; CMS, RFC 5652): who says that some bytes were there at which
 * time. Read in DER alone, with one signer, as the RFC has it.
 */
import {
  constructedTag,
  contextTag,
  type DerFault,
  type DerValue,
  derBoolean,
  derFields,
  derInteger,
  derItems,
  derOid,
  derTime,
  readDer,
  tags,
} from "../../../formats/der/read.ts";
import { bounds } from "../bounds.ts";
import { type Certificate, extensionIds, readCertificate } from "../x509/read.ts";
import {
  expectNoParameters,
  type Hash,
  readHash,
  readSignatureAlgorithm,
  type SignatureAlgorithm,
} from "../x509/signature-algorithm.ts";

/** A token that has its form; nothing of it is verified. */
export interface TimestampToken {
  /** DER of the TSTInfo, whose hash is among the signed attributes. */
  readonly content: Buffer;
  readonly info: TimestampInfo;
  readonly certificates: readonly Certificate[];
  readonly signer: TokenSigner;
  /** What it carries that nobody signed and nothing follows from, as the end of a sentence; undefined where there is none. */
  readonly unsigned?: string;
}

export interface TimestampInfo {
  readonly hash: Hash;
  /** Of the bytes that were there. */
  readonly imprint: Buffer;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Milliseconds by which the time may be off, to either side. */
  readonly accuracy: number;
}

export interface TokenSigner {
  /** Which certificate, by the issuer's name and serial number or by its key's identifier. */
  is(certificate: Certificate): boolean;
  readonly hash: Hash;
  /** DER. */
  readonly hashIdentifier: Buffer;
  readonly hasUnsignedAttributes: boolean;
  readonly algorithm: SignatureAlgorithm;
  /** DER of the attributes as they are signed. */
  readonly signed: Buffer;
  readonly signature: Buffer;
  /** What the attributes say of the content, by its hash; and of the certificate, by its own. */
  readonly contentHash: Buffer;
  /** Absent where it names none, or by SHA-1 alone (RFC 2634). */
  readonly certificate?: { readonly hash: Hash; readonly value: Buffer };
}

const ids = {
  signedData: "1.2.840.113549.1.7.2",
  timestampInfo: "1.2.840.113549.1.9.16.1.4",
  contentType: "1.2.840.113549.1.9.3",
  messageDigest: "1.2.840.113549.1.9.4",
  signingCertificateV2: "1.2.840.113549.1.9.16.2.47",
  rsa: "1.2.840.113549.1.1.1",
  /** RFC 3628, section 5.2: its authorities are no more than a second off. */
  baselinePolicy: "0.4.0.2023.1.1",
} as const;

/** @param fault - makes what is thrown; its cause ends a sentence about the token */
export function readTimestampToken(bytes: Buffer, fault: DerFault): TimestampToken {
  if (bytes.length > bounds.timestampBytes) throw fault(`has more than ${bounds.timestampBytes} bytes`);
  const whole = derFields(readDer(bytes, tags.sequence, fault), fault);
  if (derOid(whole.next(tags.oid), fault) !== ids.signedData) throw fault("is not signed data");
  const data = derFields(readDer(whole.next(constructedTag(0)).content, tags.sequence, fault), fault);
  whole.end();
  if (derInteger(data.next(tags.integer), fault) !== 3n) throw fault("is not signed data of version 3");
  const hashItems = derItems(data.next(tags.set), fault, tags.sequence);
  const hashes = hashItems.map((item) => readHash(item, fault));
  const content = contentOf(data.next(tags.sequence), fault);
  const certificates = data.optional(constructedTag(0));
  // Lists of revoked certificates: nobody asks whether they are whole or new, so they say nothing here.
  const revoked = data.optional(constructedTag(1));
  const signers = derItems(data.next(tags.set), fault, tags.sequence);
  data.end();
  const [only] = signers;
  if (only === undefined || signers.length > 1) throw fault(`has ${signers.length} signers`);
  const signer = readSigner(only, fault);
  if (!hashes.includes(signer.hash)) throw fault("does not name the hash of its signer");
  const unsigned =
    revoked !== undefined
      ? "carries a list of revoked certificates"
      : hashItems.length > 1 || hashItems[0]?.bytes.equals(signer.hashIdentifier) !== true
        ? "names other hashes than its signer"
        : signer.hasUnsignedAttributes
          ? "carries attributes that nobody signed"
          : undefined;
  return {
    content,
    info: readInfo(content, fault),
    certificates:
      certificates === undefined ? [] : derItems(certificates, fault).map((item) => certificateOf(item, fault)),
    signer,
    ...(unsigned === undefined ? {} : { unsigned }),
  };
}

function certificateOf({ tag, bytes }: DerValue, fault: DerFault): Certificate {
  if (tag !== tags.sequence) throw fault("has a certificate of another kind than X.509");
  return readCertificate(bytes, (cause) => fault(`has a certificate that ${cause}`));
}

function contentOf(encapsulated: DerValue, fault: DerFault): Buffer {
  const fields = derFields(encapsulated, fault);
  if (derOid(fields.next(tags.oid), fault) !== ids.timestampInfo) throw fault("is about no time");
  const { content } = readDer(fields.next(constructedTag(0)).content, tags.octetString, fault);
  fields.end();
  return content;
}

/** TSTInfo. */
function readInfo(content: Buffer, fault: DerFault): TimestampInfo {
  const fields = derFields(readDer(content, tags.sequence, fault), fault);
  if (derInteger(fields.next(tags.integer), fault) !== 1n) throw fault("is not of version 1");
  const policy = derOid(fields.next(tags.oid), fault);
  const imprint = derFields(fields.next(tags.sequence), fault);
  const hash = strongHash(imprint.next(tags.sequence), fault);
  const { content: hashed } = imprint.next(tags.octetString);
  imprint.end();
  derInteger(fields.next(tags.integer), fault);
  const time = derTime(fields.next(tags.generalizedTime), fault);
  const accuracy = fields.optional(tags.sequence);
  const ordering = fields.optional(tags.boolean);
  if (ordering !== undefined && !derBoolean(ordering, fault)) throw fault("writes out that it is not ordered");
  const nonce = fields.optional(tags.integer);
  if (nonce !== undefined) derInteger(nonce, fault);
  fields.optional(constructedTag(0));
  refuseCritical(fields.optional(constructedTag(1)), fault);
  fields.end();
  const least = policy === ids.baselinePolicy ? 1_000 : 0;
  return { hash, imprint: hashed, time, accuracy: accuracy === undefined ? least : accuracyOf(accuracy, fault) };
}

/** In milliseconds, rounded up. */
function accuracyOf(value: DerValue, fault: DerFault): number {
  const fields = derFields(value, fault);
  const read = (part: DerValue | undefined): number => {
    if (part === undefined) return 0;
    const amount = derInteger(part, fault);
    // A day off is not accurate to anybody; the largest number keeps the sum exact.
    if (amount < 0n || amount > 1_000_000n) throw fault("has an accuracy that is none");
    return Number(amount);
  };
  const seconds = read(fields.optional(tags.integer));
  const milliseconds = read(fields.optional(contextTag(0)));
  const microseconds = read(fields.optional(contextTag(1)));
  fields.end();
  return seconds * 1_000 + milliseconds + Math.ceil(microseconds / 1_000);
}

function refuseCritical(extensions: DerValue | undefined, fault: DerFault): void {
  if (extensions === undefined) return;
  for (const item of derItems(extensions, fault, tags.sequence)) {
    const parts = derFields(item, fault);
    const id = derOid(parts.next(tags.oid), fault);
    if (parts.optional(tags.boolean) !== undefined) throw fault(`has a critical extension: ${id}`);
  }
}

function strongHash(identifier: DerValue, fault: DerFault): Hash {
  const hash = readHash(identifier, fault);
  if (typeof hash === "object") throw fault(`uses a hash that is not SHA-2: ${hash.refused}`);
  return hash;
}

/** SignerInfo (RFC 5652, section 5.3). */
function readSigner(value: DerValue, fault: DerFault): TokenSigner {
  const fields = derFields(value, fault);
  const version = derInteger(fields.next(tags.integer), fault);
  const is = signerIdentifier(fields.any(), version, fault);
  const hashIdentifier = fields.next(tags.sequence);
  const hash = strongHash(hashIdentifier, fault);
  const attributes = fields.next(constructedTag(0));
  const algorithm = algorithmOf(fields.next(tags.sequence), hash, fault);
  const { content: signature } = fields.next(tags.octetString);
  // Attributes that nobody signed say nothing.
  const unsigned = fields.optional(constructedTag(1));
  fields.end();
  const known = attributesOf(attributes, fault);
  if (derOid(onlyValue(known, ids.contentType, tags.oid, fault), fault) !== ids.timestampInfo) {
    throw fault("is signed as being about something else");
  }
  return {
    is,
    hash,
    hashIdentifier: hashIdentifier.bytes,
    hasUnsignedAttributes: unsigned !== undefined,
    algorithm,
    // They are signed as the SET that they are, and stand as [0] in the token.
    signed: Buffer.concat([Buffer.from([tags.set]), attributes.bytes.subarray(1)]),
    signature,
    contentHash: onlyValue(known, ids.messageDigest, tags.octetString, fault).content,
    ...(known.has(ids.signingCertificateV2)
      ? { certificate: signingCertificateOf(onlyValue(known, ids.signingCertificateV2, tags.sequence, fault), fault) }
      : {}),
  };
}

function signerIdentifier(value: DerValue, version: bigint, fault: DerFault): TokenSigner["is"] {
  if (version === 1n && value.tag === tags.sequence) {
    const fields = derFields(value, fault);
    const issuer = fields.next(tags.sequence).bytes;
    const serial = fields.next(tags.integer).content;
    fields.end();
    return (certificate) => certificate.issuer.equals(issuer) && certificate.serial.equals(serial);
  }
  if (version === 3n && value.tag === contextTag(0)) {
    const written = Buffer.concat([Buffer.from([tags.octetString]), value.bytes.subarray(1)]);
    return ({ extensions }) => extensions.get(extensionIds.subjectKeyIdentifier)?.value.equals(written) ?? false;
  }
  throw fault("names its signer in no known form");
}

/** CMS lets RSA go without its hash, which the signer names beside it. */
function algorithmOf(identifier: DerValue, hash: Hash, fault: DerFault): SignatureAlgorithm {
  const fields = derFields(identifier, fault);
  if (derOid(fields.next(tags.oid), fault) === ids.rsa) {
    expectNoParameters(fields, fault);
    return { kind: "rsa-pkcs1", hash };
  }
  const algorithm = readSignatureAlgorithm(identifier, fault);
  if ("hash" in algorithm && algorithm.hash !== hash) throw fault("is signed with another hash than it names");
  return algorithm;
}

type Attributes = ReadonlyMap<string, readonly DerValue[]>;

function attributesOf(set: DerValue, fault: DerFault): Attributes {
  const attributes = new Map<string, readonly DerValue[]>();
  for (const item of derItems(set, fault, tags.sequence)) {
    const fields = derFields(item, fault);
    const id = derOid(fields.next(tags.oid), fault);
    if (attributes.has(id)) throw fault(`has the attribute ${id} twice`);
    attributes.set(id, derItems(fields.next(tags.set), fault));
    fields.end();
  }
  return attributes;
}

function onlyValue(attributes: Attributes, id: string, tag: number, fault: DerFault): DerValue {
  const [value, ...more] = attributes.get(id) ?? [];
  if (value === undefined) throw fault(`lacks the signed attribute ${id}`);
  if (more.length > 0 || value.tag !== tag) throw fault(`has the attribute ${id} in no known form`);
  return value;
}

/** SigningCertificateV2 (RFC 5035, section 3): the first is the signer's. */
function signingCertificateOf(value: DerValue, fault: DerFault): NonNullable<TokenSigner["certificate"]> {
  const [first] = derItems(derFields(value, fault).next(tags.sequence), fault, tags.sequence);
  if (first === undefined) throw fault("names no certificate");
  const fields = derFields(first, fault);
  const identifier = fields.optional(tags.sequence);
  const hash = identifier === undefined ? "sha256" : strongHash(identifier, fault);
  return { hash, value: fields.next(tags.octetString).content };
}
