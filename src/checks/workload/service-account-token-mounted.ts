import type { Workload } from "../../engines/kubernetes/model.ts";
import { clip } from "../findings/one-line.ts";
import { accountOf } from "./hardening/account-use.ts";
import { workloadCheck } from "./kubernetes/workload-check.ts";

/** Tokens of the API server in pods that have no use for one (Kubernetes, "Configure Service Accounts for Pods"). */
export const serviceAccountTokenMounted = workloadCheck<"manifests">({
  name: "service-account-token-mounted",
  title: "Unused service account tokens mounted",
  severity: "medium",
  documentation: {
    what: "Checks whether the pod gets its account's token (`automountServiceAccountToken` of the pod, else of the account, else yes), and whether any binding that was read gives that account something. A token without a use is medium where it is the `default` account's, which every pod of the namespace shares, and low where the pod has an account of its own: that may have a use elsewhere. Not reported: a token whose account is bound to a role.",
    why: "Anyone who gets into the pod has the token: they can ask the API server who is there and what runs, and use whatever somebody binds to the account later.",
    fix: "Set `automountServiceAccountToken: false` on the pod, or on the account for all of its pods. A pod that needs a token for something else than the API server mounts one for that audience, with `projected.sources.serviceAccountToken`.",
    references: [
      "https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#opt-out-of-api-credential-automounting",
    ],
  },
  needs: { workload: "complete", manifests: "complete" },
  reads: ["bindings", "serviceAccounts"],
  *detect({ workload, manifests }) {
    const { name, token, bindings } = accountOf(workload, manifests);
    if (token === undefined || bindings.length > 0) return;
    const isDefault = name === "default";
    const user = userOfToken(workload);
    const text = "set automountServiceAccountToken: false";
    yield {
      path: ["automountServiceAccountToken"],
      subject: `automountServiceAccountToken of ${name}`,
      severity: isDefault ? "medium" : "low",
      title: `Pod mounts the token of the ${isDefault ? "default service account" : `service account ${clip(name)}`}, which has no role in what was read`,
      fix:
        isDefault && user === undefined && token !== "pod"
          ? { text, patches: [{ path: ["automountServiceAccountToken"], op: "set", value: false }] }
          : `${text}, if nothing uses the token${user === undefined ? "" : `: ${user} does`}`,
      evidence: {
        account: clip(name),
        mounted: token === "pod" ? "stated by the pod" : token === "account" ? "stated by the account" : "by default",
      },
    };
  },
});

/** What logs in with the token elsewhere, and needs no role for it. */
function userOfToken({ podMetadata: { annotations, labels } }: Workload): string | undefined {
  const names = [...Object.keys(annotations), ...Object.keys(labels)];
  if (names.some((name) => name.startsWith("vault.hashicorp.com/"))) return "the Vault agent";
  if (names.some((name) => /^(?:linkerd\.io|sidecar\.istio\.io|istio\.io|consul\.hashicorp\.com)\//.test(name))) {
    return "the mesh's proxy";
  }
  return names.some((name) => name.startsWith("azure.workload.identity/")) ? "the cloud's identity" : undefined;
}
