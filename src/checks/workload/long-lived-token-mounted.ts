import type { FieldPatch } from "../../core/finding.ts";
import { containersOf, keyOfSecret, type Secret, type Volume, type Workload } from "../../engines/kubernetes/model.ts";
import type { FieldFix } from "../findings/kubernetes-finding.ts";
import { clip } from "../findings/one-line.ts";
import { workloadCheck } from "./kubernetes/workload-check.ts";

const TOKEN = "kubernetes.io/service-account-token";
const ACCOUNT = "kubernetes.io/service-account.name";
/** The least that the API server gives is ten minutes; the kubelet renews it after 80 percent. */
const SECONDS = 3600;

/** Tokens without an end in pods (Kubernetes documentation, "Configure Service Accounts for Pods", token volume projection). */
export const longLivedTokenMounted = workloadCheck<"manifests">({
  name: "long-lived-token-mounted",
  title: "Long-lived service account tokens used by pods",
  severity: "medium",
  documentation: {
    what: "Checks for volumes and variables of Secrets of the type `kubernetes.io/service-account-token`, where the Secret was read. Not reported: the token that the kubelet mounts by itself, and projected ones, which end; Secrets that were not read. Severity: medium.",
    why: "The token has no end and is bound to no pod: a copy of it from the pod, a log or a backup works until the Secret is deleted.",
    fix: "Mount a projected `serviceAccountToken` with `expirationSeconds`, and an `audience` where something else than the API server reads it. The program must read the file again before the token ends.",
    references: [
      "https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#launch-a-pod-using-service-account-token-projection",
      "https://kubernetes.io/docs/concepts/security/service-accounts/",
    ],
  },
  needs: { workload: "partial", manifests: "partial" },
  reads: ["secrets"],
  *detect({ workload, manifests }) {
    const tokens = new Map(
      manifests.secrets.filter(({ type }) => type === TOKEN).map((secret) => [keyOfSecret(secret.object), secret]),
    );
    if (tokens.size === 0) return;
    const tokenOf = (name: string) => tokens.get(keyOfSecret(workload.object, name));
    for (const [index, volume] of workload.pod.volumes.entries()) {
      const token = tokenOf(volume.secret?.name ?? "");
      if (token === undefined) continue;
      yield {
        path: ["volumes", index],
        subject: `volume ${volume.name} of Secret ${token.object.name}`,
        title: `Volume ${clip(volume.name)} holds a service account token that never expires`,
        fix: projected(workload, token, volume, index),
        evidence: { secret: token.object.name },
      };
    }
    for (const placed of containersOf(workload.pod)) {
      for (const [index, { name, secretKeyRef }] of placed.container.env.entries()) {
        const token = secretKeyRef?.key === "token" ? tokenOf(secretKeyRef.name) : undefined;
        if (token === undefined) continue;
        yield {
          container: placed,
          path: [...placed.path, "env", index],
          subject: `env ${name} of Secret ${token.object.name}`,
          title: `Environment variable ${name} holds a service account token that never expires`,
          fix: "mount a projected serviceAccountToken with expirationSeconds: 3600, and have the program read the file",
          evidence: { secret: token.object.name },
        };
      }
    }
  },
});

/** The three files that such a Secret has, under the same names, from where they are renewed. */
function projected(workload: Workload, token: Secret, volume: Volume, index: number): FieldFix {
  const { pod } = workload;
  const account = token.object.annotations[ACCOUNT];
  const own = pod.serviceAccountName ?? "default";
  const items = volume.secret?.items ?? [];
  const pathOf = (key: string) => (items.length === 0 ? key : items.find((item) => item.key === key)?.path);
  const [tokenPath, authority, namespace] = [pathOf("token"), pathOf("ca.crt"), pathOf("namespace")];
  const sources = [
    ...(tokenPath === undefined ? [] : [{ serviceAccountToken: { path: tokenPath, expirationSeconds: SECONDS } }]),
    ...(authority === undefined
      ? []
      : [{ configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: authority }] } }]),
    ...(namespace === undefined
      ? []
      : [{ downwardAPI: { items: [{ path: namespace, fieldRef: { fieldPath: "metadata.namespace" } }] } }]),
  ];
  const mode = volume.secret?.defaultMode;
  const at = ["volumes", index];
  const patches: FieldPatch[] = [
    { path: [...at, "secret"], op: "remove" },
    {
      path: [...at, "projected"],
      op: "set",
      value: { ...(mode === undefined ? {} : { defaultMode: mode }), sources },
    },
  ];
  const isPart = containersOf(pod).some(({ container }) =>
    container.volumeMounts.some(({ name, subPath, subPathExpr }) => name === volume.name && (subPath ?? subPathExpr)),
  );
  const reason =
    account !== own
      ? `the token is of ServiceAccount ${account ?? "unknown"}, and the pod runs as ${own}`
      : isPart
        ? "a subPath keeps the first token, which ends"
        : undefined;
  return {
    text: `mount a projected serviceAccountToken with expirationSeconds: ${SECONDS} (and an audience, unless the API server reads it)`,
    patches,
    graded: reason === undefined ? undefined : { grade: "needs knowledge", reason },
  };
}
