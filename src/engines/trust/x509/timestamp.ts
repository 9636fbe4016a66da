/**
 * Timestamps of an authority (RFC 3161 in CMS, RFC 5652): that these bytes existed at a time. What a token carries unsigned
 * must be what is trusted anyway: nothing in it can be exchanged for something else.
 */
import { createHash } from "node:crypto";
import {
  constructedTag,
  type DerFields,
  type DerValue,
  derFields,
  derInteger,
  derItems,
  derOid,
  derTime,
  readDer,
  tags,
} from "../../../formats/der/read.ts";
import { bounds } from "../bounds.ts";
import { refusalOf, refused } from "../refusal.ts";
import { type Path, pathToAuthority } from "./authority-path.ts";
import type { Certificate } from "./read.ts";
import {
  type Hash,
  isSignedBy,
  readHash,
  readSignatureAlgorithm,
  type SignatureAlgorithm,
} from "./signature-algorithm.ts";
import { certificateOf, isoTime } from "./signer-certificate.ts";

/** An authority whose timestamps count. */
export interface TrustedTimestamper {
  readonly name: string;
  /** Its own certificate, where it is known; else it comes with the timestamp. */
  readonly certificate?: Certificate;
  readonly anchors: readonly Certificate[];
  /** Issuers between, which only lead to an anchor. */
  readonly intermediates: readonly Certificate[];
  /** Milliseconds since 1970, both inclusive. */
  readonly from: number;
  readonly until: number;
}

export interface VerifiedTimestamp {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly by: string;
}

const ids = {
  signedData: "1.2.840.113549.1.7.2",
  timestampInfo: "1.2.840.113549.1.9.16.1.4",
  contentType: "1.2.840.113549.1.9.3",
  messageDigest: "1.2.840.113549.1.9.4",
  rsaEncryption: "1.2.840.113549.1.1.1",
} as const;

const fault = (cause: string) => refused("trust.time", `the timestamp ${cause}`);

/**
 * A response with its status, as bundles and annotations have it.
 *
 * @throws a refusal `trust.time`, or `trust.unknown-root` where its authority is not a trusted one
 */
export function verifyTimestampResponse(
  response: Buffer,
  data: Uint8Array,
  trusted: readonly TrustedTimestamper[],
): VerifiedTimestamp {
  if (response.length > bounds.certificateBytes) {
    throw refused("trust.bound", `the timestamp has more than ${bounds.certificateBytes} bytes`);
  }
  const fields = derFields(readDer(response, tags.sequence, fault), fault);
  const status = derFields(fields.next(tags.sequence), fault);
  const granted = derInteger(status.next(tags.integer), fault);
  status.end();
  if (granted !== 0n && granted !== 1n) throw fault("was not granted");
  const token = fields.next(tags.sequence);
  fields.end();
  return verifyTimestampToken(token.bytes, data, trusted);
}

/** A token alone. */
export function verifyTimestampToken(
  bytes: Buffer,
  data: Uint8Array,
  trusted: readonly TrustedTimestamper[],
): VerifiedTimestamp {
  const token = readToken(bytes);
  const time = readTime(token.content, data);
  const { signer } = token;
  const imprint = createHash(signer.hash).update(token.content).digest();
  if (!imprint.equals(messageDigestOf(signer.attributes))) throw fault("was signed over something else");
  let refusal = refused("trust.unknown-root", "the timestamp is by an authority that is not trusted");
  for (const authority of trusted) {
    const own = [...(authority.certificate === undefined ? token.certificates : [authority.certificate])].find(
      ({ issuer, serial }) => issuer.equals(signer.issuer) && serial.equals(signer.serial),
    );
    if (own === undefined) continue;
    try {
      const path = pathToAuthority(own, {
        anchors: authority.anchors,
        others: [...authority.intermediates, ...token.certificates],
        at: [time],
        purpose: "time stamping",
      });
      refuseStrangers(token.certificates, [...path, ...authority.anchors, ...authority.intermediates]);
      if (time < authority.from || time > authority.until) {
        throw fault(`is of ${isoTime(time)}, when ${authority.name} was not trusted`);
      }
      // The attributes are signed as a SET, though they are written as [0] (RFC 5652, section 5.4).
      const signed = Buffer.concat([Buffer.from([tags.set]), signer.attributes.bytes.subarray(1)]);
      if (!isSignedBy(own.publicKey, signer.algorithm, signed, signer.signature))
        throw fault("is not signed by its authority");
      return { time, by: authority.name };
    } catch (error) {
      const { code, reason } = refusalOf(error, "trust.time");
      refusal = refused(code === "trust.unknown-root" ? code : "trust.time", reason);
    }
  }
  throw refusal;
}

interface Token {
  /** TSTInfo. */
  readonly content: Buffer;
  readonly certificates: readonly Certificate[];
  readonly signer: SignerInfo;
}

interface SignerInfo {
  readonly issuer: Buffer;
  readonly serial: Buffer;
  readonly hash: Hash;
  readonly attributes: DerValue;
  readonly algorithm: SignatureAlgorithm;
  readonly signature: Buffer;
}

