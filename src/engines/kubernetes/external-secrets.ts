/** Which Secrets somebody fills from outside, and by what secrets come in. */
import { containersOf } from "./containers.ts";
import type { ExternalSecret } from "./external-secret-model.ts";
import type { Manifests, Secret, Workload } from "./model.ts";
import { keyOfSecret } from "./object.ts";
import type { KubernetesObject } from "./object-model.ts";
import { rawOf } from "./raw.ts";

/** What the operators put on the Secrets that they make and keep up, by their own documentation. */
const LABELS = ["reconcile.external-secrets.io/managed", "secrets-store.csi.k8s.io/managed"];
const OWNERS: ReadonlySet<string> = new Set([
  "external-secrets.io/ExternalSecret",
  "secrets.hashicorp.com/VaultStaticSecret",
  "secrets.hashicorp.com/VaultDynamicSecret",
  "secrets.hashicorp.com/VaultPKISecret",
]);

const CSI_DRIVER = "secrets-store.csi.k8s.io";
const VAULT_AGENT = "vault.hashicorp.com/agent-inject";

/** Whether a Secret is filled, and kept up, from a store: how old it may be is that store's matter. */
export function storeFollowers(externalSecrets: readonly ExternalSecret[]): (secret: Secret) => boolean {
  const byTarget = new Map<string, boolean>();
  for (const { object, direction, targets, follows } of externalSecrets) {
    // A ClusterExternalSecret makes ExternalSecrets, which make the Secrets. What renews a certificate may keep its key.
    if (direction === "out" || object.kind === "ClusterExternalSecret" || object.kind === "Certificate") continue;
    for (const name of targets) {
      const key = keyOfSecret(object, name);
      byTarget.set(key, follows || byTarget.get(key) === true);
    }
  }
  return ({ object }) => byTarget.get(keyOfSecret(object)) ?? isMarked(object);
}

/** By the operator's own mark; the one that made it need not be among what was read. */
function isMarked({ labels, ownerReferences }: KubernetesObject): boolean {
  return (
    LABELS.some((label) => Object.hasOwn(labels, label) && labels[label] === "true") ||
    ownerReferences.some(({ apiVersion, kind }) => OWNERS.has(`${apiVersion.split("/")[0]}/${kind}`))
  );
}

/** What brings nothing from outside by itself: how a SecretProviderClass went at a pod, and certificates. */
const NO_SOURCES: ReadonlySet<string> = new Set(["SecretProviderClassPodStatus", "Certificate"]);

/** `ExternalSecret` → 3, `Vault agent` → 1: by what secrets come in, and how many of it. */
export function secretSources({ externalSecrets, secrets, workloads }: Manifests): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const count = (what: string) => counts.set(what, (counts.get(what) ?? 0) + 1);
  for (const { object, direction } of externalSecrets) {
    if (direction === "in" && !NO_SOURCES.has(object.kind)) count(object.kind);
  }
  const encrypted = sopsSecrets(secrets);
  if (encrypted > 0) counts.set("SOPS Secret", encrypted);
  for (const workload of workloads) {
    for (const { csi } of workload.pod.volumes) if (csi?.driver === CSI_DRIVER) count("Secrets Store CSI volume");
    if (hasVaultAgent(workload)) count("Vault agent");
  }
  return counts;
}

/** Each is read anew for it, and every evaluation of a whole asks. */
const known = new WeakMap<Manifests["secrets"], number>();

function sopsSecrets(secrets: Manifests["secrets"]): number {
  let count = known.get(secrets);
  if (count === undefined) {
    count = secrets.filter(({ object }) => rawOf(object).sops !== undefined).length;
    known.set(secrets, count);
  }
  return count;
}

/** The injector goes by the annotation; in a cluster's pod the agent is there already. */
function hasVaultAgent({ podMetadata: { annotations }, pod }: Workload): boolean {
  if (Object.hasOwn(annotations, VAULT_AGENT)) return /^(?:1|t|true)$/i.test(annotations[VAULT_AGENT] ?? "");
  return containersOf(pod).some(({ container }) => container.name === "vault-agent");
}
