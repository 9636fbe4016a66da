/**
 * Bodies of log entries, by kind (github.com/sigstore/rekor, pkg/types; rekor-tiles, api/proto/rekor/v2): that an entry is
 * this signature's, by this signer, over these bytes.
 */
import { createHash } from "node:crypto";
import { decodeBase64 } from "../base64.ts";
import { bounds } from "../bounds.ts";
import { type Members, membersOf, parseJson } from "../json.ts";
import { readPem } from "../pem.ts";
import { refused, shown } from "../refusal.ts";
import type { LogEntry } from "./material.ts";

/** What the entry must say. */
export interface EntryClaim {
  readonly signature: Buffer;
  /** All of the envelope's; of other forms the one. */
  readonly signatures: readonly Buffer[];
  /** DER: of the certificate, where one was used; and of its key. */
  readonly certificate?: Buffer;
  readonly spki: Buffer;
  /** The bytes under the signature. */
  readonly signed: Uint8Array;
  /** Of a DSSE envelope, else the signed bytes. */
  readonly payload: Uint8Array;
  /** Of a DSSE envelope as it is kept: JSON. */
  readonly envelope?: Uint8Array;
  readonly isEnvelope: boolean;
}

/** What of the entry is another's, in its own words; empty where all of it is this signature's. */
type Differences = readonly string[];

const readers: Readonly<Record<string, (spec: Members, claim: EntryClaim) => Differences>> = {
  "hashedrekord 0.0.1": hashedRekord1,
  "hashedrekord 0.0.2": (spec, claim) => hashedRekord2(spec.object("hashedRekordV002"), claim),
  "dsse 0.0.1": dsse1,
  "dsse 0.0.2": (spec, claim) => dsse2(spec.object("dsseV002"), claim),
  "intoto 0.0.1": intoto1,
  "intoto 0.0.2": intoto2,
};

/** The kinds that are entries of envelopes: what signs other bytes cannot be one. */
const ofEnvelopes = /^(?:dsse|intoto) /;

export function verifyEntryBody({ kind, version, body }: LogEntry, claim: EntryClaim): void {
  const entry = membersOf(parseJson(body, "the log entry"), "", "trust.log");
  const name = `${kind} ${version}`;
  if (entry.text("kind") !== kind || entry.text("apiVersion") !== version) {
    throw refused("trust.log", `the log entry is not of the kind ${shown(name)}`);
  }
  const reader = Object.hasOwn(readers, name) ? readers[name] : undefined;
  if (reader === undefined) throw refused("trust.unsupported", `log entry of the kind ${shown(name)}`);
  if (ofEnvelopes.test(name) && !claim.isEnvelope) throw refused("trust.log", "the log entry is of an envelope");
  const differences = reader(entry.object("spec"), claim);
  if (differences.length === 0) return;
  throw refused("trust.log", `the log entry is of another ${differences.join(" and another ")}`);
}

function hashedRekord1(spec: Members, claim: EntryClaim): Differences {
  const hash = spec.object("data").object("hash");
  const signature = spec.object("signature");
  return [
    ...otherSignature(signature.bytes("content"), claim),
    ...otherSigner(pemOf(signature.object("publicKey").bytes("content")), claim),
    ...otherHash(hash.text("algorithm"), hash.text("value"), claim.signed, "content"),
  ];
}

function hashedRekord2(spec: Members, claim: EntryClaim): Differences {
  const data = spec.object("data");
  const signature = spec.object("signature");
  return [
    ...otherSignature(signature.bytes("content"), claim),
    ...otherSigner(verifierOf(signature.object("verifier")), claim),
    ...otherHash(data.text("algorithm"), data.bytes("digest").toString("hex"), claim.signed, "content"),
  ];
}

function dsse1(spec: Members, claim: EntryClaim): Differences {
  const signatures = spec.objects("signatures", bounds.envelopeSignatures).map((signature) => ({
    signature: signature.bytes("signature"),
    signer: pemOf(signature.bytes("verifier")),
  }));
  const hash = spec.object("payloadHash");
  return [
    ...otherSignatures(signatures, claim),
    ...otherHash(hash.text("algorithm"), hash.text("value"), claim.payload, "payload"),
  ];
}

function dsse2(spec: Members, claim: EntryClaim): Differences {
  const signatures = spec.objects("signatures", bounds.envelopeSignatures).map((signature) => ({
    signature: signature.bytes("content"),
    signer: verifierOf(signature.object("verifier")),
  }));
  const hash = spec.object("payloadHash");
  return [
    ...otherSignatures(signatures, claim),
    ...otherHash(hash.text("algorithm"), hash.bytes("digest").toString("hex"), claim.payload, "payload"),
  ];
}

