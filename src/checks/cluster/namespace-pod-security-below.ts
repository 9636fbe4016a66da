import { strictestLevel } from "../workload/pod-security/standards.ts";
import { namespaceCheck } from "./kubernetes/namespace-check.ts";
import { enforcedLevel, podSecurityLabels, raisePodSecurity, strictness } from "./kubernetes/pod-security-labels.ts";

/** Namespaces that enforce less than what is in them would let them (Kubernetes, Pod Security Admission). */
export const namespacePodSecurityBelow = namespaceCheck<"workloads">({
  name: "namespace-pod-security-below",
  title: "Pod Security levels below what workloads meet",
  severity: "medium",
  documentation: {
    what: "Checks whether a namespace has labels of Pod Security Admission, and `enforce` is missing or names a level below the strictest that all its workloads meet.",
    why: "`warn` and `audit` stop nothing. The stricter level would cost nothing today, and keeps tomorrow's pods to it.",
    fix: "Set `pod-security.kubernetes.io/enforce` to the level that the finding names.",
    references: ["https://kubernetes.io/docs/concepts/security/pod-security-admission/"],
  },
  // A workload that was not read may be the one that meets less.
  needs: { namespace: "partial", workloads: "complete" },
  namespaces: "application",
  *detect({ namespace: { namespace }, workloads }) {
    if (podSecurityLabels(namespace).length === 0 || workloads.length === 0) return;
    const enforced = enforcedLevel(namespace);
    const meets = strictestLevel(workloads);
    if (enforced === undefined || strictness(meets) <= strictness(enforced)) return;
    const { enforce } = namespace.podSecurity;
    yield {
      object: namespace.object,
      path: ["metadata", "labels", "pod-security.kubernetes.io/enforce"],
      subject: `pod-security.kubernetes.io/enforce${enforce === undefined ? "" : `: ${enforce}`}`,
      title: `${enforce === undefined ? "Namespace enforces no level" : `Namespace enforces ${enforce}`}, and all workloads meet ${meets}`,
      fix: raisePodSecurity(meets),
      evidence: { workloads: String(workloads.length), "its workloads meet": meets },
    };
  },
});
