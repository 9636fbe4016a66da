/** Reads what fills Secrets, each by its project's own reference of its resource. */
import type { ExternalSecret } from "../external-secret-model.ts";
import type { KubernetesObject } from "../object-model.ts";
import { type Fields, stated } from "./fields.ts";

type Reader = (object: KubernetesObject, root: Fields) => ExternalSecret;

const vaultSecret: Reader = (object, root) => {
  const spec = root.fields("spec");
  const name = spec?.fields("destination")?.string("name");
  const authentication = spec?.string("vaultAuthRef") || undefined;
  const store = authentication === undefined ? undefined : `VaultAuth/${authentication}`;
  return stated({ object, targets: name ? [name] : [], store, follows: true });
};

/** By `group/Kind`, whatever the version. */
export const EXTERNAL_SECRETS: Readonly<Record<string, Reader>> = {
  "external-secrets.io/ExternalSecret": (object, root) => readSpec(object, root.fields("spec"), object.name),
  "external-secrets.io/ClusterExternalSecret": (object, root) => {
    const spec = root.fields("spec");
    return readSpec(object, spec?.fields("externalSecretSpec"), spec?.string("externalSecretName") || object.name);
  },
  "secrets-store.csi.x-k8s.io/SecretProviderClass": (object, root) => {
    const spec = root.fields("spec");
    const targets = spec?.list("secretObjects").flatMap((one) => one.string("secretName") || []) ?? [];
    return stated({ object, targets, store: spec?.string("provider") || undefined, follows: true });
  },
  "bitnami.com/SealedSecret": (object, root) => {
    const name = root.fields("spec")?.fields("template")?.fields("metadata")?.string("name") || object.name;
    return { object, targets: name === "" ? [] : [name], follows: false };
  },
  "secrets.hashicorp.com/VaultStaticSecret": vaultSecret,
  "secrets.hashicorp.com/VaultDynamicSecret": vaultSecret,
  "secrets.hashicorp.com/VaultPKISecret": vaultSecret,
};

/** External Secrets: the target is called as the ExternalSecret is where it states no name. */
function readSpec(object: KubernetesObject, spec: Fields | undefined, name: string): ExternalSecret {
  const target = spec?.fields("target");
  const called = target?.string("name") || name;
  const reference = spec?.fields("secretStoreRef");
  const store = reference?.string("name") || undefined;
  const interval = spec?.scalar("refreshInterval");
  const isZero = interval?.includes("0") === true && !/[1-9]/.test(interval);
  const fetchesOnce = spec?.string("refreshPolicy") === "CreatedOnce" || isZero;
  return stated({
    object,
    targets: called === "" || target?.string("creationPolicy") === "None" ? [] : [called],
    store: store === undefined ? undefined : `${reference?.string("kind") || "SecretStore"}/${store}`,
    follows: !fetchesOnce,
  });
}
