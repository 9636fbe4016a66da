/** Sigstore bundles v0.1 to v0.3 (github.com/sigstore/protobuf-specs, protos/sigstore_bundle.proto), strictly. */
import { createHash } from "node:crypto";
import { decodeBase64, decodeLongBase64 } from "../base64.ts";
import { bounds } from "../bounds.ts";
import { preAuthEncoding, readEnvelope } from "../dsse.ts";
import { type Members, membersOf, parseJson } from "../json.ts";
import { refused, shown } from "../refusal.ts";
import { contentFor, IMAGE_SIGNATURE, readStatement } from "../statement.ts";
import { isSelfIssued } from "../x509/read.ts";
import { certificateOf } from "../x509/signer-certificate.ts";
import type { InclusionProof, LogEntry, NamedSigner, SignedMaterial } from "./material.ts";

/** What each version must have: v0.1 a promise of the log, later ones a proof; v0.3 a certificate without its chain. */
const versions: Readonly<
  Record<string, { readonly proof: boolean; readonly promise: boolean; readonly chain: boolean }>
> = {
  "application/vnd.dev.sigstore.bundle+json;version=0.1": { proof: false, promise: true, chain: true },
  "application/vnd.dev.sigstore.bundle+json;version=0.2": { proof: true, promise: false, chain: true },
  "application/vnd.dev.sigstore.bundle+json;version=0.3": { proof: true, promise: false, chain: false },
  "application/vnd.dev.sigstore.bundle.v0.3+json": { proof: true, promise: false, chain: false },
};

/** Hashes in a proof: a tree of 2^64 leaves has no more levels. */
const PROOF_HASHES = 64;
/** A signed tree head, with the signatures of its witnesses. */
const CHECKPOINT_LENGTH = 16 * 1024;

/** @param artifact - the bytes that a signature without a statement is over; such a bundle is refused without them */
export function readBundle(bytes: Uint8Array, artifact?: Uint8Array): SignedMaterial {
  const bundle = membersOf(parseJson(bytes, "the bundle"), "");
  const mediaType = bundle.text("mediaType");
  const version = Object.hasOwn(versions, mediaType) ? versions[mediaType] : undefined;
  if (version === undefined) throw refused("trust.unsupported", `bundle of the media type ${shown(mediaType)}`);
  const material = bundle.object("verificationMaterial");
  const signer = readSigner(material, version.chain);
  const entries = material.objects("tlogEntries", bounds.logEntries).map((entry) => readEntry(entry));
  const timestamps = readTimestamps(material.optionalObject("timestampVerificationData"));
  material.end();
  for (const [i, entry] of entries.entries()) {
    const path = `verificationMaterial.tlogEntries[${i}]`;
    if (version.promise && entry.promise === undefined) throw refused("trust.log", `${path} has no inclusion promise`);
    if (version.proof && entry.proof === undefined) throw refused("trust.log", `${path} has no inclusion proof`);
  }
  const content = readContent(bundle, artifact);
  bundle.end();
  return { ...content, signer, entries, timestamps };
}

function readContent(
  bundle: Members,
  artifact: Uint8Array | undefined,
): Pick<SignedMaterial, "form" | "signed" | "payload" | "signatures" | "contentFor"> {
  const envelopeMembers = bundle.optionalObject("dsseEnvelope");
  const message = bundle.optionalObject("messageSignature");
  if ((envelopeMembers === undefined) === (message === undefined)) {
    throw refused("trust.form", "the bundle needs one of dsseEnvelope and messageSignature");
  }
  if (envelopeMembers !== undefined) {
    const envelope = readEnvelope(envelopeMembers);
    const statement = readStatement(envelope.payload);
    return {
      form: statement.predicateType === IMAGE_SIGNATURE ? "bundle-signature" : "bundle-attestation",
      signed: preAuthEncoding(envelope),
      payload: envelope.payload,
      signatures: envelope.signatures,
      contentFor: (digest) => contentFor(statement, digest),
    };
  }
  return readMessage(message as Members, artifact);
}

/** Names of hashes in the protocol, and how node:crypto and digests call them. */
const hashes: Readonly<Record<string, string>> = { SHA2_256: "sha256", SHA2_384: "sha384", SHA2_512: "sha512" };

