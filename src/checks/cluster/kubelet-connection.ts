import { flagCheck } from "./control-plane/flag-check.ts";

/** The API server's connections to kubelets (Kubernetes reference, command line tools). */
export const kubeletConnection = flagCheck({
  name: "kubelet-connection",
  title: "Unverified API server to kubelet connections",
  severity: "medium",
  documentation: {
    what: "Checks whether kube-apiserver checks the kubelets' certificates (`--kubelet-certificate-authority`) and shows one itself. Sources: static pods of the control plane and kubeadm's configuration, with kubeadm's own defaults.",
    why: "Logs, commands and forwarded ports go over this connection. Unchecked, anyone who stands between node and API server reads them and answers in the kubelet's place.",
    fix: "Let kubelets have certificates of the cluster's authority (`serverTLSBootstrap`) and set `--kubelet-certificate-authority`.",
    references: [
      "https://kubernetes.io/docs/concepts/architecture/control-plane-node-communication/",
      "https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/",
    ],
  },
  rules: [
    {
      program: "kube-apiserver",
      flag: "kubelet-certificate-authority",
      judge: (value) =>
        value === undefined
          ? { title: "kubelet certificates are not verified", fix: "set --kubelet-certificate-authority" }
          : undefined,
    },
    {
      program: "kube-apiserver",
      flag: "kubelet-client-certificate",
      kubeadm: "set",
      judge: (value) =>
        value === undefined
          ? {
              title: "client certificate for kubelets is not set",
              fix: "set --kubelet-client-certificate and --kubelet-client-key",
            }
          : undefined,
    },
  ],
});
