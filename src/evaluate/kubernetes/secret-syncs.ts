/** How what fills Secrets went, and of what of a cluster nothing says. */

import type { SecretSyncs } from "../../checks/cluster/kubernetes/cluster-check.ts";
import { clip } from "../../checks/findings/one-line.ts";
import { asOfWhen, outcomeOf } from "../../checks/findings/sync-state.ts";
import { someOf } from "../../core/counted.ts";
import type { Gap } from "../../core/evidence.ts";
import type { Policy } from "../../core/policy.ts";
import { describeObject, type Manifests } from "../../engines/kubernetes/model.ts";

/** So many are named. */
const NAMED = 5;

export function secretSyncs(
  { externalSecrets, secretStores }: Pick<Manifests, "externalSecrets" | "secretStores">,
  { policy, now }: { readonly policy: Policy; readonly now: Date },
): { readonly syncs: SecretSyncs; readonly gaps: readonly Gap[] } {
  // What a SecretProviderClass came to stands in the states of its pods alone.
  const all = [...externalSecrets.filter(({ object }) => object.kind !== "SecretProviderClass"), ...secretStores];
  const asOf = asOfWhen(all, now);
  const unknown = all.filter(
    (one) => one.object.source.kind === "cluster" && outcomeOf(one, asOf(one.object)) === "unknown",
  );
  const names = someOf(unknown, NAMED, ({ object }) => clip(describeObject(object)));
  const gap: Gap = {
    code: "kubernetes.secret-sync",
    reason: `no status says whether ${names} synced`,
    remedy: "look at the controller's logs; newer versions of it may write a status",
  };
  const { maxAgeDays } = policy.rotation.secrets;
  return {
    syncs: {
      told: all.some(({ object, sync }) => sync !== undefined || object.source.kind === "cluster"),
      asOf,
      ...(maxAgeDays === undefined ? {} : { maxAgeDays }),
    },
    gaps: unknown.length === 0 ? [] : [gap],
  };
}
