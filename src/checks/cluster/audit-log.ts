import { flagCheck } from "./control-plane/flag-check.ts";

/** An API server without an audit log (Kubernetes reference, command line tools). */
export const auditLog = flagCheck({
  name: "audit-log",
  title: "API server audit logging not configured",
  severity: "medium",
  documentation: {
    what: "Checks whether kube-apiserver writes an audit log or sends one, and has a policy for it. Sources: static pods of the control plane and kubeadm's configuration, with kubeadm's own defaults.",
    why: "The audit log is the only record of who did what in the cluster. Without a policy nothing is written into it.",
    fix: "Set `--audit-policy-file` and `--audit-log-path`, or `--audit-webhook-config-file`.",
    references: [
      "https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/",
      "https://kubernetes.io/docs/concepts/security/security-checklist/",
    ],
  },
  rules: [
    {
      program: "kube-apiserver",
      flag: "audit-log-path",
      unless: ["audit-webhook-config-file"],
      judge: (value) =>
        value === undefined
          ? { title: "audit logging is not configured", fix: "set --audit-log-path and --audit-policy-file" }
          : undefined,
    },
    {
      program: "kube-apiserver",
      flag: "audit-policy-file",
      judge: (value) =>
        value === undefined
          ? { title: "audit policy is not set, no event is recorded", fix: "set --audit-policy-file" }
          : undefined,
    },
  ],
});
