/** The Pod Security labels that a namespace could carry today. */
import {
  enforcedLevel,
  isPodSecurityLevel,
  POD_SECURITY_PREFIX,
  strictness,
} from "../../checks/cluster/kubernetes/pod-security-labels.ts";
import { strictestLevel } from "../../checks/workload/pod-security/standards.ts";
import type { FieldPatch, Finding, Graded } from "../../core/finding.ts";
import { manifestGaps } from "../../evaluate/kubernetes/manifest-gaps.ts";
import { isSystemNamespace, namespacesOf, scopeOf } from "../../evaluate/kubernetes/namespaces.ts";
import type { Judge, ObjectFix } from "./fix-verification.ts";
import { isOfFile } from "./object-places.ts";

const MISSING = "cluster/namespace-pod-security-missing";
const BELOW = "cluster/namespace-pod-security-below";
const CHECKS = [MISSING, BELOW, "cluster/namespace-not-restricted"];

/**
 * Nothing is refused by these labels (Pod Security Admission, "warn" and "audit"); that a server takes them is shown by
 * test/cluster/workload-fix.cluster.ts.
 */
const TELLS: Graded = { grade: "safe", reason: "warn and audit reject no pods" };
/** Made only where it is asked for. */
const ENFORCES: Graded = { grade: "likely", reason: "pods created later that meet less are rejected" };

/**
 * The strictest level that all workloads of a namespace meet: warned of first, enforced where that is asked for. Labels
 * are raised, never lowered.
 */
export function namespaceFixes(
  { manifests, evaluations }: ReturnType<Judge>,
  enforce: boolean,
  refuse: (finding: Finding, reason: string) => void,
): ObjectFix[] {
  const gaps = manifestGaps(manifests);
  const findings = evaluations.filter(({ asset }) => asset.kind === "namespace");
  return namespacesOf(manifests).flatMap(({ name, scope, namespace, workloads }): ObjectFix[] => {
    if (namespace === undefined || isSystemNamespace(name) || !isOfFile(namespace.object)) return [];
    const asset = `${scope}/Namespace/${name}`;
    const own = findings.filter(
      (one) => one.asset.lineage.startsWith(asset) && one.asset.name === name && CHECKS.includes(one.check),
    );
    const finding = CHECKS.flatMap((check) =>
      own.filter((one) => one.check === check).flatMap((one) => one.findings),
    )[0];
    if (finding === undefined || scopeOf(namespace.object) !== scope) return [];
    if (finding.subject.startsWith("enforce-version")) {
      refuse(finding, "the version was pinned deliberately: raise it by hand");
      return [];
    }
    const meets = strictestLevel(workloads);
    if (workloads.length === 0) {
      refuse(finding, "no workloads found: the level they meet is unknown");
      return [];
    }
    if (meets === "privileged") {
      refuse(finding, "its workloads meet no level above privileged");
      return [];
    }
    if (gaps.around(workloads.map(({ object }) => object)).length > 0) {
      refuse(finding, "not all of its workloads were read: one may meet less");
      return [];
    }
    const raises = (mode: "warn" | "audit" | "enforce"): FieldPatch[] => {
      const stated = mode === "enforce" ? enforcedLevel(namespace) : (namespace.podSecurity[mode] ?? "privileged");
      if (stated === undefined || !isPodSecurityLevel(stated) || strictness(stated) >= strictness(meets)) return [];
      return [{ path: ["metadata", "labels", POD_SECURITY_PREFIX + mode], op: "set", value: meets }];
    };
    const patches = [...(enforce ? raises("enforce") : []), ...raises("warn"), ...raises("audit")];
    if (patches.length === 0) {
      refuse(finding, enforce ? "its workloads meet no stricter level" : `it already warns at ${meets}: use --enforce`);
      return [];
    }
    const ends = finding.check === MISSING || (enforce && (finding.check === BELOW || meets === "restricted"));
    const lineage = own[0]?.asset.lineage ?? asset;
    const graded = patches.some(({ path }) => path.at(-1) === `${POD_SECURITY_PREFIX}enforce`) ? ENFORCES : TELLS;
    return [{ finding, asset: lineage, object: namespace.object, patches, graded, next: BELOW, ends }];
  });
}
