import { describeObject, type ExternalSecret } from "../../engines/kubernetes/model.ts";
import { outcomeOf, readsStore, storeOutcomes } from "../findings/sync-state.ts";
import { clusterCheck } from "./kubernetes/cluster-check.ts";

/** Syncs that their controller says have failed (External Secrets' and the other operators' status conditions). */
export const externalSecretFailed = clusterCheck<"secretSyncs">({
  name: "external-secret-failed",
  title: "Failed syncs of external secrets",
  severity: "high",
  withoutControl: "none of the ten is about how secrets are renewed",
  documentation: {
    what: "Checks `ExternalSecret`, `ClusterExternalSecret`, `PushSecret`, `SealedSecret`, the Vault Secrets Operator's secrets, `SecretProviderClassPodStatus` and cert-manager's `Certificate` for a status that says that the last attempt failed, of a live cluster also for one without any status an hour after it was made, which no controller answers. Not reported: manifests without a status; what reads a store that is itself not ready (see `cluster/secret-store-not-ready`). Severity: high; medium of a `PushSecret`, of which the cluster loses nothing.",
    why: "The Secret keeps the value that it had, or is not there: what was revoked in the store stays in force in the cluster, and a rotation that everyone takes for done has not happened.",
    fix: "Read the object's conditions (`kubectl describe`) and mend the path, the permission or the store that they name; alert on `Ready=False`.",
    references: [
      "https://external-secrets.io/latest/api/externalsecret/",
      "https://developer.hashicorp.com/vault/docs/deploy/kubernetes/vso/api-reference",
      "https://cert-manager.io/docs/usage/certificate/",
    ],
  },
  needs: { manifests: "partial", secretSyncs: "partial" },
  reads: ["externalSecrets", "secretStores"],
  applies: ({ manifests, secretSyncs }) => manifests.externalSecrets.length > 0 && secretSyncs.told,
  *detect({ manifests: { externalSecrets, secretStores }, secretSyncs: { asOf } }) {
    const stores = storeOutcomes(secretStores, asOf);
    for (const external of externalSecrets) {
      const { object, direction, sync } = external;
      const outcome = outcomeOf(external, asOf(object));
      if (outcome !== "failed" && outcome !== "unanswered") continue;
      if (stores(readsStore(external)) === "failed") continue;
      const reason = sync?.reason === undefined ? "" : ` (${sync.reason})`;
      const where = sync?.failedNamespaces ?? [];
      const namespaces = where.length === 0 ? "" : ` in ${where.slice(0, 3).join(", ")}${where.length > 3 ? "…" : ""}`;
      yield {
        object,
        path: outcome === "failed" ? ["status"] : ["spec"],
        subject: describeObject(object),
        title:
          outcome === "unanswered"
            ? `${object.kind} ${object.name} has no status: no controller answers it`
            : `${object.kind} ${object.name} does not sync${namespaces}${reason}`,
        severity: direction === "out" ? "medium" : "high",
        fix:
          outcome === "unanswered"
            ? "run the controller that it is for, or delete it"
            : `read its conditions with kubectl describe, and mend the path, permission or store that they name`,
        evidence: evidenceOf(external),
      };
    }
  },
});

function evidenceOf({ targets, store, sync }: ExternalSecret): Record<string, string> {
  return {
    ...(targets.length === 0 ? {} : { targets: targets.slice(0, 5).join(", ") }),
    ...(store === undefined ? {} : { store }),
    ...(sync?.since === undefined ? {} : { since: sync.since }),
    ...(sync?.refreshed === undefined ? {} : { "last synced": sync.refreshed }),
  };
}
