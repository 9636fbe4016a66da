/**
 * Entries in a log of Rekor's second API (sigstore/rekor-tiles, CLIENTS.md): hashedrekord 0.0.2 for all. Of an envelope its
 * pre-authentication encoding is entered. Such a log vouches for no time, and gives a proof in place of a promise.
 */
import { createHash } from "node:crypto";
import { valueAt } from "../../../core/untyped.ts";
import { decodeBase64 } from "../base64.ts";
import { bounds } from "./bounds.ts";
import type { KeyAlgorithm } from "./key.ts";
import { type LogEntry, type Logged, PROOF_HASHES } from "./log-entry.ts";
import { below, jsonOf, type Services, wrongAnswer } from "./service.ts";

const WHAT = "log entry";

/** What such a log takes of our signatures: those over SHA-256 (sigstore_common.proto, PublicKeyDetails). */
export function keyDetails(algorithm: KeyAlgorithm, bits: number): string | undefined {
  if (algorithm === "ecdsa-p256") return "PKIX_ECDSA_P256_SHA_256";
  const known = [2_048, 3_072, 4_096].includes(bits);
  return algorithm === "rsa" && known ? `PKIX_RSA_PKCS1V15_${bits}_SHA256` : undefined;
}

/** @throws Problem `signing.service-answer` where the entry is not this signature's; what asking throws */
export async function enterInRekorTiles(
  rekor: URL,
  logged: Logged,
  details: string,
  services: Services,
): Promise<LogEntry> {
  const url = below(rekor, "/api/v2/log/entries");
  const [bytes, signature] =
    logged.kind === "bytes" ? [logged.bytes, logged.signature] : [logged.envelope.encoded, logged.envelope.signature];
  const digest = createHash("sha256").update(bytes).digest("base64");
  const rawBytes = logged.verifier.der.toString("base64");
  const verifier =
    logged.verifier.kind === "certificate" ? { x509Certificate: { rawBytes } } : { publicKey: { rawBytes } };
  const content = signature.toString("base64");
  const answer = await services.ask({
    what: WHAT,
    url,
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({
      hashedRekordRequestV002: { digest, signature: { content, verifier: { ...verifier, keyDetails: details } } },
    }),
    accepts: [200, 201],
    limit: bounds.logAnswerBytes,
  });
  const entry = jsonOf(answer.bytes, WHAT, url);
  const at = (...path: (string | number)[]) => valueAt(entry, path);
  const logId = decodeBase64(at("logId", "keyId"));
  const body = decodeBase64(at("canonicalizedBody"));
  const rootHash = decodeBase64(at("inclusionProof", "rootHash"));
  const logIndex = countOf(at("logIndex"));
  const treeSize = countOf(at("inclusionProof", "treeSize"));
  const proofIndex = countOf(at("inclusionProof", "logIndex"));
  const checkpoint = at("inclusionProof", "checkpoint", "envelope");
  const hashes = hashesOf(at("inclusionProof", "hashes"));
  if (
    logId?.length !== 32 ||
    body === undefined ||
    rootHash?.length !== 32 ||
    logIndex === undefined ||
    treeSize === undefined ||
    proofIndex === undefined ||
    hashes === undefined ||
    typeof checkpoint !== "string"
  ) {
    throw wrongAnswer(WHAT, url, "the entry is incomplete");
  }
  const entered = jsonOf(body, WHAT, url);
  const spec = ["spec", "hashedRekordV002"];
  if (
    valueAt(entered, ["kind"]) !== "hashedrekord" ||
    valueAt(entered, ["apiVersion"]) !== "0.0.2" ||
    valueAt(entered, [...spec, "data", "digest"]) !== digest ||
    valueAt(entered, [...spec, "signature", "content"]) !== content
  ) {
    throw wrongAnswer(WHAT, url, "the entry is of another signature");
  }
  return {
    ...{ kind: "hashedrekord", version: "0.0.2", logIndex, logId, integratedTime: "0", body },
    proof: { logIndex: proofIndex, treeSize, rootHash, hashes, checkpoint },
  };
}

/** 64-bit numbers are texts in the JSON of protocol buffers, and zero may be absent. */
function countOf(value: unknown): string | undefined {
  if (value === undefined) return "0";
  return typeof value === "string" && /^(?:0|[1-9][0-9]{0,18})$/.test(value) ? value : undefined;
}

function hashesOf(value: unknown): Buffer[] | undefined {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.length > PROOF_HASHES) return undefined;
  const hashes = (value as unknown[]).map(decodeBase64);
  return hashes.every((hash) => hash?.length === 32) ? (hashes as Buffer[]) : undefined;
}
