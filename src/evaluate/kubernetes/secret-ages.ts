/** Whose age is judged of a cluster's Secrets, and of which nobody knows it. */

import type { SecretAges } from "../../checks/cluster/kubernetes/cluster-check.ts";
import { clip } from "../../checks/findings/one-line.ts";
import type { Gap } from "../../core/evidence.ts";
import type { Policy } from "../../core/policy.ts";
import { storeFollowers } from "../../engines/kubernetes/external-secrets.ts";
import type { Manifests, Secret } from "../../engines/kubernetes/model.ts";
import { describeObject } from "../../engines/kubernetes/model.ts";

/** Helm's own records of releases: nothing in them is ever replaced. */
const HELM_RELEASE = "helm.sh/release.v1";
const DAY = 24 * 60 * 60 * 1000;
/** So many are named. */
const NAMED = 5;

export function secretAges(
  { secrets, externalSecrets }: Pick<Manifests, "secrets" | "externalSecrets">,
  { policy, now }: { readonly policy: Policy; readonly now: Date },
): { readonly ages: SecretAges; readonly gaps: readonly Gap[] } {
  const { maxAgeDays } = policy.rotation.secrets;
  if (maxAgeDays === undefined) return { ages: { secrets: [] }, gaps: [] };
  const followsStore = storeFollowers(externalSecrets);
  const judged = secrets.filter(
    (secret) =>
      secret.object.source.kind === "cluster" &&
      secret.type !== HELM_RELEASE &&
      secret.keys.length > 0 &&
      !followsStore(secret),
  );
  // What was made in that time was written in it, whatever its managed fields say.
  const isNew = ({ object: { creationTimestamp = "" } }: Secret) =>
    now.getTime() - Date.parse(creationTimestamp) <= maxAgeDays * DAY;
  const unknown = judged.filter((secret) => secret.lastDataChange === undefined && !isNew(secret));
  const names = unknown.slice(0, NAMED).map(({ object }) => clip(describeObject(object)));
  const more = unknown.length > NAMED ? ` and ${unknown.length - NAMED} more` : "";
  const gap: Gap = {
    code: "kubernetes.secret-age",
    reason: `time of the last change unknown for ${names.join(", ")}${more}`,
    remedy: "recreate them; API servers of 1.25 or later record changes",
  };
  return { ages: { maxAgeDays, secrets: judged }, gaps: unknown.length === 0 ? [] : [gap] };
}
