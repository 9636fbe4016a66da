import { type FlagRule, flagCheck, isTrue, listed } from "./control-plane/flag-check.ts";

/** Whether one of the URLs is plain and of another machine. */
function openUrl(value: string | undefined): boolean {
  return listed(value).some(
    (url) => url.startsWith("http://") && !/^http:\/\/(?:127\.|localhost[:/]|localhost$|\[::1\])/.test(url),
  );
}

/** etcd that answers without a certificate (Kubernetes reference, command line tools). */
export const etcdAuthentication = flagCheck({
  name: "etcd-authentication",
  title: "etcd without mutual TLS",
  severity: "high",
  withoutControl: "none of the ten is about how the control plane authenticates and authorizes",
  documentation: {
    what: "Checks whether etcd asks its clients and peers for certificates and listens with TLS for both, and whether kube-apiserver reaches it with TLS. Sources: static pods of the control plane and kubeadm's configuration, with kubeadm's own defaults.",
    why: "etcd holds the whole cluster, Secrets included, and asks for no right beyond the connection: to reach it is to be its administrator.",
    fix: "Set `--client-cert-auth=true`, `--trusted-ca-file`, `--peer-client-cert-auth=true` and `--peer-trusted-ca-file`; listen on https alone.",
    references: [
      "https://kubernetes.io/docs/tasks/administer-cluster/configure-upgrade-etcd/",
      "https://etcd.io/docs/latest/op-guide/security/",
    ],
  },
  rules: [
    {
      program: "etcd",
      flag: "client-cert-auth",
      kubeadm: "true",
      judge: (value) =>
        isTrue(value)
          ? undefined
          : {
              title: "client certificates are not required",
              fix: "set --client-cert-auth=true and --trusted-ca-file",
            },
    },
    {
      program: "etcd",
      flag: "peer-client-cert-auth",
      kubeadm: "true",
      judge: (value) =>
        isTrue(value)
          ? undefined
          : {
              title: "peer certificates are not required",
              fix: "set --peer-client-cert-auth=true and --peer-trusted-ca-file",
              severity: "medium",
            },
    },
    {
      program: "etcd",
      flag: "auto-tls",
      judge: (value) =>
        isTrue(value)
          ? {
              title: "self-signed certificate (--auto-tls)",
              fix: "remove --auto-tls and set --cert-file and --key-file",
              severity: "medium",
            }
          : undefined,
    },
    {
      program: "etcd",
      flag: "peer-auto-tls",
      judge: (value) =>
        isTrue(value)
          ? {
              title: "self-signed peer certificate (--peer-auto-tls)",
              fix: "remove --peer-auto-tls and set --peer-cert-file and --peer-key-file",
              severity: "medium",
            }
          : undefined,
    },
    {
      program: "etcd",
      flag: "listen-client-urls",
      judge: (value) =>
        openUrl(value)
          ? { title: "it listens for clients without TLS", fix: "use https in --listen-client-urls" }
          : undefined,
    },
    ...["listen-peer-urls", "initial-advertise-peer-urls"].map(
      (flag): FlagRule => ({
        program: "etcd",
        flag,
        judge: (value) =>
          openUrl(value)
            ? {
                title: "peer connections without TLS",
                fix: `use https in --${flag}, with --peer-cert-file, --peer-key-file and --peer-trusted-ca-file`,
              }
            : undefined,
      }),
    ),
    {
      program: "etcd",
      flag: "advertise-client-urls",
      judge: (value) =>
        openUrl(value)
          ? { title: "it tells clients to come without TLS", fix: "use https in --advertise-client-urls" }
          : undefined,
    },
    {
      program: "kube-apiserver",
      flag: "etcd-servers",
      judge: (value) =>
        openUrl(value)
          ? {
              title: "connects to etcd without TLS",
              fix: "use https in --etcd-servers, with --etcd-cafile, --etcd-certfile and --etcd-keyfile",
            }
          : undefined,
    },
  ],
});
