import { flagCheck, listed } from "./control-plane/flag-check.ts";

/** Requests to the API server that are not authorized by RBAC (Kubernetes reference, command line tools). */
export const apiServerAuthorization = flagCheck({
  name: "api-server-authorization",
  title: "Insecure API server authorization mode",
  severity: "high",
  withoutControl: "none of the ten is about how the control plane authenticates and authorizes",
  documentation: {
    what: "Checks `--authorization-mode` of kube-apiserver: `AlwaysAllow`, which is the default where nothing is set, and modes without `RBAC` or `Node`. Sources: static pods of the control plane and kubeadm's configuration, with kubeadm's own defaults.",
    why: "With AlwaysAllow anyone who has any credentials may do everything. Without Node each kubelet may read all Secrets that its role covers, not just its own pods'.",
    fix: "Set `--authorization-mode=Node,RBAC`.",
    references: [
      "https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/",
      "https://kubernetes.io/docs/reference/access-authn-authz/authorization/",
    ],
  },
  rules: [
    {
      program: "kube-apiserver",
      flag: "authorization-mode",
      kubeadm: "Node,RBAC",
      unless: ["authorization-config"],
      judge: (value) => {
        const fix = "set --authorization-mode=Node,RBAC";
        const modes = listed(value);
        if (modes.length === 0) return { title: "authorization mode is not set, every request is authorized", fix };
        if (modes.includes("AlwaysAllow")) return { title: "every request is authorized (AlwaysAllow)", fix };
        if (!modes.includes("RBAC")) return { title: "authorization mode RBAC is missing", fix, severity: "medium" };
        return modes.includes("Node")
          ? undefined
          : { title: "authorization mode Node is missing", fix, severity: "medium" };
      },
    },
  ],
});
