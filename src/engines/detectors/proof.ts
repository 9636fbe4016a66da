/** Proofs as text, and what those of one node come to. */

import { createHash } from "node:crypto";
import { parseJson } from "../../core/parse-json.ts";
import { printable } from "../../core/printable.ts";
import { isObject, type Untyped } from "../../core/untyped.ts";
import { bounds } from "./bounds.ts";
import type { DetectionProof, NodeProof, ProvenAlert } from "./proof-model.ts";

export const PROOF_KIND = "DetectionProof";
const API_VERSION = "bulkhead/v1";
const DAY = 24 * 60 * 60 * 1000;

/** Its namespace, and what its ConfigMaps are called: one a node, each with one key. */
export const PROOF_NAMESPACE = "bulkhead";
export const PROOF_PREFIX = "detection-proof-";
export const PROOF_KEY = "proof.json";

/** What keeps the proof of a node in the cluster: one object a node, so that several may prove at a time. */
export function proofConfigMap(proof: DetectionProof): {
  readonly name: string;
  readonly object: Readonly<Record<string, unknown>>;
} {
  const name = `${PROOF_PREFIX}${createHash("sha256").update(proof.node).digest("hex").slice(0, 16)}`;
  const object = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace: PROOF_NAMESPACE, labels: { "app.kubernetes.io/name": "bulkhead" } },
    data: { [PROOF_KEY]: formatProof(proof) },
  };
  return { name, object };
}

/** One JSON object with a line break behind it. */
export function formatProof(proof: DetectionProof): string {
  return `${JSON.stringify({ apiVersion: API_VERSION, kind: PROOF_KIND, ...proof })}\n`;
}

/** Undefined where it is no proof: an unknown version, a text without its nonce, a time that is none. */
export function parseProof(text: string): DetectionProof | undefined {
  if (Buffer.byteLength(text) > bounds.proofBytes) return undefined;
  let value: unknown;
  try {
    value = parseJson(text);
  } catch {
    return undefined;
  }
  if (!isObject(value) || value.apiVersion !== API_VERSION || value.kind !== PROOF_KIND) return undefined;
  const { nonce, outcome, looked, lost } = value;
  const node = textOf(value, "node", bounds.nameText);
  const event = textOf(value, "event", bounds.alertText);
  const at = timeOf(value, "at");
  if (typeof nonce !== "string" || !/^[0-9a-f]{32}$/.test(nonce)) return undefined;
  if (node === undefined || node === "" || event === undefined || at === undefined) return undefined;
  if (outcome !== "alerted" && outcome !== "missed") return undefined;
  if (!Array.isArray(looked) || looked.length > 20 || !looked.every((each) => typeof each === "string"))
    return undefined;
  if (typeof lost !== "number" || !Number.isSafeInteger(lost) || lost < 0) return undefined;
  const alert = outcome === "alerted" ? alertOf(value.alert, nonce) : undefined;
  if (outcome === "alerted" && alert === undefined) return undefined;
  const nodeUid = textOf(value, "nodeUid", 64);
  const clusterUid = textOf(value, "clusterUid", 64);
  return {
    nonce,
    node,
    at,
    event,
    outcome,
    looked: looked.map((each) => printable(String(each)).slice(0, bounds.alertText)),
    lost,
    ...(nodeUid === undefined ? {} : { nodeUid }),
    ...(clusterUid === undefined ? {} : { clusterUid }),
    ...(alert === undefined ? {} : { alert }),
  };
}

/** One that does not name the event is an alert of something else. */
function alertOf(value: unknown, nonce: string): ProvenAlert | undefined {
  if (!isObject(value)) return undefined;
  const detector = textOf(value, "detector", bounds.nameText);
  const rule = textOf(value, "rule", bounds.alertText);
  const text = textOf(value, "text", bounds.alertText);
  const time = timeOf(value, "time");
  if (detector === undefined || rule === undefined || text === undefined || time === undefined) return undefined;
  return text.includes(nonce) ? { detector, rule, text, time } : undefined;
}

function textOf(value: Untyped, name: string, most: number): string | undefined {
  const text = value[name];
  return typeof text === "string" && text.length <= most ? printable(text) : undefined;
}

function timeOf(value: Untyped, name: string): string | undefined {
  const text = value[name];
  if (typeof text !== "string" || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/.test(text)) return undefined;
  return Number.isNaN(Date.parse(text)) ? undefined : text;
}

export interface ProofsOf {
  readonly node: string;
  /** Of its Node object; a proof that names another is of another machine. */
  readonly nodeUid?: string;
  /** RFC 3339, of the Node object: what is older is of another machine. */
  readonly since?: string;
  readonly clusterUid?: string;
}

/** The newest that counts; undefined where there is none of the node at all. */
export function nodeProof(
  proofs: readonly DetectionProof[],
  of: ProofsOf,
  { now, days }: { readonly now: Date; readonly days: number },
): NodeProof | undefined {
  const own = proofs
    .filter(({ node }) => node === of.node)
    .toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at) || a.nonce.localeCompare(b.nonce));
  let reason: string | undefined;
  for (const proof of own) {
    const why = refused(proof, of, now);
    const validUntil = new Date(Date.parse(proof.at) + days * DAY);
    if (why !== undefined) reason ??= why;
    else if (validUntil < now) reason ??= `of ${proof.at.slice(0, 10)}, older than ${days} days`;
    else return { kind: proof.outcome, proof, validUntil: validUntil.toISOString() };
  }
  return reason === undefined ? undefined : { kind: "none-valid", reason };
}

function refused(proof: DetectionProof, of: ProofsOf, now: Date): string | undefined {
  if (differ(proof.clusterUid, of.clusterUid)) return "of another cluster";
  if (differ(proof.nodeUid, of.nodeUid)) return "of another machine of this name";
  const at = Date.parse(proof.at);
  if (at > now.getTime() + bounds.futureMinutes * 60_000) return `of ${proof.at}, which is yet to come`;
  if (of.since !== undefined && at < Date.parse(of.since)) return "older than the node";
  return undefined;
}

/** What is known of neither side says nothing. */
function differ(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && one.toLowerCase() !== other.toLowerCase();
}
