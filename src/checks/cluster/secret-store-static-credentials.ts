import {
  clusterOf,
  describeObject,
  effectiveNamespace,
  type KubernetesObject,
  type SecretName,
  type StoreCredential,
  targetsOf,
} from "../../engines/kubernetes/model.ts";
import { clusterCheck } from "./kubernetes/cluster-check.ts";

/** Stores that are logged in to by a Secret, where an identity would do (External Secrets, "Security best practices"). */
export const secretStoreStaticCredentials = clusterCheck({
  name: "secret-store-static-credentials",
  title: "Secret stores with static credentials",
  severity: "medium",
  documentation: {
    what: "Checks `SecretStore`, `ClusterSecretStore` and `VaultAuth` for Secrets that they log in with: access keys, tokens, client secrets, AppRoles. Not reported: logins by the identity of a workload, of the controller or of a ServiceAccount; a Secret that something renews itself (`ExternalSecret`, `VaultDynamicSecret`, a generator). Severity: medium.",
    why: "The credential opens every secret of the store, has no end, and lies in the cluster: anyone who may read Secrets there has the whole store, from anywhere.",
    fix: "Log in by identity: IAM roles for service accounts, Workload Identity, or Vault's `kubernetes` and `jwt` methods with a `serviceAccountRef`. Where only a credential will do, let something renew it.",
    references: [
      "https://external-secrets.io/latest/guides/security-best-practices/",
      "https://external-secrets.io/latest/api/secretstore/",
    ],
  },
  needs: { manifests: "partial" },
  reads: ["externalSecrets", "secretStores"],
  applies: ({ manifests }) => manifests.secretStores.length > 0,
  *detect({ manifests: { externalSecrets, secretStores } }) {
    const isRenewed = targetsOf(externalSecrets.filter(({ follows, direction }) => follows && direction === "in"));
    for (const { object, provider, credentials } of secretStores) {
      const fixed = credentials.filter((credential) => !isRenewed(nameOfCredential(object, credential)));
      if (fixed.length === 0) continue;
      const names = fixed.map(({ name, namespace }) => (namespace === undefined ? name : `${namespace}/${name}`));
      yield {
        object,
        path: ["spec"],
        subject: describeObject(object),
        title: `${object.kind} ${object.name} logs in${provider === undefined ? "" : ` to ${provider}`} with Secret ${names.join(", ")}, which nothing renews`,
        fix: "log in by a serviceAccountRef (workload identity) instead of a Secret",
        evidence: { credentials: names.join(", "), ...(provider === undefined ? {} : { provider }) },
      };
    }
  },
});

function nameOfCredential(object: KubernetesObject, { name, namespace }: StoreCredential): SecretName {
  const within = namespace ?? effectiveNamespace(object) ?? "";
  return { cluster: clusterOf(object), namespace: within, name };
}
