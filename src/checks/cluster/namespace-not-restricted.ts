import { strictestLevel } from "../workload/pod-security/standards.ts";
import { namespaceCheck } from "./kubernetes/namespace-check.ts";
import { enforcedLevel, POD_SECURITY_PREFIX, raisePodSecurity } from "./kubernetes/pod-security-labels.ts";

/** Namespaces of applications that do not enforce the level restricted (Kubernetes, Pod Security Standards). */
export const namespaceNotRestricted = namespaceCheck({
  name: "namespace-not-restricted",
  title: "Application namespace that does not enforce the level restricted",
  severity: "high",
  controls: [5],
  documentation: {
    what: "A namespace other than the cluster's own lacks `pod-security.kubernetes.io/enforce: restricted`.",
    why: "Applications need none of what the level forbids: root, privileges to gain, capabilities, the node's files and namespaces. Only `enforce` keeps such a pod out, whoever creates it.",
    fix: "Bring its workloads to the level (`bulkhead workload audit` names what keeps each from it), then set the label.",
    references: ["https://kubernetes.io/docs/concepts/security/pod-security-standards/"],
  },
  needs: { namespace: "witness" },
  namespaces: "application",
  *spot({ namespace: { namespace, workloads } }) {
    const enforced = enforcedLevel(namespace);
    if (enforced === "restricted") return;
    const meets = strictestLevel(workloads);
    yield {
      object: namespace.object,
      path: ["metadata", "labels", `${POD_SECURITY_PREFIX}enforce`],
      subject: enforced === undefined ? "enforce" : `enforce: ${enforced}`,
      title:
        namespace.podSecurity.enforce === undefined
          ? "No Pod Security level is enforced"
          : `The level ${namespace.podSecurity.enforce} is enforced`,
      fix:
        meets === "restricted" && workloads.length > 0
          ? raisePodSecurity("restricted")
          : `${workloads.length === 0 ? "" : "bring its workloads to the level first, then "}set ${POD_SECURITY_PREFIX}enforce: restricted`,
      evidence: { workloads: String(workloads.length), "its workloads meet": meets },
    };
  },
});
