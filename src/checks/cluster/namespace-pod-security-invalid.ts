import { namespaceCheck } from "./kubernetes/namespace-check.ts";
import {
  isPodSecurityLevel,
  isPodSecurityVersion,
  POD_SECURITY_PREFIX,
  podSecurityLabels,
} from "./kubernetes/pod-security-labels.ts";

const KEY = /^(?:enforce|warn|audit)(-version)?$/;

/** Labels of Pod Security Admission that mean nothing, or not what they look like (Kubernetes documentation). */
export const namespacePodSecurityInvalid = namespaceCheck({
  name: "namespace-pod-security-invalid",
  title: "Invalid Pod Security labels",
  severity: "high",
  withoutControl:
    "the level that such a label leaves is evaluated by cluster/namespace-not-restricted, which speaks to control 5",
  documentation: {
    what: "Checks whether a label `pod-security.kubernetes.io/…` of a namespace has a key that Kubernetes does not know, a level other than `privileged`, `baseline` and `restricted`, or a version other than `latest` and `v1.N`.",
    why: "What its writer meant does not happen: a key with a slip in it is ignored, and the namespace has no level at all.",
    fix: "Write one of the keys `enforce`, `warn`, `audit`, or one of them with `-version`, and a level or version that there is.",
    references: ["https://kubernetes.io/docs/concepts/security/pod-security-admission/"],
  },
  needs: { namespace: "partial" },
  *detect({ namespace: { namespace } }) {
    for (const [key, value] of podSecurityLabels(namespace)) {
      const name = key.slice(POD_SECURITY_PREFIX.length);
      const known = KEY.exec(name);
      const valid = known?.[1] === undefined ? isPodSecurityLevel(value) : isPodSecurityVersion(value);
      if (known !== null && valid) continue;
      yield {
        object: namespace.object,
        path: ["metadata", "labels", key],
        subject: `label ${key}: ${value}`,
        title:
          known === null
            ? `Unknown Pod Security label ${key}`
            : known[1] === undefined
              ? `Invalid Pod Security level ${value || "(empty)"}`
              : `Invalid Pod Security version ${value || "(empty)"}`,
        fix:
          known === null
            ? "use enforce, warn or audit"
            : known[1] === undefined
              ? "use privileged, baseline or restricted"
              : "use latest or v1.N",
      };
    }
  },
});
