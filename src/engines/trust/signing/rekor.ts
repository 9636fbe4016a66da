/**
 * Entries in a log of Rekor's first API (sigstore/rekor, openapi.yaml; the types hashedrekord 0.0.1, dsse 0.0.1 and intoto
 * 0.0.2). What comes back is compared with what was sent: an entry of another signature would be refused only later, by
 * those who verify.
 */
import { createHash } from "node:crypto";
import { json } from "@sigstore/core";
import { isObject, type Untyped, valueAt } from "../../../core/untyped.ts";
import { decodeBase64 } from "../base64.ts";
import { bounds } from "./bounds.ts";
import { envelopeJson, type MadeEnvelope } from "./dsse.ts";
import { type InclusionProof, type LogEntry, type Logged, PROOF_HASHES } from "./log-entry.ts";
import { below, jsonOf, type ServiceAnswer, type Services, wrongAnswer } from "./service.ts";

/** How an envelope is entered; readers from before 2024 know intoto alone. */
export type EnvelopeEntry = "dsse" | "intoto";

const WHAT = "log entry";

/** @throws Problem `signing.service-answer` where the entry is not this signature's; what asking throws */
export async function enterInRekor(
  rekor: URL,
  logged: Logged,
  envelopeEntry: EnvelopeEntry,
  services: Services,
): Promise<LogEntry> {
  const url = below(rekor, "/api/v1/log/entries");
  const headers = { "content-type": "application/json", accept: "application/json" };
  const request = { what: WHAT, headers, limit: bounds.logAnswerBytes } as const;
  const body = JSON.stringify(proposed(logged, envelopeEntry));
  const answer = await services.ask({ ...request, url, method: "POST", body, accepts: [200, 201, 409] });
  if (answer.status !== 409) return entryOf(answer, logged, url);
  // It is there already, as of a try whose answer was lost.
  const place = entryUrl(answer, url);
  return entryOf(await services.ask({ ...request, url: place, method: "GET", accepts: [200] }), logged, place);
}

function entryUrl({ headers }: ServiceAnswer, url: URL): URL {
  const id = /\/api\/v1\/log\/entries\/([0-9a-f]{64}|[0-9a-f]{80})$/.exec(headers.location ?? "")?.[1];
  if (id === undefined) throw wrongAnswer(WHAT, url, "the entry exists, and the answer does not say where");
  return below(url, `/${id}`);
}

function proposed(logged: Logged, envelopeEntry: EnvelopeEntry): object {
  const verifier = base64(logged.verifier.pem);
  if (logged.kind === "bytes") {
    return {
      apiVersion: "0.0.1",
      kind: "hashedrekord",
      spec: {
        data: { hash: { algorithm: "sha256", value: hashOf(logged.bytes) } },
        signature: { content: logged.signature.toString("base64"), publicKey: { content: verifier } },
      },
    };
  }
  const { envelope } = logged;
  if (envelopeEntry === "dsse") {
    const proposedContent = { envelope: envelopeJson(envelope), verifiers: [verifier] };
    return { apiVersion: "0.0.1", kind: "dsse", spec: { proposedContent } };
  }
  return { apiVersion: "0.0.2", kind: "intoto", spec: { content: intotoContent(envelope, logged.verifier.pem) } };
}

/** Payload and signature are encoded twice there; the envelope's hash is over what encodes them once. */
function intotoContent({ payloadType, payload, signature }: MadeEnvelope, pem: string): object {
  const [content, sig] = [payload.toString("base64"), signature.toString("base64")];
  const hashed = json.canonicalize({ payloadType, payload: content, signatures: [{ sig, publicKey: pem }] });
  return {
    envelope: { payloadType, payload: base64(content), signatures: [{ sig: base64(sig), publicKey: base64(pem) }] },
    hash: { algorithm: "sha256", value: hashOf(Buffer.from(hashed)) },
    payloadHash: { algorithm: "sha256", value: hashOf(payload) },
  };
}

function entryOf({ bytes }: ServiceAnswer, logged: Logged, url: URL): LogEntry {
  const answer = jsonOf(bytes, WHAT, url);
  const [entry, ...others] = isObject(answer) ? Object.values(answer) : [];
  if (!isObject(entry) || others.length > 0) throw wrongAnswer(WHAT, url, "the answer is not one entry");
  const body = decodeBase64(entry.body);
  const content = body === undefined ? undefined : jsonOf(body, WHAT, url);
  const { logID, logIndex, integratedTime } = entry;
  const promise = decodeBase64(valueAt(entry, ["verification", "signedEntryTimestamp"]));
  const { kind, apiVersion: version } = isObject(content) ? content : ({} as Untyped);
  if (
    body === undefined ||
    typeof kind !== "string" ||
    typeof version !== "string" ||
    typeof logID !== "string" ||
    !/^[0-9a-f]{64}$/.test(logID) ||
    !isCount(logIndex) ||
    !isCount(integratedTime) ||
    promise === undefined
  ) {
    throw wrongAnswer(WHAT, url, "the entry is incomplete");
  }
  const fault = entryFault(content, logged);
  if (fault !== undefined) throw wrongAnswer(WHAT, url, fault);
  const proof = proofOf(valueAt(entry, ["verification", "inclusionProof"]));
  return {
    ...{ kind, version, logIndex: String(logIndex), logId: Buffer.from(logID, "hex") },
    ...{ integratedTime: String(integratedTime), body, promise },
    ...(proof === undefined ? {} : { proof }),
  };
}

/** Why the entry is not this signature's. */
function entryFault(content: unknown, logged: Logged): string | undefined {
  const kind = valueAt(content, ["kind"]);
  if (logged.kind === "bytes") {
    const same =
      kind === "hashedrekord" &&
      valueAt(content, ["spec", "data", "hash", "value"]) === hashOf(logged.bytes) &&
      valueAt(content, ["spec", "signature", "content"]) === logged.signature.toString("base64");
    return same ? undefined : "the entry is of another signature";
  }
  const { payload, signature } = logged.envelope;
  const [hash, sig] =
    kind === "dsse"
      ? [
          ["spec", "payloadHash", "value"],
          ["spec", "signatures", 0, "signature"],
        ]
      : [
          ["spec", "content", "payloadHash", "value"],
          ["spec", "content", "envelope", "signatures", 0, "sig"],
        ];
  const expected = signature.toString("base64");
  const same =
    (kind === "dsse" || kind === "intoto") &&
    valueAt(content, hash) === hashOf(payload) &&
    valueAt(content, sig) === (kind === "dsse" ? expected : base64(expected));
  return same ? undefined : "the entry is of another envelope";
}

function proofOf(value: unknown): InclusionProof | undefined {
  if (!isObject(value)) return undefined;
  const { logIndex, treeSize, rootHash, hashes, checkpoint } = value;
  if (!isCount(logIndex) || !isCount(treeSize) || typeof checkpoint !== "string" || !isHash(rootHash)) return undefined;
  if (!Array.isArray(hashes) || hashes.length > PROOF_HASHES || !hashes.every(isHash)) return undefined;
  return {
    ...{ logIndex: String(logIndex), treeSize: String(treeSize), checkpoint },
    rootHash: Buffer.from(rootHash, "hex"),
    hashes: hashes.map((hash: string) => Buffer.from(hash, "hex")),
  };
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isHash(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
}

function hashOf(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
