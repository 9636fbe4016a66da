/** Whether whom the policy trusts signed an image: what the checks of signatures said of it, by digest. */
import type { ImageAsset } from "../../core/asset.ts";
import type { ContextAnswer } from "../../core/context.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { type ContextFacts, together, unknown } from "./facts.ts";
import { type ImageKey, isDigest, isImage, keysOfAsset, keysOfEnd } from "./images.ts";

/** The one that says that there is a signature at all; without it nobody asked. */
const ASKED = "registry/unsigned-image";

/** What they find makes a signature count for nothing. */
const CHECKS: ReadonlySet<string> = new Set([
  ASKED,
  "registry/untrusted-signer",
  "registry/too-few-signers",
  "registry/invalid-signature",
  "registry/stale-signature",
]);

const NOT_ASKED = unknown("signatures were not verified (--verify)");

/** Answers for an image by its keys. */
export type SignedLookup = (keys: Iterable<ImageKey>) => ContextAnswer;

export function signedLookup(facts: ContextFacts): SignedLookup {
  const byAsset = new Map<string, { readonly asset: ImageAsset; readonly evaluations: Evaluation[] }>();
  for (const evaluation of facts.evaluations) {
    const { asset, check } = evaluation;
    if (!isImage(asset) || !CHECKS.has(check)) continue;
    const known = byAsset.get(asset.id);
    if (known === undefined) byAsset.set(asset.id, { asset, evaluations: [evaluation] });
    else known.evaluations.push(evaluation);
  }
  const digestsOf = digestsLookedUp(facts);
  const byKey = new Map<ImageKey, ContextAnswer[]>();
  for (const { asset, evaluations } of byAsset.values()) {
    const answer = answerOf(evaluations, facts.now);
    if (answer === undefined) continue;
    const keys = [...keysOfAsset(asset), ...(asset.identifiedBy === "reference" ? digestsOf(asset.id) : [])];
    for (const key of new Set(keys)) {
      const listed = byKey.get(key);
      if (listed === undefined) byKey.set(key, [answer]);
      else listed.push(answer);
    }
  }
  return (keys) => {
    const all = [...new Set(Iterator.from(keys).flatMap((key) => byKey.get(key) ?? []))];
    return together(all, "no", NOT_ASKED);
  };
}

/**
 * Which digests a name stood for when it was looked up: those whose signatures were found; where none was, those that the
 * cluster runs under that name, by which it was looked up.
 */
function digestsLookedUp({ relations }: ContextFacts): (name: string) => Iterable<ImageKey> {
  const signed = new Map<string, Set<ImageKey>>();
  const run = new Map<string, Set<ImageKey>>();
  const add = (map: Map<string, Set<ImageKey>>, name: string, key: ImageKey) => {
    const known = map.get(name);
    if (known === undefined) map.set(name, new Set([key]));
    else known.add(key);
  };
  for (const relation of relations) {
    const { type, from, to, evidence } = relation;
    const image = type === "signedBy" ? from : type === "attests" ? to : undefined;
    if (image?.kind === "image" && evidence.digest !== undefined) add(signed, image.id, evidence.digest);
    if (type !== "runs" || from.kind !== "cluster") continue;
    for (const key of keysOfEnd(relation)) if (isDigest(key)) add(run, to.name, key);
  }
  return (name) => signed.get(name) ?? run.get(name) ?? [];
}

/** @returns undefined where none of them asks whether there is a signature */
function answerOf(evaluations: readonly Evaluation[], now: Date): ContextAnswer | undefined {
  if (!evaluations.some(({ check }) => check === ASKED)) return undefined;
  const refused = evaluations.find(({ findings, excepted, verdict, baselined = [] }) => {
    return verdict === "fail" || findings.length + excepted.length + baselined.length > 0;
  });
  const missing = evaluations.find(({ verdict, gaps }) => verdict === "unknown" && !gaps.every(isOld));
  const observedAt = evaluations.map((one) => one.observedAt).sort()[0] ?? now.toISOString();
  if (refused !== undefined) {
    const [found] = [...refused.findings, ...refused.excepted.map(({ finding }) => finding)];
    return { answer: "no", reason: found?.title ?? refused.reason, observedAt };
  }
  if (missing !== undefined) return unknown(missing.reason);
  const isOver = evaluations.some(({ gaps, validUntil }) => {
    // Negated, so that a date that cannot be read counts as over.
    return gaps.some(isOld) || (validUntil !== undefined && !(Date.parse(validUntil) >= now.getTime()));
  });
  const reason = "verified by the policy's signers";
  return { answer: "yes", reason, observedAt, ...(isOver ? { stale: true } : {}) };
}

function isOld({ code }: { readonly code: string }): boolean {
  return code === "evidence.stale";
}

/** Keys of an end that is named by a tag alone say nothing of what is pulled by it. */
export function pinnedKeys(keys: readonly ImageKey[]): readonly ImageKey[] {
  return keys.some(isDigest) ? keys : [];
}
