/** The labels of Pod Security Admission, and what they mean (Kubernetes documentation). */
import type { FieldPatch } from "../../../core/finding.ts";
import type { Namespace } from "../../../engines/kubernetes/model.ts";
import type { FieldFix } from "../../findings/kubernetes-finding.ts";
import { type PodSecurityVersion, rulesAfter } from "../../workload/pod-security/standards.ts";

export const POD_SECURITY_PREFIX = "pod-security.kubernetes.io/";

/** From the loosest to the strictest. */
const levels = ["privileged", "baseline", "restricted"] as const;
type Level = (typeof levels)[number];

export function isPodSecurityLevel(value: string): value is Level {
  return (levels as readonly string[]).includes(value);
}

/** The higher forbids more. */
export function strictness(level: Level): number {
  return levels.indexOf(level);
}

export function isPodSecurityVersion(value: string): boolean {
  return value === "latest" || /^v1\.(?:0|[1-9]\d{0,3})$/.test(value);
}

/** As admission takes it: what is no version is the newest. */
export function podSecurityVersion(value = "latest"): PodSecurityVersion {
  return isPodSecurityVersion(value) && value !== "latest" ? Number(value.slice("v1.".length)) : "latest";
}

/** What today's `restricted` asks for and that of the version does not, in words; undefined where it asks for all of it. */
export function missingRules(version: PodSecurityVersion): string | undefined {
  const missing = rulesAfter(version, "restricted").map(({ title }) => title);
  return missing.length === 0 ? undefined : missing.join("; ");
}

/** Every label with the prefix, known or not. */
export function podSecurityLabels({ object }: Namespace): [string, string][] {
  return Object.entries(object.labels).filter(([key]) => key.startsWith(POD_SECURITY_PREFIX));
}

/** `privileged` where none is stated; undefined where it is no level. */
export function enforcedLevel({ podSecurity: { enforce = "privileged" } }: Namespace): Level | undefined {
  return isPodSecurityLevel(enforce) ? enforce : undefined;
}

/** The labels of a namespace whose workloads meet a level: it is enforced, and what is left is warned of. */
export function raisePodSecurity(meets: Level): FieldFix {
  const label = (mode: string, value: Level): FieldPatch => ({
    path: ["metadata", "labels", POD_SECURITY_PREFIX + mode],
    op: "set",
    value,
  });
  const told = [label("warn", "restricted"), label("audit", "restricted")];
  if (meets === "privileged") {
    const text = `set ${POD_SECURITY_PREFIX}warn and audit: restricted; enforce restricted once the workloads meet the level`;
    return { text, patches: told };
  }
  const text = `set ${POD_SECURITY_PREFIX}enforce: ${meets}, which the workloads meet; set warn first to preview`;
  return { text, patches: [label("enforce", meets), ...told] };
}
