import { flagCheck, isTrue } from "./control-plane/flag-check.ts";

/** Profiling endpoints of the control plane (Kubernetes reference, command line tools). */
export const profiling = flagCheck({
  name: "profiling",
  title: "Control plane profiling enabled",
  severity: "low",
  documentation: {
    what: "Checks whether `--profiling`, which is on by default, is off for kube-apiserver, kube-controller-manager and kube-scheduler. Sources: static pods of the control plane and kubeadm's configuration, with kubeadm's own defaults.",
    why: "What runs and how much of it is reported to anyone who may ask, and asking costs the program time.",
    fix: "Set `--profiling=false`; switch it on while you look for something.",
    references: ["https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/"],
  },
  rules: [
    {
      program: "kube-apiserver",
      flag: "profiling",
      judge: (value) =>
        value !== undefined && !isTrue(value)
          ? undefined
          : { title: "profiling is enabled", fix: "set --profiling=false" },
    },
    {
      program: "kube-controller-manager",
      flag: "profiling",
      judge: (value) =>
        value !== undefined && !isTrue(value)
          ? undefined
          : { title: "profiling is enabled", fix: "set --profiling=false" },
    },
    {
      program: "kube-scheduler",
      flag: "profiling",
      judge: (value) =>
        value !== undefined && !isTrue(value)
          ? undefined
          : { title: "profiling is enabled", fix: "set --profiling=false" },
    },
  ],
});
