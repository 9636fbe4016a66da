/** Who asked for a certificate, by Fulcio's extensions (github.com/sigstore/fulcio, docs/oid-info.md). */
import { isUtf8 } from "node:buffer";
import {
  constructedTag,
  contextTag,
  type DerValue,
  derFields,
  derItems,
  derOid,
  readDer,
  tags,
} from "../../../formats/der/read.ts";
import type { CertificateClaims } from "../model.ts";
import { refused } from "../refusal.ts";
import { type Certificate, extensionIds } from "../x509/read.ts";
import { certificateFault } from "../x509/signer-certificate.ts";

const FULCIO = "1.3.6.1.4.1.57264.1";
/** The issuer as bare text, as Fulcio wrote it first, and as a UTF8String. */
const ISSUER_BARE = `${FULCIO}.1`;
const ISSUER = `${FULCIO}.8`;

const claims: Readonly<Record<number, keyof CertificateClaims>> = {
  9: "buildSignerUri",
  10: "buildSignerDigest",
  11: "runner",
  12: "sourceRepository",
  13: "sourceDigest",
  14: "sourceRef",
  15: "sourceRepositoryId",
  16: "sourceOwner",
  17: "sourceOwnerId",
  18: "buildConfigUri",
  19: "buildConfigDigest",
  20: "trigger",
  21: "run",
  22: "visibility",
  23: "environment",
};

const fault = certificateFault("the certificate");

/** @returns undefined where no issuer of identity tokens is named */
export function issuerOf(certificate: Certificate): string | undefined {
  const bare = certificate.extensions.get(ISSUER_BARE);
  const issuer = utf8Extension(certificate, ISSUER);
  const first = bare === undefined ? undefined : textOf(bare.value);
  if (issuer !== undefined && first !== undefined && issuer !== first) {
    throw refused("trust.certificate", "the certificate names two issuers of identity tokens");
  }
  return issuer ?? first;
}

export function claimsOf(certificate: Certificate): CertificateClaims {
  const found: { -readonly [Name in keyof CertificateClaims]: string } = {};
  for (const [number, name] of Object.entries(claims)) {
    const text = utf8Extension(certificate, `${FULCIO}.${number}`);
    if (text !== undefined) found[name] = text;
  }
  return found;
}

function utf8Extension({ extensions }: Certificate, id: string): string | undefined {
  const extension = extensions.get(id);
  return extension === undefined ? undefined : textOf(readDer(extension.value, tags.utf8String, fault).content);
}

function textOf(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw fault("has a claim that is not UTF-8");
  return bytes.toString("utf8");
}

/** Kinds of general names (RFC 5280, section 4.2.1.6) that an identity may be. */
const OTHER = constructedTag(0);
const EMAIL = contextTag(1);
const URI = contextTag(6);
/** `user!example.com`: a name of another kind, of Fulcio's own. */
const USERNAME = `${FULCIO}.7`;

/**
 * The one subject alternative name, an e-mail address, a URI or a user's name; undefined where there is none, or of another kind.
 * Several would let a reader choose.
 */
export function alternativeNameOf({ extensions }: Certificate): string | undefined {
  const extension = extensions.get(extensionIds.subjectAlternativeName);
  if (extension === undefined) return undefined;
  const names = derItems(readDer(extension.value, tags.sequence, fault), fault);
  const [name] = names;
  if (name === undefined || names.length > 1) throw fault(`has ${names.length} subject alternative names`);
  const text = name.tag === EMAIL || name.tag === URI ? name.content : usernameOf(name);
  if (text?.some((byte) => byte < 0x20 || byte > 0x7e)) throw fault("has a name that is not printable text");
  return text?.toString("latin1");
}

function usernameOf(name: DerValue): Buffer | undefined {
  if (name.tag !== OTHER) return undefined;
  const fields = derFields(name, fault);
  if (derOid(fields.next(tags.oid), fault) !== USERNAME) return undefined;
  const { content } = readDer(fields.next(constructedTag(0)).content, tags.utf8String, fault);
  fields.end();
  return content;
}
