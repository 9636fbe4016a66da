import { flagCheck } from "./control-plane/flag-check.ts";

/** An API server that stores Secrets unencrypted (Kubernetes reference, command line tools). */
export const encryptionNotConfigured = flagCheck({
  name: "encryption-not-configured",
  title: "Encryption at rest not configured",
  severity: "high",
  controls: [3],
  documentation: {
    what: "Checks whether kube-apiserver is given an encryption configuration (`--encryption-provider-config`); what that holds is for `cluster/encryption-at-rest`. Sources: static pods of the control plane and kubeadm's configuration, with kubeadm's own defaults.",
    why: "Without it Secrets are in etcd as they are: in its files, in its backups, and for anyone who reaches it.",
    fix: "Write an EncryptionConfiguration with a KMS provider for `secrets`, name it in `--encryption-provider-config`, and write all Secrets anew.",
    references: [
      "https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/",
      "https://kubernetes.io/docs/tasks/administer-cluster/kms-provider/",
    ],
  },
  rules: [
    {
      program: "kube-apiserver",
      flag: "encryption-provider-config",
      unless: ["experimental-encryption-provider-config"],
      judge: (value) =>
        value === undefined
          ? {
              title: "kube-apiserver stores Secrets unencrypted",
              fix: "set --encryption-provider-config to an EncryptionConfiguration",
            }
          : undefined,
    },
  ],
});
