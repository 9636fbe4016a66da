import { strictestLevel } from "../workload/pod-security/standards.ts";
import { namespaceCheck } from "./kubernetes/namespace-check.ts";
import { podSecurityLabels, raisePodSecurity } from "./kubernetes/pod-security-labels.ts";

/** Namespaces without any label of Pod Security Admission (Kubernetes documentation). */
export const namespacePodSecurityMissing = namespaceCheck<"workloads">({
  name: "namespace-pod-security-missing",
  title: "Namespaces without Pod Security labels",
  severity: "medium",
  documentation: {
    what: "Checks whether a namespace has none of the labels `pod-security.kubernetes.io/enforce`, `warn` and `audit`.",
    why: "Anyone who may create a pod in it may create a privileged one, unless the cluster's own default or another admission controller says no.",
    fix: "Label it with the strictest level that its workloads meet, which the finding names: `warn` and `audit` first, to see what they say, then `enforce`.",
    references: ["https://kubernetes.io/docs/concepts/security/pod-security-admission/"],
  },
  needs: { namespace: "complete", workloads: "partial" },
  namespaces: "application",
  *detect({ namespace: { namespace }, workloads }) {
    if (podSecurityLabels(namespace).length > 0) return;
    const meets = strictestLevel(workloads);
    yield {
      object: namespace.object,
      path: ["metadata", "labels"],
      subject: "pod-security labels",
      title: "Namespace has no Pod Security labels",
      fix: raisePodSecurity(meets),
      evidence: { workloads: String(workloads.length), "its workloads meet": meets },
    };
  },
});