function readMessage(
  message: Members,
  artifact: Uint8Array | undefined,
): Pick<SignedMaterial, "form" | "signed" | "payload" | "signatures" | "contentFor"> {
  const digest = message.object("messageDigest");
  const algorithm = digest.text("algorithm");
  const hash = Object.hasOwn(hashes, algorithm) ? hashes[algorithm] : undefined;
  if (hash === undefined) throw refused("trust.unsupported", `digest by ${shown(algorithm)}`);
  const value = digest.bytes("digest");
  digest.end();
  const signature = message.bytes("signature");
  message.end();
  if (signature.length === 0) throw refused("trust.form", "messageSignature.signature is empty");
  if (artifact === undefined) {
    throw refused("trust.unsupported", "the signature is over bytes, not over a statement about the image");
  }
  return {
    form: "bundle-signature",
    signed: artifact,
    payload: artifact,
    signatures: [{ bytes: signature }],
    contentFor(subject) {
      if (!createHash(hash).update(artifact).digest().equals(value)) {
        throw refused("trust.subject", `the bundle is about ${hash}:${value.toString("hex")}, not ${subject}`);
      }
      return { kind: "image", digest: subject, annotations: {} };
    },
  };
}

function readSigner(material: Members, mayHaveChain: boolean): NamedSigner {
  const single = material.optionalObject("certificate");
  const chain = material.optionalObject("x509CertificateChain");
  const key = material.optionalObject("publicKey");
  if ([single, chain, key].filter((member) => member !== undefined).length !== 1) {
    throw refused("trust.form", "the bundle needs one of certificate, x509CertificateChain and publicKey");
  }
  if (key !== undefined) {
    const hint = key.optionalText("hint");
    key.end();
    return hint === undefined || hint === "" ? { kind: "key" } : { kind: "key", hint };
  }
  if (single !== undefined) {
    const certificate = certificateOf(single.bytes("rawBytes"), "the certificate");
    single.end();
    return { kind: "certificate", certificate, chain: [] };
  }
  if (!mayHaveChain) throw refused("trust.form", "a bundle of this version has a certificate without its chain");
  return readChain(chain as Members);
}

function readChain(chain: Members): NamedSigner {
  const [certificate, ...issuers] = chain.objects("certificates", bounds.chain).map((item, i) => {
    const read = certificateOf(item.bytes("rawBytes"), `certificate ${i + 1} of the chain`);
    item.end();
    return read;
  });
  chain.end();
  if (certificate === undefined) throw refused("trust.form", "the certificate chain is empty");
  // A root that comes along is no reason to trust it, and bundles must not have one.
  if (issuers.some(isSelfIssued)) throw refused("trust.certificate", "the certificate chain contains a root");
  return { kind: "certificate", certificate, chain: issuers };
}

function readEntry(entry: Members): LogEntry {
  const logIndex = entry.has("logIndex") ? entry.count("logIndex") : 0n;
  const id = entry.object("logId");
  const logId = id.bytes("keyId");
  id.end();
  const kind = entry.object("kindVersion");
  const read = { kind: kind.text("kind"), version: kind.text("version") };
  kind.end();
  const integratedTime = entry.has("integratedTime") ? entry.count("integratedTime") : 0n;
  const promise = entry.optionalObject("inclusionPromise");
  const signed = promise?.bytes("signedEntryTimestamp");
  promise?.end();
  const proof = entry.optionalObject("inclusionProof");
  const body = entry.bytes("canonicalizedBody");
  entry.end();
  if (integratedTime > 0n && signed === undefined) {
    throw refused("trust.time", `${entry.path}.integratedTime is vouched for by nobody`);
  }
  return {
    logIndex,
    logId,
    ...read,
    integratedTime,
    ...(signed === undefined ? {} : { promise: signed }),
    ...(proof === undefined ? {} : { proof: readProof(proof) }),
    body,
  };
}

function readProof(proof: Members): InclusionProof {
  // The first entry of a log: JSON of protocol buffers leaves zero out (as Go writes it).
  const logIndex = proof.has("logIndex") ? proof.count("logIndex") : 0n;
  const rootHash = proof.bytes("rootHash");
  const treeSize = proof.count("treeSize");
  const hashes = proof.list("hashes", PROOF_HASHES).map((hash, i) => {
    const bytes = decodeBase64(hash);
    if (bytes === undefined) throw refused("trust.form", `${proof.path}.hashes[${i}] is not base64`);
    return bytes;
  });
  const head = proof.optionalObject("checkpoint");
  const checkpoint = head?.text("envelope");
  head?.end();
  proof.end();
  if (checkpoint !== undefined && checkpoint.length > CHECKPOINT_LENGTH) {
    throw refused("trust.bound", `${proof.path}.checkpoint has more than ${CHECKPOINT_LENGTH} characters`);
  }
  return { logIndex, rootHash, treeSize, hashes, ...(checkpoint === undefined ? {} : { checkpoint }) };
}

function readTimestamps(data: Members | undefined): Buffer[] {
  if (data === undefined) return [];
  const timestamps = data.objects("rfc3161Timestamps", bounds.logEntries).map((item) => {
    const bytes = decodeLongBase64(item.text("signedTimestamp"));
    if (bytes === undefined) throw refused("trust.form", `${item.path}.signedTimestamp is not base64`);
    item.end();
    return bytes;
  });
  data.end();
  return timestamps;
}
