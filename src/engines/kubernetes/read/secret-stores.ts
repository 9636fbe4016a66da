/** Reads stores of secrets: how they are reached is a Secret that they name, or an identity. */
import { isObject } from "../../../core/untyped.ts";
import type { SecretStore, StoreCredential } from "../external-secret-model.ts";
import type { KubernetesObject } from "../object-model.ts";
import { type Fields, stated } from "./fields.ts";
import { readSync } from "./sync-state.ts";

type Reader = (object: KubernetesObject, root: Fields, raw: Readonly<Record<string, unknown>>) => SecretStore;

const store: Reader = (object, root, raw) => {
  const provider = root.fields("spec")?.fields("provider");
  const stating = isObject(raw.spec) ? raw.spec.provider : undefined;
  return stated({
    object,
    provider: provider?.keys[0],
    credentials: distinct(references(stating)),
    sync: readSync(root.fields("status")),
  });
};

/** By `group/Kind`, whatever the version. */
export const SECRET_STORES: Readonly<Record<string, Reader>> = {
  "external-secrets.io/SecretStore": store,
  "external-secrets.io/ClusterSecretStore": store,
  // Its methods name a Secret by `secretRef`, as a text.
  "secrets.hashicorp.com/VaultAuth": (object, root) => {
    const spec = root.fields("spec");
    const names = ["appRole", "jwt", "aws"].flatMap((method) => spec?.fields(method)?.string("secretRef") || []);
    return stated({
      object,
      provider: "vault",
      credentials: names.map((name) => ({ name })),
      sync: readSync(root.fields("status")),
    });
  },
};

/** What authorities are taken from, and what accounts are called, are no credentials. */
const OTHER = /^(?:ca|caProvider|caBundle|serverCertificate|serviceAccountRef|serviceAccount)$/;
/** Fields of one provider: the deepest of External Secrets are six levels down. */
const DEPTH = 10;

/**
 * Every provider names a key of a Secret by `name` and `key` (External Secrets' API, SecretKeySelector), under names of its own;
 * where the key is left out, the field is called `…SecretRef` or the like.
 */
function* references(value: unknown, field = "", depth = 0): Generator<StoreCredential> {
  if (!isObject(value) || OTHER.test(field) || depth > DEPTH) return;
  const { name, key, namespace } = value;
  const isReference = typeof key === "string" || /secret|token|password|credential/i.test(field);
  if (typeof name === "string" && name !== "" && isReference && !isObject(value.name)) {
    yield typeof namespace === "string" && namespace !== "" ? { name, namespace } : { name };
    return;
  }
  for (const [inner, each] of Object.entries(value)) yield* references(each, inner, depth + 1);
}

function distinct(credentials: Iterable<StoreCredential>): StoreCredential[] {
  return [...new Map([...credentials].map((one) => [JSON.stringify([one.namespace, one.name]), one])).values()];
}
