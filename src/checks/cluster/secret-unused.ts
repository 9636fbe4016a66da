import { describeObject, effectiveNamespace, keyOfSecret, secretKey } from "../../engines/kubernetes/model.ts";
import { secretUses } from "../findings/secret-uses.ts";
import { clusterCheck } from "./kubernetes/cluster-check.ts";

/** Secrets that are brought into the cluster for nobody (Kubernetes documentation, "Good practices for Kubernetes Secrets"). */
export const secretUnused = clusterCheck({
  name: "secret-unused",
  title: "Synced Secrets that nothing uses",
  severity: "low",
  documentation: {
    what: "Checks whether the Secret that an `ExternalSecret`, a Vault secret or a `SealedSecret` makes is used by a workload, a ServiceAccount, an Ingress, a Gateway, a store or a `PushSecret` of what was read. Not reported: namespaces without a workload, or with a volume whose Secrets are not read; `ClusterExternalSecret`s. Programs that read Secrets over the API, and custom resources that name one, are not seen. Severity: low.",
    why: "A secret that nobody needs is one more copy that can leak, and is rotated and audited for nothing.",
    fix: "Delete the object if nothing reads the Secret over the API.",
    references: ["https://kubernetes.io/docs/concepts/security/secrets-good-practices/"],
  },
  needs: { manifests: "complete" },
  reads: ["workloads", "secrets", "externalSecrets", "secretStores", "serviceAccounts", "ingresses", "gateways"],
  applies: ({ manifests }) => manifests.externalSecrets.some(({ targets }) => targets.length > 0),
  *detect({ manifests }) {
    const { uses, unread } = secretUses(manifests);
    const used = new Set(uses.map(secretKey));
    const within = (object: Parameters<typeof keyOfSecret>[0]) => keyOfSecret(object, "");
    const inhabited = new Set(manifests.workloads.map(({ object }) => within(object)));
    const unclear = new Set(unread.map(({ object }) => within(object)));
    for (const { object, direction, targets } of manifests.externalSecrets) {
      if (direction === "out" || object.kind === "Certificate" || object.kind === "SecretProviderClass") continue;
      if (effectiveNamespace(object) === undefined) continue;
      if (!inhabited.has(within(object)) || unclear.has(within(object))) continue;
      for (const name of targets) {
        if (used.has(keyOfSecret(object, name))) continue;
        yield {
          object,
          path: ["spec"],
          subject: `${describeObject(object)} → Secret ${name}`,
          title: `Secret ${name} of ${object.kind} ${object.name} is used by nothing that was read`,
          fix: `delete the ${object.kind} if nothing reads the Secret over the API`,
        };
      }
    }
  },
});
