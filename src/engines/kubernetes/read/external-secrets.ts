/** Reads what fills Secrets, each by its project's own reference of its resource. */
import type { ExternalSecret } from "../external-secret-model.ts";
import type { KubernetesObject } from "../object-model.ts";
import { type Fields, stated } from "./fields.ts";
import { readSync, secondsOf, timeOf, unixTime } from "./sync-state.ts";

type Reader = (object: KubernetesObject, root: Fields) => ExternalSecret;

/** What all have; each reader says what it has otherwise. */
const INWARD = { direction: "in", makes: true, restarts: [] } as const;

const vaultSecret: Reader = (object, root) => {
  const spec = root.fields("spec");
  const destination = spec?.fields("destination");
  const name = destination?.string("name");
  const authentication = spec?.string("vaultAuthRef") || undefined;
  const status = root.fields("status");
  const lease = status?.fields("secretLease")?.integer("duration");
  return stated({
    ...INWARD,
    object,
    targets: name ? [name] : [],
    makes: destination?.boolean("create") === true,
    store: authentication === undefined ? undefined : `VaultAuth/${authentication}`,
    follows: true,
    refreshSeconds: lease ? lease : secondsOf(spec?.scalar("refreshAfter")),
    sync: readSync(status, { refreshed: unixTime(status?.integer("lastRenewalTime")) }),
    expires: unixTime(status?.integer("expiration")),
    restarts: restartTargets(spec),
  });
};

const pushSecret = (object: KubernetesObject, root: Fields, spec: Fields | undefined): ExternalSecret => {
  const name = spec?.fields("selector")?.fields("secret")?.string("name");
  const [reference] = spec?.list("secretStoreRefs") ?? [];
  const store = reference?.string("name") || undefined;
  const status = root.fields("status");
  return stated({
    object,
    direction: "out" as const,
    targets: name ? [name] : [],
    makes: false,
    store: store === undefined ? undefined : `${reference?.string("kind") || "SecretStore"}/${store}`,
    follows: false,
    refreshSeconds: secondsOf(spec?.scalar("refreshInterval")),
    sync: readSync(status, { refreshed: timeOf(status?.scalar("refreshTime")) }),
    restarts: [],
  });
};

/** By `group/Kind`, whatever the version. */
export const EXTERNAL_SECRETS: Readonly<Record<string, Reader>> = {
  "external-secrets.io/ExternalSecret": (object, root) => readSpec(object, root, root.fields("spec"), object.name),
  "external-secrets.io/ClusterExternalSecret": (object, root) => {
    const spec = root.fields("spec");
    const name = spec?.string("externalSecretName") || object.name;
    const read = readSpec(object, root, spec?.fields("externalSecretSpec"), name);
    const namespaces = selectedNamespaces(spec, root.fields("status"), read.sync?.failedNamespaces);
    return namespaces === undefined ? read : { ...read, namespaces };
  },
  "external-secrets.io/PushSecret": (object, root) => pushSecret(object, root, root.fields("spec")),
  "external-secrets.io/ClusterPushSecret": (object, root) =>
    pushSecret(object, root, root.fields("spec")?.fields("pushSecretSpec")),
  "secrets-store.csi.x-k8s.io/SecretProviderClass": (object, root) => {
    const spec = root.fields("spec");
    const targets = spec?.list("secretObjects").flatMap((one) => one.string("secretName") || []) ?? [];
    return stated({ ...INWARD, object, targets, store: spec?.string("provider") || undefined, follows: true });
  },
  // The driver writes one for each pod; it is deleted with the pod.
  "secrets-store.csi.x-k8s.io/SecretProviderClassPodStatus": (object, root) => {
    const status = root.fields("status");
    const name = status?.string("secretProviderClassName") || undefined;
    return stated({
      ...INWARD,
      object,
      targets: [],
      makes: false,
      store: name === undefined ? undefined : `SecretProviderClass/${name}`,
      follows: true,
      sync: readSync(status, { ready: status?.boolean("mounted"), reason: "NotMounted" }),
    });
  },
  "bitnami.com/SealedSecret": (object, root) => {
    const name = root.fields("spec")?.fields("template")?.fields("metadata")?.string("name") || object.name;
    const sync = readSync(root.fields("status"));
    return stated({ ...INWARD, object, targets: name === "" ? [] : [name], follows: false, sync });
  },
  "secrets.hashicorp.com/VaultStaticSecret": vaultSecret,
  "secrets.hashicorp.com/VaultDynamicSecret": vaultSecret,
  "secrets.hashicorp.com/VaultPKISecret": vaultSecret,
  "cert-manager.io/Certificate": (object, root) => {
    const spec = root.fields("spec");
    const name = spec?.string("secretName");
    const issuer = spec?.fields("issuerRef");
    const issuerName = issuer?.string("name") || undefined;
    const status = root.fields("status");
    return stated({
      ...INWARD,
      object,
      targets: name ? [name] : [],
      store: issuerName === undefined ? undefined : `${issuer?.string("kind") || "Issuer"}/${issuerName}`,
      follows: true,
      sync: readSync(status),
      expires: timeOf(status?.scalar("notAfter")),
    });
  },
};

/** External Secrets' API, `ClusterExternalSecretStatus`: where it came about, and where it did not yet. */
function selectedNamespaces(
  spec: Fields | undefined,
  status: Fields | undefined,
  failed: readonly string[] = [],
): readonly string[] | undefined {
  const provisioned = status?.strings("provisionedNamespaces") ?? [];
  if (provisioned.length > 0) return [...provisioned, ...failed];
  const listed = spec?.strings("namespaces") ?? [];
  const selects = spec?.has("namespaceSelector") === true || spec?.has("namespaceSelectors") === true;
  return selects || listed.length === 0 ? undefined : listed;
}

function restartTargets(spec: Fields | undefined): string[] {
  return (spec?.list("rolloutRestartTargets") ?? []).flatMap((target) => {
    const [kind, name] = [target.string("kind"), target.string("name")];
    return kind && name ? [`${kind}/${name}`] : [];
  });
}

/** How often External Secrets fetches where nothing else is stated (its API, `refreshInterval`). */
const HOUR = 3600;

/** External Secrets: the target is called as the ExternalSecret is where it states no name. */
function readSpec(object: KubernetesObject, root: Fields, spec: Fields | undefined, name: string): ExternalSecret {
  const target = spec?.fields("target");
  const called = target?.string("name") || name;
  const reference = spec?.fields("secretStoreRef");
  const store = reference?.string("name") || undefined;
  const policy = spec?.string("refreshPolicy");
  const interval = spec?.scalar("refreshInterval");
  const every = interval === undefined ? HOUR : secondsOf(interval);
  const creation = target?.string("creationPolicy");
  const status = root.fields("status");
  return stated({
    ...INWARD,
    object,
    targets: called === "" || creation === "None" ? [] : [called],
    makes: creation !== "Merge" && creation !== "None",
    store: store === undefined ? undefined : `${reference?.string("kind") || "SecretStore"}/${store}`,
    follows: policy !== "CreatedOnce" && every !== 0,
    // On a change of the object alone: nothing is late.
    refreshSeconds: policy === "CreatedOnce" ? 0 : policy === "OnChange" ? undefined : every,
    sync: readSync(status, { refreshed: timeOf(status?.scalar("refreshTime")) }),
  });
}
