import { accountOf } from "./hardening/account-use.ts";
import { workloadCheck } from "./kubernetes/workload-check.ts";

/** Pods that run as the account that everything in their namespace shares. */
export const defaultServiceAccount = workloadCheck<"manifests">({
  name: "default-service-account",
  title: "Pods using the default service account",
  severity: "low",
  documentation: {
    what: "Checks `serviceAccountName`: where it is not stated, or says `default`, the pod is the account that all such pods of the namespace share. It is medium where a binding that was read gives that account something and the pod gets its token, low where only one of both is so, and nothing where neither is.",
    why: "What one pod of the namespace is allowed, all of them are, and so is anyone who gets into any of them; audit logs cannot tell them apart.",
    fix: "Make an account for each workload, name it in `serviceAccountName`, bind what it needs to it, and nothing to `default`.",
    references: ["https://kubernetes.io/docs/concepts/security/service-accounts/#default-service-accounts"],
  },
  needs: { workload: "complete", manifests: "partial" },
  reads: ["bindings", "serviceAccounts"],
  *detect({ workload, manifests }) {
    const { name, token, bindings } = accountOf(workload, manifests);
    if (name !== "default" || (token === undefined && bindings.length === 0)) return;
    const bound = bindings.map(
      ({ roleRef, object }) => `${roleRef.kind} ${roleRef.name} by ${object.kind} ${object.name}`,
    );
    yield {
      path: ["serviceAccountName"],
      subject: ["serviceAccountName", ...bound.toSorted()].join(" "),
      severity: token !== undefined && bound.length > 0 ? "medium" : "low",
      title:
        bound.length > 0
          ? `Pod uses the default service account, which has ${bound[0]}`
          : "Pod uses the default service account",
      also: bindings.slice(0, 10).map(({ object }) => ({ object, path: ["subjects"] })),
      fix: "create a ServiceAccount and set serviceAccountName",
      ...(bound.length === 0 ? {} : { evidence: { roles: bound.slice(0, 5).join(", ") } }),
    };
  },
});
