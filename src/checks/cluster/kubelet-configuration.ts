import type { RatedSeverity } from "../../core/severity.ts";
import type { FieldPath, KubeletConfiguration } from "../../engines/kubernetes/model.ts";
import type { FieldFix } from "../findings/kubernetes-finding.ts";
import { clusterCheck } from "./kubernetes/cluster-check.ts";

interface Fault {
  readonly path: FieldPath;
  readonly title: string;
  readonly severity: RatedSeverity;
  /** The value that is right. */
  readonly value: unknown;
}

function* faultsOf(kubelet: KubeletConfiguration): Generator<Fault> {
  const { authorizationMode, readOnlyPort, streamingConnectionIdleTimeout } = kubelet;
  if (kubelet.anonymousAuthentication === true) {
    const path = ["authentication", "anonymous", "enabled"];
    yield { path, title: "Anonymous requests are let in", severity: "high", value: false };
  }
  if (authorizationMode === "AlwaysAllow") {
    yield { path: ["authorization", "mode"], title: "Everything is allowed", severity: "high", value: "Webhook" };
  }
  if (readOnlyPort !== undefined && readOnlyPort !== 0) {
    const title = "The port without authentication is open";
    yield { path: ["readOnlyPort"], title, severity: "high", value: 0 };
  }
  if (kubelet.webhookAuthentication === false) {
    const path = ["authentication", "webhook", "enabled"];
    yield { path, title: "Tokens are not asked of the API server", severity: "medium", value: true };
  }
  if (kubelet.rotateCertificates === false) {
    const title = "Its certificate is not renewed before it ends";
    yield { path: ["rotateCertificates"], title, severity: "low", value: true };
  }
  if (kubelet.protectKernelDefaults !== true) {
    const title = "It changes the kernel's settings in place of failing where they are not as it needs them";
    yield { path: ["protectKernelDefaults"], title, severity: "low", value: true };
  }
  if (kubelet.seccompDefault !== true) {
    const title = "Pods that name no seccomp profile run unconfined";
    yield { path: ["seccompDefault"], title, severity: "low", value: true };
  }
  if (kubelet.makeIPTablesUtilChains === false) {
    const title = "Its own packet filter chains are not kept";
    yield { path: ["makeIPTablesUtilChains"], title, severity: "low", value: true };
  }
  if (streamingConnectionIdleTimeout !== undefined && /^0[a-z]*$/.test(streamingConnectionIdleTimeout)) {
    const title = "Idle connections into containers never end";
    yield { path: ["streamingConnectionIdleTimeout"], title, severity: "low", value: "4h" };
  }
}

/** KubeletConfiguration v1beta1 (Kubernetes reference, kubelet configuration; kubelet authentication and authorization). */
export const kubeletConfiguration = clusterCheck({
  name: "kubelet-configuration",
  title: "Kubelets that answer everybody or are left soft",
  severity: "high",
  withoutControl: "none of the ten is about how the control plane authenticates and authorizes",
  documentation: {
    what: "Looks in KubeletConfiguration files at who is let in (anonymous requests, `AlwaysAllow`, the read-only port), and at settings that harden a node: `protectKernelDefaults`, `seccompDefault`, renewal of certificates. What is not set has the defaults of the file, which are sound for the first.",
    why: "The kubelet runs commands in every container of its node, and its read-only port lists them with their environment.",
    fix: "Leave `authentication.anonymous.enabled: false`, `authorization.mode: Webhook` and `readOnlyPort: 0`.",
    references: [
      "https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/",
      "https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/",
      "https://kubernetes.io/docs/tutorials/security/seccomp/",
    ],
  },
  needs: { manifests: "witness" },
  reads: ["kubeletConfigurations"],
  applies: ({ manifests }) => manifests.kubeletConfigurations.length > 0,
  *spot({ manifests }) {
    for (const kubelet of manifests.kubeletConfigurations) {
      for (const { path, title, severity, value } of faultsOf(kubelet)) {
        const fix: FieldFix =
          severity === "low"
            ? { text: `set ${path.join(".")}: ${value}, once the nodes are ready for it`, patches: [] }
            : { text: `set ${path.join(".")}: ${value}`, patches: [{ path, op: "set", value }] };
        yield { object: kubelet.object, path, subject: path.join("."), title, severity, fix };
      }
    }
  },
});
