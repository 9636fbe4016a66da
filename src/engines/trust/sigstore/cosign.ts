/** What cosign keeps in a layer and its annotations (github.com/sigstore/cosign, specs/SIGNATURE_SPEC.md), strictly. */
import { valueAt } from "../../../core/untyped.ts";
import { decodeBase64 } from "../base64.ts";
import { bounds } from "../bounds.ts";
import { preAuthEncoding, readEnvelope } from "../dsse.ts";
import { membersOf, parseJson } from "../json.ts";
import type { CosignAnnotations, Envelope } from "../model.ts";
import { readPem } from "../pem.ts";
import { refused, shown } from "../refusal.ts";
import { readSimpleSigning } from "../simple-signing.ts";
import { contentFor, readStatement } from "../statement.ts";
import { certificateOf } from "../x509/signer-certificate.ts";
import type { LogEntry, NamedSigner, SignedMaterial } from "./material.ts";

type SimpleSigning = Extract<Envelope, { readonly kind: "simple-signing" }>;
type Dsse = Extract<Envelope, { readonly kind: "dsse" }>;

export function readSignatureLayer(envelope: SimpleSigning, form: SignedMaterial["form"]): SignedMaterial {
  const { payload, signature } = envelope;
  const { digest: signed, content } = readSimpleSigning(payload);
  const bytes = decodeBase64(signature);
  if (bytes === undefined || bytes.length === 0) throw refused("trust.form", "the signature is not base64");
  return {
    form,
    signed: payload,
    payload,
    signatures: [{ bytes }],
    ...readAnnotations(envelope),
    contentFor(digest) {
      if (digest !== signed) throw refused("trust.subject", `the payload is about ${signed}, not ${digest}`);
      return content;
    },
  };
}

export function readAttestationLayer(envelope: Dsse, form: SignedMaterial["form"]): SignedMaterial {
  const dsse = readEnvelope(membersOf(parseJson(envelope.bytes, "the envelope"), ""));
  const statement = readStatement(dsse.payload);
  return {
    form,
    signed: preAuthEncoding(dsse),
    payload: dsse.payload,
    envelope: envelope.bytes,
    signatures: dsse.signatures,
    ...readAnnotations(envelope),
    contentFor: (digest) => contentFor(statement, digest),
  };
}

function readAnnotations(annotations: CosignAnnotations): Pick<SignedMaterial, "signer" | "entries" | "timestamps"> {
  const { rekorBundle, timestamp } = annotations;
  return {
    signer: readSigner(annotations),
    entries: rekorBundle === undefined ? [] : [readEntry(rekorBundle)],
    timestamps: timestamp === undefined ? [] : [readTimestamp(timestamp)],
  };
}

function readSigner({ certificate, chain }: CosignAnnotations): NamedSigner {
  if (certificate === undefined) {
    if (chain !== undefined) throw refused("trust.form", "a certificate chain without a certificate");
    return { kind: "key" };
  }
  const [der] = readPem(certificate, "CERTIFICATE", 1) ?? [];
  if (der === undefined) throw refused("trust.form", "the certificate is not one certificate as PEM");
  const issuers = chain === undefined ? [] : readPem(chain, "CERTIFICATE", bounds.chain);
  if (issuers === undefined) throw refused("trust.form", "the certificate chain is not PEM");
  return {
    kind: "certificate",
    certificate: certificateOf(der, "the certificate"),
    chain: issuers.map((issuer, i) => certificateOf(issuer, `certificate ${i + 1} of the chain`)),
  };
}

function readEntry(json: string): LogEntry {
  const bundle = membersOf(parseJson(Buffer.from(json), "the log bundle"), "");
  const promise = bundle.bytes("SignedEntryTimestamp");
  const payload = bundle.object("Payload");
  bundle.end();
  const body = payload.bytes("body");
  const logId = payload.text("logID");
  const count = (name: string): bigint => {
    const value = payload.any(name);
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return BigInt(value);
    throw refused(
      "trust.form",
      `Payload.${name} is ${typeof value === "number" && value < 0 ? "negative" : "not a number"}`,
    );
  };
  const [integratedTime, logIndex] = [count("integratedTime"), count("logIndex")];
  payload.end();
  if (!/^(?:[0-9a-f]{2}){1,64}$/.test(logId))
    throw refused("trust.form", `Payload.logID is ${shown(logId)}, not an id`);
  const entry = parseJson(body, "the log entry");
  const [kind, version] = [valueAt(entry, ["kind"]), valueAt(entry, ["apiVersion"])];
  if (typeof kind !== "string" || typeof version !== "string") throw refused("trust.log", "the log entry has no kind");
  return { logIndex, logId: Buffer.from(logId, "hex"), kind, version, integratedTime, promise, body };
}

function readTimestamp(json: string): Buffer {
  const members = membersOf(parseJson(Buffer.from(json), "the timestamp"), "");
  const bytes = members.bytes("SignedRFC3161Timestamp");
  members.end();
  return bytes;
}
