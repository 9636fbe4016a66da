/**
 * Signatures in files: Sigstore bundles (one, or one a line, as GitHub's attestations come), DSSE envelopes, notation's
 * envelopes, and what `cosign download` prints. Nothing of them is verified here.
 */
import { closeSync, openSync, readSync } from "node:fs";
import type { Digest } from "../../core/digest.ts";
import { parseJson } from "../../core/parse-json.ts";
import { Problem } from "../../core/problem.ts";
import { systemCause } from "../../core/system-cause.ts";
import { isObject, type Untyped, valueAt } from "../../core/untyped.ts";
import { formOf } from "../../engines/trust/envelope.ts";
import { isBundle } from "../../engines/trust/forms.ts";
import type { Envelope, FoundSignature } from "../../engines/trust/model.ts";
import { bounds } from "./bounds.ts";

/**
 * @param subject - what the caller says that they are about; each says itself what it signs
 * @throws Problem (usage) `trust.file` where it cannot be read, is over a bound, or holds something else than signatures
 */
export function readSignatureFile(path: string, subject: Digest): readonly FoundSignature[] {
  const bytes = readBounded(path);
  return recordsOf(bytes, path).map((record, i) => {
    const envelope = envelopeIn(record);
    if (envelope === undefined) throw refused(path, `entry ${i + 1} is not a known signature format`);
    return { form: formOf(envelope, "file"), subject, place: { by: "file", name: path }, envelope };
  });
}

interface Record {
  readonly bytes: Buffer;
  /** Undefined of what is no JSON. */
  readonly document?: Untyped;
}

/** One document, or one a line. */
function recordsOf(bytes: Buffer, path: string): readonly Record[] {
  if (bytes[0] === COSE_SIGN1) return [{ bytes }];
  const whole = documentOf(bytes);
  if (whole !== undefined) return [{ bytes, document: whole }];
  const lines = bytes.toString().split("\n");
  if (lines.length > 2 * bounds.fileSignatures) throw refused(path, `more than ${bounds.fileSignatures} signatures`);
  const records = lines.flatMap((line, i): Record[] => {
    if (line.trim() === "") return [];
    const document = documentOf(Buffer.from(line));
    if (document === undefined) throw refused(path, `line ${i + 1} is not a JSON object`);
    return [{ bytes: Buffer.from(line), document }];
  });
  if (records.length === 0) throw refused(path, "no signatures");
  if (records.length > bounds.fileSignatures) throw refused(path, `more than ${bounds.fileSignatures} signatures`);
  return records;
}

/** The tag 18 of CBOR (RFC 9052, section 2), in its one byte. */
const COSE_SIGN1 = 0xd2;

function documentOf(bytes: Buffer): Untyped | undefined {
  try {
    const value: unknown = parseJson(bytes.toString());
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function envelopeIn({ bytes, document }: Record): Envelope | undefined {
  if (document === undefined) return { kind: "cose", bytes };
  const { mediaType } = document;
  const has = (...names: readonly string[]) => names.every((name) => document[name] !== undefined);
  if (has("verificationMaterial") || (typeof mediaType === "string" && isBundle(mediaType)))
    return { kind: "bundle", bytes };
  if (has("payloadType", "payload", "signatures")) return { kind: "dsse", bytes };
  if (has("protected", "payload", "signature")) return { kind: "jws", bytes };
  return has("Base64Signature", "Payload") ? downloaded(document) : undefined;
}

/** A line of `cosign download signature`, whose certificates are Go's structures. */
function downloaded(document: Untyped): Envelope | undefined {
  const { Base64Signature: signature, Payload: payload, Cert, Chain, Bundle, RFC3161Timestamp } = document;
  if (typeof signature !== "string" || typeof payload !== "string") return undefined;
  const certificate = pemOf(Cert);
  const chain = Array.isArray(Chain) ? Chain.map(pemOf).join("") : "";
  return {
    kind: "simple-signing",
    payload: Buffer.from(payload, "base64"),
    signature,
    ...(certificate === "" ? {} : { certificate }),
    ...(chain === "" ? {} : { chain }),
    ...(isObject(Bundle) ? { rekorBundle: JSON.stringify(Bundle) } : {}),
    ...(isObject(RFC3161Timestamp) ? { timestamp: JSON.stringify(RFC3161Timestamp) } : {}),
  };
}

function pemOf(certificate: unknown): string {
  const raw = valueAt(certificate, ["Raw"]);
  if (typeof raw !== "string") return "";
  const lines = raw.match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

/** One byte more than the bound is enough to know that it is over it; the size of a pipe says nothing. */
function readBounded(path: string): Buffer {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    const descriptor = openSync(path, "r");
    try {
      while (length <= bounds.fileBytes) {
        const chunk = Buffer.allocUnsafe(64 * 1024);
        const count = readSync(descriptor, chunk);
        if (count === 0) return Buffer.concat(chunks);
        chunks.push(chunk.subarray(0, count));
        length += count;
      }
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw refused(path, systemCause(error), error);
  }
  throw refused(path, `more than ${bounds.fileBytes} bytes`);
}

function refused(place: string, cause: string, error?: unknown): Problem {
  const details = { kind: "usage", code: "trust.file", place, cause } as const;
  return new Problem(details, error === undefined ? undefined : { cause: error });
}
