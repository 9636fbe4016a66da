import type { RatedSeverity } from "../../core/severity.ts";
import type { EncryptionProvider } from "../../engines/kubernetes/model.ts";
import { clusterCheck } from "./kubernetes/cluster-check.ts";

interface Weakness {
  readonly title: string;
  readonly severity: RatedSeverity;
  readonly fix: string;
}

const KMS = "use a KMS provider with apiVersion v2";

function* weaknessesOf({ type, keys, apiVersion }: EncryptionProvider): Generator<Weakness> {
  if (type === "aescbc") {
    yield {
      title: "Provider aescbc does not authenticate data (padding oracle attacks)",
      severity: "medium",
      fix: KMS,
    };
  }
  if (type === "aesgcm" && keys.length < 2) {
    yield {
      title: "Provider aesgcm has a single key, unsafe without rotation every 200,000 writes",
      severity: "medium",
      fix: `${KMS}, or secretbox, or rotate the key automatically`,
    };
  }
  if (type === "kms" && apiVersion !== "v2") {
    yield { title: "KMS v1 is deprecated, and off by default from Kubernetes 1.29 on", severity: "low", fix: KMS };
  }
  if (keys.length > 0) {
    yield {
      title: `Plaintext keys of provider ${type} in the configuration`,
      severity: "medium",
      fix: `${KMS}; until then keep the file out of the repository, readable only by the API server, and rotate the keys`,
    };
  }
}

/** How Secrets are encrypted (Kubernetes documentation, "Encrypting Confidential Data at Rest", providers). */
export const encryptionProvider = clusterCheck({
  name: "encryption-provider",
  title: "Weak encryption providers or keys",
  severity: "medium",
  documentation: {
    what: "Checks the providers of EncryptionConfiguration files that encrypt: `aescbc`, `aesgcm` with one key, KMS v1, and any whose keys stand in the file. Keys are not read, only their names.",
    why: "A key that lies beside the data protects backups of etcd alone. `aescbc` is open to padding oracles, and Kubernetes recommends `aesgcm` only where a program exchanges its keys.",
    fix: "Use `kms` with `apiVersion: v2`: the key that encrypts keys stays outside, and changes without a new file. Without a KMS, `secretbox`.",
    references: [
      "https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/#providers",
      "https://kubernetes.io/docs/tasks/administer-cluster/kms-provider/",
    ],
  },
  needs: { manifests: "partial" },
  reads: ["encryptionConfigurations"],
  applies: ({ manifests }) => manifests.encryptionConfigurations.length > 0,
  *detect({ manifests }) {
    for (const { object, resources } of manifests.encryptionConfigurations) {
      for (const [entry, { providers }] of resources.entries()) {
        for (const [index, provider] of providers.entries()) {
          for (const { title, severity, fix } of weaknessesOf(provider)) {
            const path = ["resources", entry, "providers", index];
            yield { object, path, subject: `provider ${provider.type}`, title, severity, fix };
          }
        }
      }
    }
  },
});
