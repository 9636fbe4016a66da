import { flagCheck, isTrue } from "./control-plane/flag-check.ts";

/** Kubelets that answer everybody (Kubernetes reference, command line tools). */
export const kubeletFlags = flagCheck({
  name: "kubelet-flags",
  title: "Insecure kubelet flags",
  severity: "high",
  withoutControl: "none of the ten is about how the control plane authenticates and authorizes",
  documentation: {
    what: "Checks a kubelet's flags where they are set: anonymous requests, `AlwaysAllow`, and the port without authentication. Its KubeletConfiguration is for `cluster/kubelet-configuration`. Sources: static pods of the control plane and kubeadm's configuration, with kubeadm's own defaults.",
    why: "The kubelet runs commands in every container of its node. Anyone who it answers has them all.",
    fix: "Set `--anonymous-auth=false`, `--authorization-mode=Webhook` and `--read-only-port=0`, or better the same in a KubeletConfiguration.",
    references: [
      "https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/",
      "https://kubernetes.io/docs/reference/command-line-tools-reference/kubelet/",
    ],
  },
  rules: [
    {
      program: "kubelet",
      flag: "anonymous-auth",
      judge: (value) =>
        isTrue(value) ? { title: "anonymous authentication is enabled", fix: "set --anonymous-auth=false" } : undefined,
    },
    {
      program: "kubelet",
      flag: "authorization-mode",
      judge: (value) =>
        value === "AlwaysAllow"
          ? { title: "every request is authorized (AlwaysAllow)", fix: "set --authorization-mode=Webhook" }
          : undefined,
    },
    {
      program: "kubelet",
      flag: "read-only-port",
      judge: (value) =>
        value === undefined || value === "0"
          ? undefined
          : { title: "the read-only port is open", fix: "set --read-only-port=0" },
    },
  ],
});
