import { flagCheck, listed } from "./control-plane/flag-check.ts";

/** Admission plugins that are off (Kubernetes reference, command line tools). */
export const admissionPlugins = flagCheck({
  name: "admission-plugins",
  title: "Insecure admission plugin configuration",
  severity: "high",
  controls: [5],
  documentation: {
    what: "Checks the admission plugins of kube-apiserver: `AlwaysAdmit`, `PodSecurity`, `ServiceAccount` or `NamespaceLifecycle` switched off, and `NodeRestriction`, which is off by default. Sources: static pods of the control plane and kubeadm's configuration, with kubeadm's own defaults.",
    why: "PodSecurity is what holds the namespaces' levels. Without NodeRestriction a kubelet may change other nodes and their pods.",
    fix: "Set `--enable-admission-plugins=NodeRestriction` and leave the default ones on.",
    references: [
      "https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/",
      "https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/",
    ],
  },
  rules: [
    {
      program: "kube-apiserver",
      flag: "enable-admission-plugins",
      kubeadm: "NodeRestriction",
      judge: (value) => {
        const plugins = listed(value);
        if (plugins.includes("AlwaysAdmit"))
          return { title: "AlwaysAdmit is enabled", fix: "remove AlwaysAdmit from --enable-admission-plugins" };
        return plugins.includes("NodeRestriction")
          ? undefined
          : {
              title: "NodeRestriction is not enabled",
              fix: "add NodeRestriction to --enable-admission-plugins",
              severity: "medium",
            };
      },
    },
    {
      program: "kube-apiserver",
      flag: "disable-admission-plugins",
      judge: (value) => {
        const plugins = listed(value);
        if (plugins.includes("PodSecurity"))
          return { title: "PodSecurity is disabled", fix: "remove PodSecurity from --disable-admission-plugins" };
        const off = plugins.find((plugin) =>
          ["ServiceAccount", "NamespaceLifecycle", "NodeRestriction"].includes(plugin),
        );
        return off === undefined
          ? undefined
          : { title: `${off} is disabled`, fix: `remove ${off} from --disable-admission-plugins`, severity: "medium" };
      },
    },
  ],
});
