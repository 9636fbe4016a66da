/** What a change does to the packages that lockfiles pin: one evaluation a check and lockfile. */
import { dependencyIntegrity } from "../../checks/build/dependency-integrity.ts";
import { dependencyMalicious } from "../../checks/build/dependency-malicious.ts";
import { dependencySource } from "../../checks/build/dependency-source.ts";
import { dependencyChecks } from "../../checks/lists/dependency.ts";
import { lockedManifestChecks } from "../../checks/lists/locked-manifest.ts";
import type { DependencyFacts, LockedManifestFacts } from "../../checks/subjects/dependencies.ts";
import { fileAsset } from "../../core/asset.ts";
import type { DatabaseUse } from "../../core/basis.ts";
import { type Evaluation, unjudged } from "../../core/evaluation.ts";
import { type Gap, present } from "../../core/evidence.ts";
import type { Policy } from "../../core/policy.ts";
import { runChecks, type SubjectEvidence } from "../../core/runner.ts";
import type { DependencyChange, ManifestMismatch } from "../../engines/packages/model.ts";
import type { VexDocument } from "../../engines/vulnerability/vex/model.ts";
import { databasesOf } from "../image/databases.ts";
import { assessorOf } from "../vex/assess.ts";
import { withAlikeJoined } from "./alike-findings.ts";
import { runOverEach } from "./over-each.ts";

/** One change, with what is known of it. */
export interface ReviewedChange {
  readonly change: DependencyChange;
  /** What nobody looked for is not there. */
  readonly evidence: Omit<SubjectEvidence<DependencyFacts>, "change">;
}

/** What is reviewed of one lockfile. */
export interface ReviewedLockfile {
  readonly path: string;
  readonly changes: readonly ReviewedChange[];
  /** Absent: nobody compared the lockfile with its manifests. */
  readonly mismatches?: readonly ManifestMismatch[];
  /** Why there may be more in it than is known. */
  readonly gaps: readonly Gap[];
  /** Gaps in the evidence of changes that are not about one package: the advisories' coverage. */
  readonly common: ReadonlySet<Gap>;
}

export interface ReviewContext {
  readonly policy: Policy;
  readonly now: Date;
  readonly vex?: readonly VexDocument[];
}

/** The checks over one dependency that are run: all, or those that need no comparison with what was before. */
export type DependencyChecks = readonly (typeof dependencyChecks)[number][];

/** Those over what a lockfile pins, without a change: ages, capabilities and resemblances are about what is new. */
export const stateChecks: DependencyChecks = [dependencyMalicious, dependencySource, dependencyIntegrity];

/** All evaluations of one lockfile that is reviewed. What goes is nothing that anybody installs, and is not evaluated. */
export function evaluateDependencies(
  { path, changes, mismatches, gaps, common }: ReviewedLockfile,
  { policy, now, vex = [] }: ReviewContext,
  checks: DependencyChecks = dependencyChecks,
): Evaluation[] {
  const asset = fileAsset(path);
  const [unread] = gaps;
  // Of a lockfile of which nothing was read, or nothing but what went, no change is known, and it passes none of the checks.
  if (unread !== undefined && changes.every(({ change }) => change.kind === "removed")) {
    return checks.map(({ id }) => ({ ...unjudged(id, asset, now, unread), gaps }));
  }
  const at = now.toISOString();
  const context = { asset, policy, now, assess: assessorOf(vex, asset, []) };
  const items = changes
    .filter(({ change }) => change.kind !== "removed")
    .map(({ change, evidence }) => ({
      name: `${change.name} ${change.after?.version ?? ""}`,
      evidence: { change: present(change, at, { gaps }), ...evidence },
    }));
  const databases = databasesUsed(changes);
  return [
    ...runOverEach<DependencyFacts>(checks, items, {
      ...context,
      noun: "package",
      common: new Set([...common, ...gaps]),
      ...(databases.length === 0 ? {} : { databases }),
    }).map(withAlikeJoined),
    ...(mismatches === undefined
      ? []
      : runChecks<LockedManifestFacts>(
          lockedManifestChecks,
          { mismatches: present(mismatches, at, { gaps }) },
          context,
        )),
  ];
}

/** Of directories that could not be listed: there may be a lockfile in them. */
export function evaluateUnlisted(gaps: readonly Gap[], { now }: Pick<ReviewContext, "now">): Evaluation[] {
  const [first] = gaps;
  if (first === undefined) return [];
  return dependencyChecks.map(({ id }) => ({ ...unjudged(id, fileAsset("."), now, first), gaps }));
}

/** Of a change without changes: what it brings, which is nothing, was reviewed. */
export function evaluateUnchanged({ now }: Pick<ReviewContext, "now">): Evaluation {
  return {
    check: dependencyMalicious.id,
    asset: fileAsset("."),
    verdict: "pass",
    reason: "no dependency changes",
    findings: [],
    excepted: [],
    evidence: { packages: "0" },
    gaps: [],
    observedAt: now.toISOString(),
  };
}

/** Of each ecosystem once. */
function databasesUsed(changes: readonly ReviewedChange[]): DatabaseUse[] {
  const scopes = new Map<string, readonly DatabaseUse[]>();
  for (const { evidence } of changes) {
    const { vulnerabilities } = evidence;
    if (vulnerabilities?.state !== "present" || scopes.has(vulnerabilities.facts.scope)) continue;
    scopes.set(vulnerabilities.facts.scope, databasesOf(vulnerabilities));
  }
  return [...scopes.values()].flat();
}
