import type { RatedSeverity } from "../../core/severity.ts";
import { clip, SENTENCE } from "../findings/one-line.ts";
import { clusterCheck } from "./kubernetes/cluster-check.ts";
import { missingRules, podSecurityVersion } from "./kubernetes/pod-security-labels.ts";

/** Namespaces of the cluster itself: what runs there needs the node. */
const ownNamespaces: ReadonlySet<string> = new Set(["kube-system", "kube-public", "kube-node-lease"]);

function severityOfUser(name: string): RatedSeverity {
  return /^system:serviceaccount:kube-system:(?:replicaset|daemon-set|job|statefulset|replication)-controller$/.test(
    name,
  )
    ? "high"
    : "medium";
}

/** Exemptions in the PodSecurity plugin's file (Kubernetes documentation, "Pod Security Admission", exemptions). */
export const podSecurityExemptions = clusterCheck({
  name: "pod-security-exemptions",
  title: "Pod Security exemptions",
  severity: "medium",
  documentation: {
    what: "Checks PodSecurityConfiguration files, also within AdmissionConfiguration: exempt namespaces, users and runtime classes, and the default level and version of namespaces without labels. Not reported: namespaces of the cluster itself (`kube-system`). Exempting a controller's account is high: all its pods are exempt then.",
    why: "What is exempt is admitted whatever it asks for, without a warning and without a trace in the audit log. A namespace's labels do not show it.",
    fix: "Label the namespace with the level that it needs instead of exempting it, and set `enforce: baseline` or `restricted` for those without a label.",
    references: [
      "https://kubernetes.io/docs/concepts/security/pod-security-admission/#exemptions",
      "https://kubernetes.io/docs/tasks/configure-pod-container/enforce-standards-admission-controller/",
    ],
  },
  needs: { manifests: "partial" },
  reads: ["podSecurityConfigurations"],
  applies: ({ manifests }) => manifests.podSecurityConfigurations.length > 0,
  *detect({ manifests }) {
    for (const { object, path, defaults, exemptions } of manifests.podSecurityConfigurations) {
      for (const [index, name] of exemptions.namespaces.entries()) {
        if (ownNamespaces.has(name)) continue;
        yield {
          object,
          path: [...path, "exemptions", "namespaces", index],
          subject: `namespace ${name}`,
          title: `Namespace ${name} is exempt from Pod Security`,
          fix: "remove the exemption; label the namespace with the level it needs",
        };
      }
      for (const [index, name] of exemptions.usernames.entries()) {
        yield {
          object,
          path: [...path, "exemptions", "usernames", index],
          subject: `user ${name}`,
          title: `User ${name} is exempt from Pod Security`,
          severity: severityOfUser(name),
          fix: "remove the exemption",
        };
      }
      for (const [index, name] of exemptions.runtimeClasses.entries()) {
        yield {
          object,
          path: [...path, "exemptions", "runtimeClasses", index],
          subject: `runtime class ${name}`,
          title: `Pods of runtime class ${name} are exempt from Pod Security`,
          fix: "remove the exemption, or restrict use of the class with a policy",
        };
      }
      if (defaults.enforce === undefined || defaults.enforce === "privileged") {
        yield {
          object,
          path: [...path, "defaults", "enforce"],
          subject: "default level",
          title: "Namespaces without labels have no Pod Security level",
          severity: "low",
          fix: "set defaults.enforce: baseline",
        };
      }
      const version = defaults["enforce-version"];
      const missing = missingRules(podSecurityVersion(version));
      if (version !== undefined && missing !== undefined) {
        yield {
          object,
          path: [...path, "defaults", "enforce-version"],
          subject: `default version ${version}`,
          title: `Namespaces without a version use the rules of ${version}, which lack current rules`,
          detail: clip(`not asked for: ${missing}`, SENTENCE),
          fix: "set defaults.enforce-version: latest",
        };
      }
    }
  },
});
