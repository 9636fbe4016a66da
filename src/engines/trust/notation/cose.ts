/** COSE envelopes (RFC 9052, COSE_Sign1 with its tag; Notary Project, signature-envelope-cose.md). */
import { type CborValue, readCbor } from "../../../formats/cbor/read.ts";
import { writeCbor } from "../../../formats/cbor/write.ts";
import { bounds } from "../bounds.ts";
import { refused, shown } from "../refusal.ts";
import { coseLabels, type NotationAlgorithm, notationAlgorithms } from "./algorithm.ts";
import { expectPayloadType, headers, malformed, type NotationEnvelope, readAttributes } from "./envelope.ts";

const SIGN1 = 18n;
const EPOCH_TIME = 1n;
/** Registered labels; what has them is known to every reader of COSE, so none may be named critical. */
const labels = { algorithm: 1n, critical: 2n, contentType: 3n, last: 8n, chain: 33n } as const;

type Label = bigint | string;
type Header = ReadonlyMap<Label, CborValue>;

/** @throws a refusal: `trust.form`, `trust.unsupported` */
export function readCose(bytes: Buffer): NotationEnvelope {
  const tagged = cborOf(bytes, "the envelope");
  if (tagged.kind !== "tag" || tagged.tag !== SIGN1) throw malformed("the envelope is not a tagged COSE_Sign1");
  const [protectedBytes, unprotectedMap, payload, signature, ...more] = listOf(tagged.value, "the envelope");
  if (more.length > 0) throw malformed("the envelope has more than four parts");
  const written = bytesOf(protectedBytes, "the protected header");
  const protectedHeader = headerOf(cborOf(written, "the protected header"), "the protected header");
  const unprotected = headerOf(unprotectedMap, "the unprotected header");
  // RFC 9052, section 3: which of the two would count?
  const both = [...unprotected.keys()].find((label) => protectedHeader.has(label));
  if (both !== undefined) throw malformed(`${nameOf(both)} stands in both headers`);
  if (unprotected.has(labels.critical)) throw malformed("crit is not protected");
  if (payload?.kind === "simple") throw refused("trust.unsupported", "the payload is not in the envelope");

  const algorithm = algorithmOf(protectedHeader);
  expectPayloadType(textOf(protectedHeader.get(labels.contentType), "the content type"));
  return {
    format: "COSE",
    algorithm,
    attributes: readAttributes({
      critical: criticalOf(protectedHeader),
      has: (name) => protectedHeader.has(name),
      text: (name) => textOf(protectedHeader.get(name), `header ${name}`),
      time: (name) => timeOf(protectedHeader.get(name), name),
    }),
    payload: bytesOf(payload, "the payload"),
    signed: signedBytes(written, bytesOf(payload, "the payload")),
    signature: bytesOf(signature, "the signature"),
    chain: chainOf(unprotected.get(labels.chain) ?? protectedHeader.get(labels.chain)),
    ...timestampOf(unprotected.get(headers.timestamp)),
  };
}

/** Sig_structure of RFC 9052, section 4.4, with no data from outside. */
export function signedBytes(protectedHeader: Buffer, payload: Buffer): Buffer {
  return writeCbor({
    kind: "list",
    items: [
      { kind: "text", value: "Signature1" },
      { kind: "bytes", value: protectedHeader },
      { kind: "bytes", value: Buffer.alloc(0) },
      { kind: "bytes", value: payload },
    ],
  });
}

function cborOf(bytes: Buffer, what: string): CborValue {
  const fault = (cause: string) => malformed(`${what} ${cause}`);
  return readCbor(bytes, { depth: bounds.encodingDepth, values: bounds.cborValues, fault });
}

function headerOf(value: CborValue | undefined, what: string): Header {
  if (value?.kind !== "map") throw malformed(`${what} is not a map`);
  return new Map(
    value.entries.map(([key, item]) => {
      if (key.kind !== "integer" && key.kind !== "text") throw malformed(`${what} has a label of the kind ${key.kind}`);
      return [key.value, item];
    }),
  );
}

function nameOf(label: Label): string {
  return typeof label === "bigint" ? `label ${label}` : `header ${shown(label)}`;
}

function listOf(value: CborValue | undefined, what: string): readonly CborValue[] {
  if (value?.kind !== "list") throw malformed(`${what} is not a list`);
  return value.items;
}

function bytesOf(value: CborValue | undefined, what: string): Buffer {
  if (value?.kind !== "bytes" || value.value.length === 0) throw malformed(`${what} has no bytes`);
  return value.value;
}

function textOf(value: CborValue | undefined, what: string): string {
  if (value === undefined) throw malformed(`${what} is missing`);
  if (value.kind !== "text") throw malformed(`${what} is not a text`);
  return value.value;
}

function algorithmOf(header: Header): NotationAlgorithm {
  const value = header.get(labels.algorithm);
  if (value === undefined) throw malformed("the algorithm is missing");
  const algorithm = notationAlgorithms.find((known) => value.kind === "integer" && value.value === coseLabels[known]);
  if (algorithm !== undefined) return algorithm;
  const written =
    value.kind === "integer" || value.kind === "text" ? shown(`${value.value}`) : `of the kind ${value.kind}`;
  throw refused("trust.unsupported", `algorithm ${written} is not one of ${notationAlgorithms.join(", ")}`);
}

function criticalOf(header: Header): string[] {
  const value = header.get(labels.critical);
  if (value === undefined) throw malformed("crit is missing");
  return listOf(value, "crit").map((item) => {
    if (item.kind === "text") return item.value;
    if (item.kind !== "integer") throw malformed("crit is not a list of names");
    if (item.value >= 0n && item.value <= labels.last) throw malformed(`crit names label ${item.value}`);
    return `label ${item.value}`;
  });
}

/** Epoch-based (RFC 8949, section 3.4.2). Fractions of a second may be there; what no Date holds is none. */
function timeOf(value: CborValue | undefined, name: string): number {
  const seconds = value?.kind === "tag" && value.tag === EPOCH_TIME ? value.value : undefined;
  const time = seconds?.kind === "integer" || seconds?.kind === "float" ? Number(seconds.value) * 1000 : Number.NaN;
  const whole = new Date(Math.floor(time)).getTime();
  if (Number.isNaN(whole)) throw malformed(`header ${name} is not a time`);
  return whole;
}

function chainOf(value: CborValue | undefined): Buffer[] {
  if (value === undefined) throw malformed("the envelope has no certificate chain");
  const certificates = listOf(value, "x5chain");
  if (certificates.length === 0) throw malformed("the envelope has no certificate chain");
  if (certificates.length > bounds.chain) {
    throw refused("trust.bound", `the certificate chain has more than ${bounds.chain} certificates`);
  }
  return certificates.map((certificate, index) => bytesOf(certificate, `certificate ${index + 1}`));
}

function timestampOf(value: CborValue | undefined): Pick<NotationEnvelope, "timestamp"> {
  return value === undefined ? {} : { timestamp: bytesOf(value, `header ${headers.timestamp}`) };
}
