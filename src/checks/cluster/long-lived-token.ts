import { describeObject } from "../../engines/kubernetes/model.ts";
import { clusterCheck } from "./kubernetes/cluster-check.ts";

const ACCOUNT = "kubernetes.io/service-account.name";

/** Tokens that do not end (Kubernetes documentation, "Managing Service Accounts", long-lived API tokens). */
export const longLivedToken = clusterCheck({
  name: "long-lived-token",
  title: "Long-lived service account tokens",
  severity: "medium",
  documentation: {
    what: "Checks for Secrets of the type `kubernetes.io/service-account-token`.",
    why: "The control plane fills such a Secret with a token that has no end and is bound to no pod. A copy of it works until the Secret is deleted, and nothing shows that it was made.",
    fix: "Delete it once nobody uses it. Within the cluster the token that the kubelet mounts is enough; from outside, ask for one with an end (`kubectl create token`, the TokenRequest API), or let the cluster trust an identity provider.",
    references: [
      "https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#manual-secret-management-for-serviceaccounts",
      "https://kubernetes.io/docs/concepts/security/service-accounts/",
    ],
  },
  needs: { manifests: "partial" },
  reads: ["secrets"],
  applies: ({ manifests }) => manifests.secrets.length > 0,
  *detect({ manifests }) {
    for (const { object, type } of manifests.secrets) {
      if (type !== "kubernetes.io/service-account-token") continue;
      const account = object.annotations[ACCOUNT];
      yield {
        object,
        path: ["type"],
        subject: `${describeObject(object)} of ${account ?? "no account"}`,
        title: `Secret holds a token${account === undefined ? "" : ` of ServiceAccount ${account}`} that never expires`,
        fix: "delete the Secret once unused; use TokenRequest tokens, which expire",
      };
    }
  },
});