function readToken(bytes: Buffer): Token {
  const info = derFields(readDer(bytes, tags.sequence, fault), fault);
  if (derOid(info.next(tags.oid), fault) !== ids.signedData) throw fault("is not signed data");
  const explicit = derFields(info.next(constructedTag(0)), fault);
  info.end();
  const data = derFields(explicit.next(tags.sequence), fault);
  explicit.end();
  if (derInteger(data.next(tags.integer), fault) !== 3n) throw fault("is not of version 3");
  const digests = derItems(data.next(tags.set), fault);
  const encapsulated = derFields(data.next(tags.sequence), fault);
  if (derOid(encapsulated.next(tags.oid), fault) !== ids.timestampInfo) throw fault("holds something else than a time");
  const wrapped = derFields(encapsulated.next(constructedTag(0)), fault);
  encapsulated.end();
  const { content } = wrapped.next(tags.octetString);
  wrapped.end();
  const certificates = data.optional(constructedTag(0));
  const signers = derItems(data.next(tags.set), fault);
  data.end();
  const [signer, ...more] = signers;
  if (signer === undefined || more.length > 0) throw fault(`has ${signers.length} signers`);
  return {
    content,
    certificates: readCertificates(certificates),
    signer: readSigner(signer, digests),
  };
}

function readCertificates(value: DerValue | undefined): Certificate[] {
  const items = value === undefined ? [] : derItems(value, fault);
  if (items.length > bounds.chain)
    throw refused("trust.bound", `the timestamp has more than ${bounds.chain} certificates`);
  return items.map(({ bytes }, i) => certificateOf(bytes, `certificate ${i + 1} of the timestamp`));
}

function readSigner(value: DerValue, digests: readonly DerValue[]): SignerInfo {
  if (value.tag !== tags.sequence) throw fault("has a signer of no known form");
  const fields = derFields(value, fault);
  if (derInteger(fields.next(tags.integer), fault) !== 1n)
    throw fault("names its signer in a way that is not supported");
  const sid = derFields(fields.next(tags.sequence), fault);
  const issuer = sid.next(tags.sequence).bytes;
  const serial = sid.next(tags.integer).content;
  sid.end();
  const digest = fields.next(tags.sequence);
  if (digests.length !== 1 || digests[0]?.bytes.equals(digest.bytes) !== true)
    throw fault("lists other hashes than it uses");
  const hash = readHash(digest, fault);
  if (typeof hash === "object") throw fault(`uses the hash ${hash.refused}`);
  const attributes = fields.next(constructedTag(0));
  const algorithm = signatureAlgorithm(fields.next(tags.sequence), hash);
  const signature = fields.next(tags.octetString).content;
  fields.end();
  return { issuer, serial, hash, attributes, algorithm, signature };
}

/** CMS may name RSA alone, and the hash apart (RFC 3370, section 3.2). */
function signatureAlgorithm(value: DerValue, hash: Hash): SignatureAlgorithm {
  const isRsa = derOid(derFields(value, fault).next(tags.oid), fault) === ids.rsaEncryption;
  return isRsa ? { kind: "rsa-pkcs1", hash } : readSignatureAlgorithm(value, fault);
}

function messageDigestOf(attributes: DerValue): Buffer {
  const values = new Map<string, DerValue>();
  for (const attribute of derItems(attributes, fault)) {
    const fields = derFields(attribute, fault);
    const id = derOid(fields.next(tags.oid), fault);
    const [value, ...more] = derItems(fields.next(tags.set), fault);
    fields.end();
    if (value === undefined || more.length > 0 || values.has(id)) throw fault(`has the attribute ${id} more than once`);
    values.set(id, value);
  }
  const type = values.get(ids.contentType);
  if (type?.tag !== tags.oid || derOid(type, fault) !== ids.timestampInfo) throw fault("is not signed as a time");
  const digest = values.get(ids.messageDigest);
  if (digest?.tag !== tags.octetString) throw fault("does not say what was signed");
  return digest.content;
}

/** @returns the time in TSTInfo, once it is known to be about the data */
function readTime(content: Buffer, data: Uint8Array): number {
  const fields: DerFields = derFields(readDer(content, tags.sequence, fault), fault);
  if (derInteger(fields.next(tags.integer), fault) !== 1n) throw fault("is not of version 1");
  fields.next(tags.oid);
  const imprint = derFields(fields.next(tags.sequence), fault);
  const hash = readHash(imprint.next(tags.sequence), fault);
  const value = imprint.next(tags.octetString).content;
  imprint.end();
  if (typeof hash === "object") throw fault(`uses the hash ${hash.refused}`);
  fields.next(tags.integer);
  const time = derTime(fields.next(tags.generalizedTime), fault);
  if (!createHash(hash).update(data).digest().equals(value)) throw fault("is about something else than this signature");
  return time;
}

/** Certificates that came along without a part in the path are nobody's word, and would not be missed. */
function refuseStrangers(certificates: readonly Certificate[], path: Path | readonly Certificate[]): void {
  const stranger = certificates.find(({ bytes }) => !path.some((other) => other.bytes.equals(bytes)));
  if (stranger !== undefined) throw fault("carries a certificate that has no part in it");
}
