import { someOf } from "../../core/counted.ts";
import { describeObject } from "../../engines/kubernetes/model.ts";
import { keyOfStore, outcomeOf, readsStore, storeName } from "../findings/sync-state.ts";
import { clusterCheck } from "./kubernetes/cluster-check.ts";

/** Stores that their controller cannot reach or log in to (External Secrets' `SecretStore` status). */
export const secretStoreNotReady = clusterCheck<"secretSyncs">({
  name: "secret-store-not-ready",
  title: "Secret stores that are not ready",
  severity: "high",
  withoutControl: "none of the ten is about how secrets are renewed",
  documentation: {
    what: "Checks `SecretStore`, `ClusterSecretStore` and `VaultAuth` for a status that says that the store cannot be reached or refuses the login, of a live cluster also for one without any status an hour after it was made. One finding a store, with how many objects read it. Not reported: manifests without a status. Severity: high; low where nothing reads it.",
    why: "Nothing that reads the store is renewed any more, and what is new is not made: every Secret of it keeps the value that it had, revoked or not.",
    fix: "Read the store's conditions (`kubectl describe`); most often its credential has expired or lost a permission. Prefer the workload's identity over a credential.",
    references: ["https://external-secrets.io/latest/api/secretstore/"],
  },
  needs: { manifests: "partial", secretSyncs: "partial" },
  reads: ["externalSecrets", "secretStores"],
  applies: ({ manifests, secretSyncs }) => manifests.secretStores.length > 0 && secretSyncs.told,
  *detect({ manifests: { externalSecrets, secretStores }, secretSyncs: { asOf } }) {
    const readers = Map.groupBy(externalSecrets, readsStore);
    for (const store of secretStores) {
      const { object, sync, provider } = store;
      const outcome = outcomeOf(store, asOf(object));
      if (outcome !== "failed" && outcome !== "unanswered") continue;
      const own = readers.get(keyOfStore(object, storeName(object))) ?? [];
      const reason = sync?.reason === undefined ? "" : ` (${sync.reason})`;
      yield {
        object,
        path: outcome === "failed" ? ["status"] : ["spec"],
        subject: describeObject(object),
        title:
          outcome === "unanswered"
            ? `${object.kind} ${object.name} has no status: no controller answers it`
            : `${object.kind} ${object.name} is not ready${reason}: ${own.length === 0 ? "nothing reads it" : `${own.length} of its readers are not renewed`}`,
        severity: own.length === 0 ? "low" : "high",
        fix: "read its conditions with kubectl describe; renew its credential or permission",
        evidence: {
          ...(provider === undefined ? {} : { provider }),
          ...(own.length === 0 ? {} : { readers: someOf(own, 5, (one) => describeObject(one.object)) }),
          ...(sync?.since === undefined ? {} : { since: sync.since }),
        },
        also: own.slice(0, 10).map((one) => ({ object: one.object, path: [] })),
      };
    }
  },
});
