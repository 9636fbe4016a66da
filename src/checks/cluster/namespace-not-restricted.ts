import { clip, SENTENCE } from "../findings/one-line.ts";
import { strictestLevel } from "../workload/pod-security/standards.ts";
import { namespaceCheck } from "./kubernetes/namespace-check.ts";
import {
  enforcedLevel,
  missingRules,
  POD_SECURITY_PREFIX,
  podSecurityVersion,
  raisePodSecurity,
} from "./kubernetes/pod-security-labels.ts";

/** Namespaces of applications that do not enforce the level restricted (Kubernetes, Pod Security Standards). */
export const namespaceNotRestricted = namespaceCheck({
  name: "namespace-not-restricted",
  title: "Namespaces not enforcing restricted Pod Security",
  severity: "high",
  controls: [5],
  documentation: {
    what: "Checks whether a namespace other than the cluster's own lacks `pod-security.kubernetes.io/enforce: restricted`, or holds it to a version (`enforce-version`) that does not ask for all that the level asks for today: v1.18 not even that capabilities are dropped.",
    why: "Applications need none of what the level forbids: root, privileges to gain, capabilities, the node's files and namespaces. Only `enforce` keeps such a pod out, anyone who creates it.",
    fix: "Bring its workloads to the level (`bulkhead workload audit` names what keeps each from it), then set the label.",
    references: ["https://kubernetes.io/docs/concepts/security/pod-security-standards/"],
  },
  needs: { namespace: "partial" },
  namespaces: "application",
  *detect({ namespace: { namespace, workloads } }) {
    const enforced = enforcedLevel(namespace);
    const meets = strictestLevel(workloads);
    if (enforced === "restricted") {
      const { enforceVersion } = namespace.podSecurity;
      const missing = missingRules(podSecurityVersion(enforceVersion));
      if (enforceVersion === undefined || missing === undefined) return;
      const path = ["metadata", "labels", `${POD_SECURITY_PREFIX}enforce-version`];
      const text = `set ${POD_SECURITY_PREFIX}enforce-version: latest, or leave it out`;
      const isMet = meets === "restricted" && workloads.length > 0;
      yield {
        object: namespace.object,
        path,
        subject: `enforce-version: ${enforceVersion}`,
        title: `Namespace enforces restricted of ${enforceVersion}, which lacks current rules`,
        detail: clip(`not asked for: ${missing}`, SENTENCE),
        fix: isMet ? { text, patches: [{ path, op: "set", value: "latest" }] } : text,
        evidence: { workloads: String(workloads.length), "its workloads meet": meets },
      };
      return;
    }
    yield {
      object: namespace.object,
      path: ["metadata", "labels", `${POD_SECURITY_PREFIX}enforce`],
      subject: enforced === undefined ? "enforce" : `enforce: ${enforced}`,
      title:
        namespace.podSecurity.enforce === undefined
          ? "Namespace enforces no Pod Security level"
          : `Namespace enforces ${namespace.podSecurity.enforce}, not restricted`,
      fix:
        meets === "restricted" && workloads.length > 0
          ? raisePodSecurity("restricted")
          : `${workloads.length === 0 ? "" : "fix the workloads first, then "}set ${POD_SECURITY_PREFIX}enforce: restricted`,
      evidence: { workloads: String(workloads.length), "its workloads meet": meets },
    };
  },
});
