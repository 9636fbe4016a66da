/** Whose age is judged of a cluster's Secrets, and of which nobody knows it. */

import type { AgedSecret, SecretAges } from "../../checks/cluster/kubernetes/cluster-check.ts";
import { clip } from "../../checks/findings/one-line.ts";
import { byNamespace } from "../../core/by-namespace.ts";
import { someOf } from "../../core/counted.ts";
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
  const { maxAgeDays, types = {}, namespaces = {} } = policy.rotation.secrets;
  const judges = maxAgeDays !== undefined || Object.keys(types).length + Object.keys(namespaces).length > 0;
  if (!judges) return { ages: { judged: false, secrets: [] }, gaps: [] };
  const followsStore = storeFollowers(externalSecrets);
  const judged = secrets.flatMap((secret): AgedSecret[] => {
    const { object, type, keys } = secret;
    if (object.source.kind !== "cluster" || type === HELM_RELEASE || keys.length === 0) return [];
    const age = leastAge(secret, policy);
    return age === undefined || followsStore(secret) ? [] : [{ secret, ...age }];
  });
  // What was made in that time was written in it, whatever its managed fields say.
  const isNew = ({ secret: { object }, maxAgeDays: most }: AgedSecret) =>
    now.getTime() - Date.parse(object.creationTimestamp ?? "") <= most * DAY;
  const unknown = judged.filter((one) => one.secret.lastDataChange === undefined && !isNew(one));
  const names = someOf(unknown, NAMED, ({ secret }) => clip(describeObject(secret.object)));
  const gap: Gap = {
    code: "kubernetes.secret-age",
    reason: `time of the last change unknown for ${names}`,
    remedy: "recreate them; API servers of 1.25 or later record changes",
  };
  return { ages: { judged: true, secrets: judged }, gaps: unknown.length === 0 ? [] : [gap] };
}

/** The least of what the policy states of all, of its type and of its namespace. */
function leastAge({ object, type }: Secret, { rotation }: Policy): Omit<AgedSecret, "secret"> | undefined {
  const { maxAgeDays, types = {}, namespaces = {} } = rotation.secrets;
  const stated: (readonly [by: string, days: number | undefined])[] = [
    ["rotation.secrets.maxAgeDays", maxAgeDays],
    [`rotation.secrets.types.${type}`, Object.hasOwn(types, type) ? types[type] : undefined],
    ...byNamespace(namespaces, object.namespace).map(
      ([pattern, days]) => [`rotation.secrets.namespaces.${pattern}`, days] as const,
    ),
  ];
  const [least] = stated
    .flatMap(([by, days]) => (days === undefined ? [] : [{ by, maxAgeDays: days }]))
    .sort((a, b) => a.maxAgeDays - b.maxAgeDays);
  return least;
}