/** The signature is not in it: it is bound by the hash of the whole envelope as it was sent, which only its bytes can meet. */
function intoto1(spec: Members, claim: EntryClaim): Differences {
  const content = spec.object("content");
  const hash = content.object("hash");
  const payload = content.optionalObject("payloadHash");
  const forms = [...(claim.envelope === undefined ? [] : [claim.envelope]), envelopeOf(claim)];
  const [algorithm, value] = [hash.text("algorithm"), hash.text("value")];
  return [
    ...(forms.some((form) => otherHash(algorithm, value, form, "").length === 0) ? [] : ["envelope"]),
    ...otherSigner(pemOf(spec.bytes("publicKey")), claim),
    ...(payload === undefined
      ? []
      : otherHash(payload.text("algorithm"), payload.text("value"), claim.payload, "payload")),
  ];
}

/** A bundle keeps an envelope's parts, not its bytes: these are the bytes as Go's encoding/json writes them. */
function envelopeOf({ payload, signatures }: EntryClaim): Buffer {
  const list = signatures.map((signature) => `{"keyid":"","sig":"${signature.toString("base64")}"}`).join(",");
  const body = Buffer.from(payload).toString("base64");
  return Buffer.from(`{"payloadType":"application/vnd.in-toto+json","payload":"${body}","signatures":[${list}]}`);
}

/** In this version texts are base64 twice. */
function intoto2(spec: Members, claim: EntryClaim): Differences {
  const content = spec.object("content");
  const signatures = content
    .object("envelope")
    .objects("signatures", bounds.envelopeSignatures)
    .map((signature) => ({
      signature: decodeBase64(signature.bytes("sig").toString("latin1")) ?? Buffer.alloc(0),
      signer: pemOf(signature.bytes("publicKey")),
    }));
  const hash = content.object("payloadHash");
  return [
    ...otherSignatures(signatures, claim),
    ...otherHash(hash.text("algorithm"), hash.text("value"), claim.payload, "payload"),
  ];
}

/** Each signature of the entry must be the envelope's, and ours be there under our name. */
function otherSignatures(
  signatures: readonly { readonly signature: Buffer; readonly signer: Buffer }[],
  claim: EntryClaim,
): Differences {
  if (signatures.length !== claim.signatures.length) return ["number of signatures"];
  const own = signatures.find(({ signature }) => signature.equals(claim.signature));
  const areKnown = signatures.every(({ signature }) => claim.signatures.some((known) => known.equals(signature)));
  if (own === undefined || !areKnown) {
    return ["signature", ...(signatures.length === 1 && signatures[0] ? otherSigner(signatures[0].signer, claim) : [])];
  }
  return otherSigner(own.signer, claim);
}

function otherSignature(signature: Buffer, claim: EntryClaim): Differences {
  return signature.equals(claim.signature) ? [] : ["signature"];
}

function otherSigner(der: Buffer, { certificate, spki }: EntryClaim): Differences {
  if (der.equals(spki) || certificate?.equals(der) === true) return [];
  return [certificate === undefined ? "key" : "certificate"];
}

const hashes: Readonly<Record<string, string>> = {
  sha256: "sha256",
  sha384: "sha384",
  sha512: "sha512",
  SHA2_256: "sha256",
  SHA2_384: "sha384",
  SHA2_512: "sha512",
};

function otherHash(algorithm: string, hex: string, bytes: Uint8Array, what: string): Differences {
  const hash = Object.hasOwn(hashes, algorithm) ? hashes[algorithm] : undefined;
  if (hash === undefined) throw refused("trust.unsupported", `log entry by the hash ${shown(algorithm)}`);
  return createHash(hash).update(bytes).digest("hex") === hex ? [] : [what];
}

/** DER of a certificate or of a public key. */
function pemOf(bytes: Buffer): Buffer {
  const text = bytes.toString("latin1");
  const [der] = readPem(text, "CERTIFICATE", 1) ?? readPem(text, "PUBLIC KEY", 1) ?? [];
  if (der === undefined)
    throw refused("trust.log", "the log entry has a signer that is neither a certificate nor a key");
  return der;
}

function verifierOf(verifier: Members): Buffer {
  const named = verifier.optionalObject("x509Certificate") ?? verifier.object("publicKey");
  return named.bytes("rawBytes");
}
