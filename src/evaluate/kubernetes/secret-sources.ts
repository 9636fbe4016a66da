/** By what secrets come in from outside, for the evaluations of the whole: `3 ExternalSecrets, 1 Vault agent`. */
import { secretSources } from "../../engines/kubernetes/external-secrets.ts";
import type { Manifests } from "../../engines/kubernetes/model.ts";

/** Nothing where none was recognised. */
export function sourceEvidence(manifests: Manifests): { readonly secretsFromOutside?: string } {
  const sources = [...secretSources(manifests)].map(
    ([what, count]) => `${count} ${what}${count === 1 ? "" : what.endsWith("s") ? "es" : "s"}`,
  );
  return sources.length === 0 ? {} : { secretsFromOutside: sources.join(", ") };
}
