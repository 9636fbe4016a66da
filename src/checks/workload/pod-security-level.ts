import { podSecurityOf } from "../../engines/admission/model.ts";
import { effectiveNamespace } from "../../engines/kubernetes/model.ts";
import { workloadCheck } from "./kubernetes/workload-check.ts";
import { podSecurityViolations } from "./pod-security/standards.ts";

/** Pods that break the level that the policy sets for their namespace. */
export const podSecurityLevel = workloadCheck({
  name: "pod-security-level",
  title: "Pods below the policy's Pod Security level",
  severity: "high",
  controls: [5],
  documentation: {
    what: "Checks pods against `admission.podSecurity` of the policy: the level of the Pod Security Standards, at a version, that it sets for their namespace. Labels of the namespace change nothing. Not reported: namespaces for which the policy sets no level.",
    why: "The labels of a namespace belong to whoever may edit it. What the policy sets holds for all pods, whatever a namespace's labels allow.",
    fix: "Change the field that the finding names so that the pod meets the level; `bulkhead workload fix` proposes most of the changes.",
    references: ["https://kubernetes.io/docs/concepts/security/pod-security-standards/"],
  },
  needs: { workload: "partial" },
  *detect({ workload, podSecurity }) {
    const namespace = effectiveNamespace(workload.object);
    if (namespace === undefined) return;
    for (const { level, version } of podSecurityOf(podSecurity, namespace)) {
      if (level === "privileged") continue;
      const asked = version === "latest" ? level : `${level} of v1.${version}`;
      for (const { check, subject, title, evidence, ...violation } of podSecurityViolations(workload, level, version)) {
        yield {
          ...violation,
          subject: `${level}: ${subject}`,
          severity: "high",
          title: `${title}, which ${asked} forbids`,
          evidence: { ...evidence, level: asked, rule: check.id },
        };
      }
    }
  },
});
