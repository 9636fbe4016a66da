import { type FlagRule, flagCheck, listed } from "./control-plane/flag-check.ts";

/** Old TLS versions and weak ciphers (Kubernetes reference, command line tools). */
export const controlPlaneTls = flagCheck({
  name: "control-plane-tls",
  title: "Outdated TLS versions or weak cipher suites",
  severity: "medium",
  documentation: {
    what: "Checks `--tls-min-version` and the cipher suites of the control plane's programs where they are set; the defaults are TLS 1.2 and sound suites. Sources: static pods of the control plane and kubeadm's configuration, with kubeadm's own defaults.",
    why: "TLS 1.0 and 1.1, RC4 and triple DES can be broken by who records the traffic.",
    fix: "Set `VersionTLS12` or `VersionTLS13`, and leave the suites alone or name those that the reference prefers.",
    references: [
      "https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/",
      "https://datatracker.ietf.org/doc/html/rfc8996",
    ],
  },
  rules: [
    ...(["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet"] as const).flatMap(
      (program): FlagRule[] => [
        {
          program,
          flag: "tls-min-version",
          judge: (value) =>
            value !== undefined && ["VersionTLS10", "VersionTLS11", "TLS1.0", "TLS1.1"].includes(value)
              ? { title: `minimum TLS version is ${value}`, fix: "set --tls-min-version=VersionTLS12 or above" }
              : undefined,
        },
        {
          program,
          flag: program === "etcd" ? "cipher-suites" : "tls-cipher-suites",
          judge: (value) => {
            const weak = listed(value).find((suite) => /RC4|3DES|NULL|EXPORT/.test(suite));
            return weak === undefined
              ? undefined
              : { title: `weak cipher suite ${weak} is enabled`, fix: "remove weak suites from --tls-cipher-suites" };
          },
        },
      ],
    ),
  ],
});
