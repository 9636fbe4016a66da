import { describeObject } from "../../engines/kubernetes/model.ts";
import { outcomeOf, readsStore, staleSince, storeOutcomes } from "../findings/sync-state.ts";
import { clusterCheck } from "./kubernetes/cluster-check.ts";

const DAY = 24 * 60 * 60 * 1000;

/** Secrets that are synced too seldom, or no more (External Secrets' `refreshInterval` and `refreshTime`). */
export const externalSecretStale = clusterCheck<"secretSyncs">({
  name: "external-secret-stale",
  title: "Stale external secrets",
  severity: "medium",
  documentation: {
    what: "Checks whether what fills Secrets from a store was synced within three times its own interval (15 minutes at least), though its status says that it is ready; and, where the policy states `rotation.secrets.maxAgeDays`, whether it is fetched once only (`refreshInterval: 0`, `CreatedOnce`) or less often than that. Files are as of the latest time in their statuses. Not reported: what says that it failed (see `cluster/external-secret-failed`); `refreshPolicy: OnChange`; kinds that tell no time (`SealedSecret`, `SecretProviderClass`).",
    why: "A controller that has stopped leaves every status as it was: all is ready, and nothing that is rotated in the store arrives any more.",
    fix: "Bring the controller up and look at its logs and queue. Give what must be rotated an interval that is shorter than its rotation.",
    references: ["https://external-secrets.io/latest/api/externalsecret/"],
  },
  needs: { manifests: "partial", secretSyncs: "partial" },
  reads: ["externalSecrets", "secretStores"],
  applies: ({ manifests, secretSyncs: { told, maxAgeDays } }) =>
    manifests.externalSecrets.some(({ store }) => told || (maxAgeDays !== undefined && store !== undefined)),
  *detect({ manifests: { externalSecrets, secretStores }, secretSyncs: { asOf, maxAgeDays } }) {
    const stores = storeOutcomes(secretStores, asOf);
    for (const external of externalSecrets) {
      const { object, refreshSeconds, sync, store, direction } = external;
      const at = asOf(object);
      if (outcomeOf(external, at) === "failed" || stores(readsStore(external)) === "failed") continue;
      const since = staleSince(external, at);
      if (since !== undefined) {
        yield {
          object,
          path: ["status", "refreshTime"],
          subject: `${describeObject(object)}: late`,
          title: `${object.kind} ${object.name} says it is ready, and was last synced ${ago(at, sync?.refreshed)} ago`,
          fix: "bring its controller up, and look at its logs and queue",
          evidence: {
            "last synced": sync?.refreshed ?? "",
            interval: `${refreshSeconds} s`,
            ...(store === undefined ? {} : { store }),
          },
        };
        continue;
      }
      if (maxAgeDays === undefined || refreshSeconds === undefined || direction === "out") continue;
      if (refreshSeconds !== 0 && refreshSeconds * 1000 <= maxAgeDays * DAY) continue;
      const isOnce = refreshSeconds === 0;
      yield {
        object,
        path: ["spec", "refreshInterval"],
        subject: `${describeObject(object)}: interval`,
        title: `${object.kind} ${object.name} fetches ${isOnce ? "once" : `every ${Math.floor((refreshSeconds * 1000) / DAY)} days`} (limit: ${maxAgeDays} days)`,
        fix: "set refreshInterval: 1h, and refreshPolicy: Periodic",
        evidence: store === undefined ? {} : { store },
      };
    }
  },
});

function ago(now: Date, time = ""): string {
  const minutes = Math.floor((now.getTime() - Date.parse(time)) / 60_000);
  if (minutes < 120) return `${minutes} minutes`;
  return minutes < 2 * 24 * 60 ? `${Math.floor(minutes / 60)} hours` : `${Math.floor(minutes / (24 * 60))} days`;
}
