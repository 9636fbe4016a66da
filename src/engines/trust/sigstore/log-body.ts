/**
 * Bodies of log entries, by kind (github.com/sigstore/rekor, pkg/types; rekor-tiles, api/proto/rekor/v2): that an entry is
 * this signature's, by this signer, over these bytes.
 */
import { createHash } from "node:crypto";
import { decodeBase64 } from "../base64.ts";
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

const other = (what: string) => refused("trust.log", `the log entry is of another ${what}`);

const readers: Readonly<Record<string, (spec: Members, claim: EntryClaim) => void>> = {
  "hashedrekord 0.0.1": hashedRekord1,
  "hashedrekord 0.0.2": (spec, claim) => hashedRekord2(spec.object("hashedRekordV002"), claim),
  "dsse 0.0.1": dsse1,
  "dsse 0.0.2": (spec, claim) => dsse2(spec.object("dsseV002"), claim),
  "intoto 0.0.1": intoto1,
  "intoto 0.0.2": intoto2,
};

export function verifyEntryBody({ kind, version, body }: LogEntry, claim: EntryClaim): void {
  const entry = membersOf(parseJson(body, "the log entry"), "", "trust.log");
  if (entry.text("kind") !== kind || entry.text("apiVersion") !== version) {
    throw refused("trust.log", `the log entry is not of the kind ${shown(`${kind} ${version}`)}`);
  }
  const name = `${kind} ${version}`;
  const reader = Object.hasOwn(readers, name) ? readers[name] : undefined;
  if (reader === undefined) throw refused("trust.unsupported", `log entry of the kind ${shown(name)}`);
  reader(entry.object("spec"), claim);
}

function hashedRekord1(spec: Members, claim: EntryClaim): void {
  const hash = spec.object("data").object("hash");
  const signature = spec.object("signature");
  refuseOtherSignature(signature.bytes("content"), claim);
  refuseOtherSigner(pemOf(signature.object("publicKey").bytes("content")), claim);
  refuseOtherHash(hash.text("algorithm"), hash.text("value"), claim.signed, "content");
}

function hashedRekord2(spec: Members, claim: EntryClaim): void {
  const data = spec.object("data");
  const signature = spec.object("signature");
  refuseOtherSignature(signature.bytes("content"), claim);
  refuseOtherSigner(verifierOf(signature.object("verifier")), claim);
  refuseOtherHash(data.text("algorithm"), data.bytes("digest").toString("hex"), claim.signed, "content");
}

function dsse1(spec: Members, claim: EntryClaim): void {
  refuseOtherForm(claim);
  const signatures = spec.objects("signatures", claim.signatures.length).map((signature) => ({
    signature: signature.bytes("signature"),
    signer: pemOf(signature.bytes("verifier")),
  }));
  refuseOtherEnvelope(signatures, claim);
  const hash = spec.object("payloadHash");
  refuseOtherHash(hash.text("algorithm"), hash.text("value"), claim.payload, "payload");
}

function dsse2(spec: Members, claim: EntryClaim): void {
  refuseOtherForm(claim);
  const signatures = spec.objects("signatures", claim.signatures.length).map((signature) => ({
    signature: signature.bytes("content"),
    signer: verifierOf(signature.object("verifier")),
  }));
  refuseOtherEnvelope(signatures, claim);
  const hash = spec.object("payloadHash");
  refuseOtherHash(hash.text("algorithm"), hash.bytes("digest").toString("hex"), claim.payload, "payload");
}

/** The signature is not in it: it is bound by the hash of the whole envelope as it was sent, which only its bytes can meet. */
function intoto1(spec: Members, claim: EntryClaim): void {
  refuseOtherForm(claim);
  const content = spec.object("content");
  const hash = content.object("hash");
  refuseOtherSigner(pemOf(spec.bytes("publicKey")), claim);
  const value = hash.text("value");
  const forms = [...(claim.envelope === undefined ? [] : [claim.envelope]), ...envelopesOf(claim)];
  const isOwn = forms.some((form) => hash.text("algorithm") === "sha256" && sha256(form) === value);
  if (!isOwn) throw other("envelope");
  const payload = content.optionalObject("payloadHash");
  if (payload !== undefined)
    refuseOtherHash(payload.text("algorithm"), payload.text("value"), claim.payload, "payload");
}

/** A bundle keeps an envelope's parts, not its bytes: these are the bytes as Go's encoding/json writes them. */
function envelopesOf({ payload, signatures }: EntryClaim): Buffer[] {
  const type = '"payloadType":"application/vnd.in-toto+json"';
  const body = `"payload":"${Buffer.from(payload).toString("base64")}"`;
  const list = signatures.map((signature) => `{"keyid":"","sig":"${signature.toString("base64")}"}`).join(",");
  return [`{${type},${body},"signatures":[${list}]}`].map((text) => Buffer.from(text));
}

/** In this version texts are base64 twice. */
function intoto2(spec: Members, claim: EntryClaim): void {
  refuseOtherForm(claim);
  const content = spec.object("content");
  const signatures = content
    .object("envelope")
    .objects("signatures", claim.signatures.length)
    .map((signature) => ({
      signature: decodeBase64(signature.bytes("sig").toString("latin1")) ?? Buffer.alloc(0),
      signer: pemOf(signature.bytes("publicKey")),
    }));
  refuseOtherEnvelope(signatures, claim);
  const hash = content.object("payloadHash");
  refuseOtherHash(hash.text("algorithm"), hash.text("value"), claim.payload, "payload");
}

function refuseOtherForm({ isEnvelope }: EntryClaim): void {
  if (!isEnvelope) throw other("form of signature");
}

/** Each signature of the entry must be the envelope's, and ours be there under our name. */
function refuseOtherEnvelope(
  signatures: readonly { readonly signature: Buffer; readonly signer: Buffer }[],
  claim: EntryClaim,
): void {
  if (signatures.length !== claim.signatures.length) throw other("number of signatures");
  if (signatures.some(({ signature }) => !claim.signatures.some((own) => own.equals(signature)))) {
    throw other("signature");
  }
  const own = signatures.find(({ signature }) => signature.equals(claim.signature));
  if (own === undefined) throw other("signature");
  refuseOtherSigner(own.signer, claim);
}

function refuseOtherSignature(signature: Buffer, claim: EntryClaim): void {
  if (!signature.equals(claim.signature)) throw other("signature");
}

function refuseOtherSigner(der: Buffer, { certificate, spki }: EntryClaim): void {
  if (der.equals(spki) || certificate?.equals(der) === true) return;
  throw other(certificate === undefined ? "key" : "certificate");
}

const hashes: Readonly<Record<string, string>> = {
  sha256: "sha256",
  sha384: "sha384",
  sha512: "sha512",
  SHA2_256: "sha256",
  SHA2_384: "sha384",
  SHA2_512: "sha512",
};

function refuseOtherHash(algorithm: string, hex: string, bytes: Uint8Array, what: string): void {
  const hash = Object.hasOwn(hashes, algorithm) ? hashes[algorithm] : undefined;
  if (hash === undefined) throw refused("trust.unsupported", `log entry by the hash ${shown(algorithm)}`);
  if (createHash(hash).update(bytes).digest("hex") !== hex) throw other(what);
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
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
