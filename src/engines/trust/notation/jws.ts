/** JWS envelopes (RFC 7515, flattened JSON; Notary Project, signature-envelope-jws.md). */
import { foldedKey, parseExactJson } from "../../../core/exact-json.ts";
import { isObject, type Untyped } from "../../../core/untyped.ts";
import { decodeBase64 } from "../base64.ts";
import { bounds } from "../bounds.ts";
import { refused, shown } from "../refusal.ts";
import { type NotationAlgorithm, notationAlgorithms } from "./algorithm.ts";
import { expectPayloadType, headers, malformed, type NotationEnvelope, readAttributes } from "./envelope.ts";

const envelopeFields = new Set(["payload", "protected", "header", "signature"]);
const unprotectedFields = new Set<string>(["x5c", headers.timestamp, headers.signingAgent]);
const protectedFields = new Set<string>(["alg", "cty", "crit", ...Object.values(headers)]);
/** Registered by JOSE; none of them may be critical, and this one says that the payload is not what is signed. */
const UNENCODED = "b64";

/** @throws a refusal: `trust.form`, `trust.unsupported` */
export function readJws(bytes: Buffer): NotationEnvelope {
  const envelope = objectOf(bytes, "the envelope");
  const more = Object.keys(envelope).find((name) => !envelopeFields.has(name));
  if (more !== undefined) throw malformed(`the envelope has a field ${shown(more)}`);
  const written = textField(envelope, "protected");
  const protectedHeader = objectOf(base64Url(written, "protected"), "the protected header");
  refuseFolded(protectedHeader, protectedFields);
  if (!isObject(envelope.header)) throw malformed("the envelope has no header");
  refuseFolded(envelope.header, unprotectedFields);
  // RFC 7515, section 7.2.1: which of the two would count?
  const both = Object.keys(envelope.header).find((name) => Object.hasOwn(protectedHeader, name));
  if (both !== undefined) throw malformed(`header ${shown(both)} stands in both headers`);
  if (Object.hasOwn(envelope.header, "crit")) throw malformed("header crit is not protected");

  const payload = textField(envelope, "payload");
  const algorithm = algorithmOf(protectedHeader);
  expectPayloadType(textField(protectedHeader, "cty"));
  if (Object.hasOwn(protectedHeader, UNENCODED)) {
    throw refused("trust.unsupported", "the payload is not encoded in base64");
  }
  return {
    format: "JWS",
    algorithm,
    attributes: readAttributes({
      critical: criticalOf(protectedHeader),
      has: (name) => Object.hasOwn(protectedHeader, name),
      text: (name) => textField(protectedHeader, name),
      time: (name) => timeOf(textField(protectedHeader, name), name),
    }),
    payload: base64Url(payload, "payload"),
    signed: Buffer.from(`${written}.${payload}`, "latin1"),
    signature: base64Url(textField(envelope, "signature"), "signature"),
    chain: chainOf(envelope.header),
    ...timestampOf(envelope.header),
  };
}

function objectOf(bytes: Buffer, what: string): Untyped {
  const json = parseExactJson(bytes);
  if ("fault" in json) throw malformed(shown(`${what}: ${json.fault}`));
  if (!isObject(json.value)) throw malformed(`${what} is not a JSON object`);
  return json.value;
}

/** notation itself, written in Go, takes `ALG` for `alg`: two readers, two envelopes. */
function refuseFolded(json: Untyped, fields: ReadonlySet<string>): void {
  const folded = foldedKey(json, fields);
  if (folded !== undefined) throw malformed(`header ${shown(folded)} is written in another case`);
}

function textField(json: Untyped, name: string): string {
  const value = Object.hasOwn(json, name) ? json[name] : undefined;
  if (value === undefined) throw malformed(`${name} is missing`);
  if (typeof value !== "string" || value === "") throw malformed(`${name} is not a text`);
  return value;
}

/** RFC 7515, section 2: without padding. One text a value, so that none passes for another. */
function base64Url(text: string, what: string): Buffer {
  const bytes = Buffer.from(text, "base64url");
  if (bytes.toString("base64url") !== text) throw malformed(`${what} is not base64url`);
  return bytes;
}

function algorithmOf(header: Untyped): NotationAlgorithm {
  const written = textField(header, "alg");
  const algorithm = notationAlgorithms.find((known) => known === written);
  if (algorithm === undefined) {
    throw refused("trust.unsupported", `algorithm ${shown(written)} is not one of ${notationAlgorithms.join(", ")}`);
  }
  return algorithm;
}

function criticalOf(header: Untyped): string[] {
  const { crit } = header;
  if (!Array.isArray(crit) || !crit.every((name) => typeof name === "string")) {
    throw malformed("crit is not a list of names");
  }
  return crit;
}

const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d{1,9})?(?:Z|[+-](\d\d):(\d\d))$/;

/** RFC 3339, section 5.6. Days that do not exist and leap seconds, which nobody's clock shows, are refused. */
function timeOf(text: string, name: string): number {
  const [, year, month, day, ...rest] = RFC_3339.exec(text) ?? [];
  const [hour = 0, minute = 0, second = 0, , offsetHour = 0, offsetMinute = 0] = rest.map((part) => Number(part ?? 0));
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
  const isDay = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(`${year}-${month}-${day}`);
  if (!isDay || hour > 23 || minute > 59 || second > 59 || offsetHour > 23 || offsetMinute > 59) {
    throw malformed(`header ${name} is not a time`);
  }
  return Date.parse(text);
}

/** Standard base64, as x5c has it (RFC 7515, section 4.1.6). */
function chainOf(header: Untyped): Buffer[] {
  const { x5c } = header;
  if (!Array.isArray(x5c) || x5c.length === 0) throw malformed("the envelope has no certificate chain");
  if (x5c.length > bounds.chain) {
    throw refused("trust.bound", `the certificate chain has more than ${bounds.chain} certificates`);
  }
  return x5c.map((written, index) => {
    const der = decodeBase64(written);
    if (der === undefined) throw malformed(`certificate ${index + 1} is not base64`);
    return der;
  });
}

function timestampOf(header: Untyped): Pick<NotationEnvelope, "timestamp"> {
  if (!Object.hasOwn(header, headers.timestamp)) return {};
  const timestamp = decodeBase64(header[headers.timestamp]);
  if (timestamp === undefined) throw malformed(`header ${headers.timestamp} is not base64`);
  return { timestamp };
}
