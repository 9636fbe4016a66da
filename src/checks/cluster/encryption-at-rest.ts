import type { EncryptionConfiguration } from "../../engines/kubernetes/model.ts";
import { clusterCheck } from "./kubernetes/cluster-check.ts";

/** `*.` is all of the core group, `*.*` all there is. */
const holdSecrets: ReadonlySet<string> = new Set(["secrets", "secrets.", "*.", "*.*"]);

/** Index of the entry that decides how Secrets are stored: the first that names them. */
function entryForSecrets({ resources }: EncryptionConfiguration): number {
  return resources.findIndex((entry) => entry.resources.some((resource) => holdSecrets.has(resource)));
}

/** Whether Secrets are encrypted where they are stored (Kubernetes documentation, "Encrypting Confidential Data at Rest"). */
export const encryptionAtRest = clusterCheck({
  name: "encryption-at-rest",
  title: "Secrets not encrypted at rest",
  severity: "high",
  controls: [3],
  documentation: {
    what: "Checks the entry of EncryptionConfiguration files that decides about `secrets`, and its first provider, which is the one that writes. Reported: no such entry, and `identity` as the first provider.",
    why: "What `identity` writes stands in etcd as it is, and in each of its backups.",
    fix: "Name `secrets` among the resources, with a KMS provider (v2) first; `identity` may come last while old values are rewritten. Then write all Secrets anew.",
    references: [
      "https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/",
      "https://kubernetes.io/docs/tasks/administer-cluster/kms-provider/",
    ],
  },
  needs: { manifests: "partial" },
  reads: ["encryptionConfigurations"],
  applies: ({ manifests }) => manifests.encryptionConfigurations.length > 0,
  *detect({ manifests }) {
    for (const configuration of manifests.encryptionConfigurations) {
      const { object, resources } = configuration;
      const index = entryForSecrets(configuration);
      const first = resources[index]?.providers[0];
      if (index >= 0 && first?.type !== "identity" && first !== undefined) continue;
      yield {
        object,
        path: index < 0 ? ["resources"] : ["resources", index, "providers", ...(first === undefined ? [] : [0])],
        subject: "secrets",
        title:
          index < 0
            ? "Secrets are not in the encrypted resources"
            : first === undefined
              ? "Secrets have no encryption provider"
              : "Secrets are written unencrypted: identity is the first provider",
        fix:
          index < 0 ? "add secrets to the resources of a KMS provider" : "put a KMS provider first, and identity last",
      };
    }
  },
});
