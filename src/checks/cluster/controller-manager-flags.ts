import { flagCheck, isTrue } from "./control-plane/flag-check.ts";

/** Controllers and scheduler: shared credentials, open ports (Kubernetes reference, command line tools). */
export const controllerManagerFlags = flagCheck({
  name: "controller-manager-flags",
  title: "Insecure controller manager or scheduler flags",
  severity: "medium",
  documentation: {
    what: "Checks whether kube-controller-manager gives each controller a service account of its own (`--use-service-account-credentials`), and whether it and kube-scheduler have a port without TLS or listen on all addresses. Sources: static pods of the control plane and kubeadm's configuration, with kubeadm's own defaults.",
    why: "With one set of credentials for all controllers a vulnerability in one has the rights of all of them.",
    fix: "Set `--use-service-account-credentials=true`, `--port=0` where the version has it, and `--bind-address=127.0.0.1`.",
    references: [
      "https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/",
      "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#controller-roles",
    ],
  },
  rules: [
    {
      program: "kube-controller-manager",
      flag: "use-service-account-credentials",
      kubeadm: "true",
      judge: (value) =>
        isTrue(value)
          ? undefined
          : {
              title: "controllers share one service account",
              fix: "set --use-service-account-credentials=true",
            },
    },
    {
      program: "kube-controller-manager",
      flag: "bind-address",
      kubeadm: "127.0.0.1",
      judge: (value) =>
        value === undefined || value === "0.0.0.0" || value === "::"
          ? { title: "listens on all addresses", fix: "set --bind-address=127.0.0.1", severity: "low" }
          : undefined,
    },
    {
      program: "kube-controller-manager",
      flag: "port",
      judge: (value) =>
        value === undefined || value === "0"
          ? undefined
          : { title: "insecure port without TLS is open", fix: "set --port=0" },
    },
    {
      program: "kube-scheduler",
      flag: "bind-address",
      kubeadm: "127.0.0.1",
      judge: (value) =>
        value === undefined || value === "0.0.0.0" || value === "::"
          ? { title: "listens on all addresses", fix: "set --bind-address=127.0.0.1", severity: "low" }
          : undefined,
    },
    {
      program: "kube-scheduler",
      flag: "port",
      judge: (value) =>
        value === undefined || value === "0"
          ? undefined
          : { title: "insecure port without TLS is open", fix: "set --port=0" },
    },
  ],
});
