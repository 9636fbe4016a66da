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
    yield { path, title: "Kubelet accepts anonymous requests", severity: "high", value: false };
  }
  if (authorizationMode === "AlwaysAllow") {
    yield {
      path: ["authorization", "mode"],
      title: "Kubelet authorizes every request (AlwaysAllow)",
      severity: "high",
      value: "Webhook",
    };
  }
  if (readOnlyPort !== undefined && readOnlyPort !== 0) {
    const title = "Kubelet read-only port is open";
    yield { path: ["readOnlyPort"], title, severity: "high", value: 0 };
  }
  if (kubelet.webhookAuthentication === false) {
    const path = ["authentication", "webhook", "enabled"];
    yield { path, title: "Kubelet webhook token authentication is disabled", severity: "medium", value: true };
  }
  if (kubelet.rotateCertificates === false) {
    const title = "Kubelet certificate rotation is disabled";
    yield { path: ["rotateCertificates"], title, severity: "low", value: true };
  }
  if (kubelet.protectKernelDefaults !== true) {
    const title = "protectKernelDefaults is not set: the kubelet changes kernel settings";
    yield { path: ["protectKernelDefaults"], title, severity: "low", value: true };
  }
  if (kubelet.seccompDefault !== true) {
    const title = "seccompDefault is not set: pods without a seccomp profile run unconfined";
    yield { path: ["seccompDefault"], title, severity: "low", value: true };
  }
  if (kubelet.makeIPTablesUtilChains === false) {
    const title = "makeIPTablesUtilChains is disabled";
    yield { path: ["makeIPTablesUtilChains"], title, severity: "low", value: true };
  }
  if (streamingConnectionIdleTimeout !== undefined && /^0[a-z]*$/.test(streamingConnectionIdleTimeout)) {
    const title = "Idle streaming connections never time out";
    yield { path: ["streamingConnectionIdleTimeout"], title, severity: "low", value: "4h" };
  }
}

/** KubeletConfiguration v1beta1 (Kubernetes reference, kubelet configuration; kubelet authentication and authorization). */
export const kubeletConfiguration = clusterCheck({
  name: "kubelet-configuration",
  title: "Insecure KubeletConfiguration",
  severity: "high",
  withoutControl: "none of the ten is about how the control plane authenticates and authorizes",
  documentation: {
    what: "Checks in KubeletConfiguration files who is let in (anonymous requests, `AlwaysAllow`, the read-only port), and settings that harden a node: `protectKernelDefaults`, `seccompDefault`, renewal of certificates. What is not set has the defaults of the file, which are sound for the first.",
    why: "The kubelet runs commands in every container of its node, and its read-only port lists them with their environment.",
    fix: "Leave `authentication.anonymous.enabled: false`, `authorization.mode: Webhook` and `readOnlyPort: 0`.",
    references: [
      "https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/",
      "https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/",
      "https://kubernetes.io/docs/tutorials/security/seccomp/",
    ],
  },
  needs: { manifests: "partial" },
  reads: ["kubeletConfigurations"],
  applies: ({ manifests }) => manifests.kubeletConfigurations.length > 0,
  *detect({ manifests }) {
    for (const kubelet of manifests.kubeletConfigurations) {
      for (const { path, title, severity, value } of faultsOf(kubelet)) {
        const fix: FieldFix =
          severity === "low"
            ? { text: `set ${path.join(".")}: ${value}, once the nodes support the setting`, patches: [] }
            : { text: `set ${path.join(".")}: ${value}`, patches: [{ path, op: "set", value }] };
        yield { object: kubelet.object, path, subject: path.join("."), title, severity, fix };
      }
    }
  },
});
