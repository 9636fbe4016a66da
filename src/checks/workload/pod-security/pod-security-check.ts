/** What the checks of the Pod Security Standards have in common: `podSecurityCheck` is where each of them begins. */
import type { CheckDocumentation, ControlNumber } from "../../../core/check.ts";
import type { RatedSeverity } from "../../../core/severity.ts";
import type { Workload } from "../../../engines/kubernetes/model.ts";
import { type Detection, type WorkloadCheck, workloadCheck } from "../kubernetes/workload-check.ts";

/** A level that forbids something. */
export type PodSecurityLevel = "baseline" | "restricted";

/** The part of a workload, or of a Pod that asks to be admitted, that the standards speak of. */
export type ReviewedPod = Pick<Workload, "pod" | "podMetadata">;

/** What a check says of Kubernetes 1.`since` and later, until the next rule of the check. */
export interface PodSecurityRule {
  readonly since: number;
  violations(pod: ReviewedPod): Iterable<Detection>;
}

export interface PodSecurityCheck extends WorkloadCheck {
  readonly level: PodSecurityLevel;
  /** By version, the oldest first; below the first one the check asks for nothing. */
  readonly rules: readonly [PodSecurityRule, ...PodSecurityRule[]];
}

export interface PodSecuritySpecification {
  /** The file's name: `host-ports`. */
  readonly name: string;
  readonly level: PodSecurityLevel;
  readonly title: string;
  readonly severity: RatedSeverity;
  readonly controls?: readonly ControlNumber[];
  readonly withoutControl?: string;
  readonly documentation: Omit<CheckDocumentation, "references"> & { readonly references?: readonly string[] };
  readonly origins?: readonly Workload["origin"][];
  /** What is said of a Compose service in the rules' place, where Compose has other fields for it. */
  readonly compose?: PodSecurityRule["violations"];
  readonly rules: PodSecurityCheck["rules"];
}

/** Kubernetes documentation; its table is what the checks are written from. */
const STANDARDS = "https://kubernetes.io/docs/concepts/security/pod-security-standards/";

/** Makes the check: over workloads it speaks by its newest rule. */
export function podSecurityCheck(specification: PodSecuritySpecification): PodSecurityCheck {
  const { level, rules, documentation, compose, ...rest } = specification;
  const newest = rules[rules.length - 1] ?? rules[0];
  const check = workloadCheck({
    ...rest,
    documentation: { ...documentation, references: [STANDARDS, ...(documentation.references ?? [])] },
    needs: { workload: "partial" },
    detect: ({ workload }) =>
      (workload.origin === "compose" ? (compose ?? newest.violations) : newest.violations)(workload),
  });
  return { ...check, level, rules };
}

/** Windows has none of it, and a Pod that says so may leave it out (Kubernetes 1.25 on). */
export function exceptWindows(violations: PodSecurityRule["violations"]): PodSecurityRule["violations"] {
  return (pod) => (pod.pod.os?.name === "windows" ? [] : violations(pod));
}

/** Root in a user namespace of the pod's own is nobody outside of it (Kubernetes 1.35 on). */
export function exceptOwnUsers(violations: PodSecurityRule["violations"]): PodSecurityRule["violations"] {
  return (pod) => (pod.pod.hostUsers === false ? [] : violations(pod));
}
