/** An image with evaluations of each verdict, for tests. */
import { parseDigest } from "../core/digest.ts";
import type { Evaluation } from "../core/evaluation.ts";
import type { Relation } from "../core/relation.ts";
import type { ScannedImage } from "./model.ts";

/** @param letter - a hexadecimal digit: the digest is made of it */
export function imageOf(
  repository: string,
  letter: string,
  scannedAt = new Date("2026-11-01T10:00:00.000Z"),
): ScannedImage {
  const digest = digestOf(letter);
  const asset = {
    kind: "image",
    id: digestOf("c"),
    identifiedBy: "config",
    lineage: `registry.example/${repository}`,
    name: `registry.example/${repository}`,
    references: [],
  } as const;
  const evaluation = (check: string, verdict: Evaluation["verdict"]): Evaluation => ({
    check,
    asset,
    verdict,
    reason: "\u0000 of a hostile image, and a lone \ud800",
    findings: [],
    excepted: [],
    evidence: { packages: "7", files: "3" },
    gaps: verdict === "unknown" ? [{ code: "a.gap", reason: "nothing answered" }] : [],
    basis: { databases: [{ label: "npm.jsonl" }] } as unknown as NonNullable<Evaluation["basis"]>,
    observedAt: scannedAt.toISOString(),
  });
  const relation: Relation = {
    type: "childOf",
    from: { kind: "image", id: digest, identifiedBy: "manifest", name: repository },
    to: { kind: "image", id: digestOf("9"), identifiedBy: "index", name: repository },
    observedAt: scannedAt.toISOString(),
    evidence: {},
    gaps: [],
  };
  return {
    repository,
    digest,
    scannedAt,
    databaseDigest: digestOf("d"),
    policyDigest: digestOf("e"),
    evaluations: [evaluation("image/a", "fail"), evaluation("image/b", "unknown"), evaluation("image/c", "pass")],
    relations: [relation],
    createdAt: new Date("2026-10-01T12:00:00.000Z"),
  };
}

export function digestOf(letter: string) {
  const digest = parseDigest(`sha256:${letter.repeat(64)}`);
  if (digest === undefined) throw new Error("not a hexadecimal digit");
  return digest;
}
