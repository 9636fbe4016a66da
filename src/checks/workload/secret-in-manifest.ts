import type { Check } from "../../core/check.ts";
import { someOf } from "../../core/counted.ts";
import type { FindingDraft } from "../../core/finding.ts";
import type { RatedSeverity } from "../../core/severity.ts";
import {
  describeObject,
  type FieldPath,
  formatFieldPath,
  type KubernetesObject,
  locationOf,
  subjectName,
} from "../../engines/kubernetes/model.ts";
import type { SecretFact } from "../../engines/secrets/model.ts";
import { clip, clipSubject } from "../findings/one-line.ts";
import { secretFindings } from "../findings/secret-finding.ts";
import { externalSecretFix } from "./kubernetes/external-secret-fix.ts";

/** What the check is handed of a tree of manifests, or of a cluster. */
export interface SecretInManifestFacts {
  readonly manifestSecrets: ManifestSecrets;
}

export interface SecretInManifestParameters {
  /** The policy's `rotation.secrets.store`. */
  readonly store: string | undefined;
}

export interface ManifestSecrets {
  readonly secrets: readonly SecretFact[];
  /** Where each of them stands. */
  readonly places: ReadonlyMap<SecretFact, { readonly object: KubernetesObject; readonly field: FieldPath }>;
  readonly clear: readonly ClearSecret[];
  /** How many objects were looked at. */
  readonly objects: number;
}

/** An object with values in clear: any of a Secret of a file, passwords of a ConfigMap or a workload. */
export interface ClearSecret {
  readonly object: KubernetesObject;
  readonly kind: ClearKind;
  /** Those of the kind; none of them is a placeholder, encrypted, or public (a certificate). */
  readonly keys: readonly { readonly key: string; readonly field: FieldPath }[];
}

/**
 * What stands there in clear: a secret (whatever a Secret holds that is none of the others), the text of a file of settings,
 * a setting that needs no Secret (a user's name, a host), a word that everybody tries first, or what is of a test or example.
 */
export type ClearKind = "secret" | "file" | "setting" | "tried first" | "example";

/** Secrets that stand in manifests (Kubernetes, "Good practices for Kubernetes Secrets"). */
export const secretInManifest: Check<SecretInManifestFacts, SecretInManifestParameters> = {
  id: "workload/secret-in-manifest",
  title: "Plaintext secrets in manifests",
  layer: "workload",
  category: "secret",
  controls: [3],
  severity: "varies",
  documentation: {
    what: "Checks the values of `ConfigMap`s, of `env`, of `command` and `args`, of the headers and commands of probes and of annotations, of manifests, Compose files and what a cluster holds, for keys, tokens and passwords, as `build/committed-secret` does. In files also through `data` and `stringData` of `Secret`s, decoded: any value is high even where no rule knows it, for base64 hides nothing. Of a `Secret` the text of a file of settings in which no rule finds anything is medium; what needs no `Secret` (a user's name, a host, a switch) is low. A password of a `ConfigMap` or of `env` that is a word is medium; one that everyone tries first (`changeme`), and what stands among tests and examples, is low wherever it is. Placeholders, templates, references to a store, certificates and public keys, values that SOPS has encrypted (`ENC[…]`; others beside them are not) and `SealedSecret`s are fine. What is never shown is the value.",
    why: "Manifests are in repositories, in pipelines' logs and in the release history of tools; anyone who may read a `ConfigMap` or a pod, and in most clusters that is everyone, reads what is written there.",
    fix: "Revoke the secret where it was issued. Keep the new one in a secret store and let External Secrets, the Secrets Store CSI driver or an operator fill a `Secret` from it, or encrypt the manifest (SOPS, Sealed Secrets); where the policy names a store (`rotation.secrets.store`), `workload fix --unsafe` writes the ExternalSecret; mount it into the one container that needs it.",
    references: [
      "https://kubernetes.io/docs/concepts/security/secrets-good-practices/",
      "https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html",
    ],
  },
  subject: "manifest-values",
  needs: { manifestSecrets: "partial" },
  parameters: { store: (policy) => policy.rotation.secrets.store },
  *evaluate({ manifestSecrets: { secrets, places, clear }, store }) {
    // One change ends all findings of a Secret: the first of them proposes it.
    const proposed = new Set<KubernetesObject>();
    const withFix = (draft: FindingDraft, object: KubernetesObject | undefined): FindingDraft => {
      if (store === undefined || object === undefined || proposed.has(object)) return draft;
      const fix = externalSecretFix(object, store);
      if (fix === undefined) return draft;
      proposed.add(object);
      return { ...draft, fix };
    };
    const byPath = Map.groupBy(secrets, ({ path }) => path);
    for (const own of byPath.values()) {
      const found = secretFindings(own, {
        check: "workload/secret-in-manifest",
        fix: "revoke the secret where it was issued; load a new one from a secret store",
        locate: (secret) => {
          const place = places.get(secret);
          return place === undefined ? { kind: "file", path: secret.path } : locationOf(place.object, place.field);
        },
      });
      for (const draft of found) {
        const place = placeOf(draft, own, places);
        yield withFix(placed(draft, place), place?.object);
      }
    }
    for (const one of clear) yield withFix(inClear(one), one.object);
  },
};

type Place = { readonly object: KubernetesObject; readonly field: FieldPath };

function placeOf(
  draft: FindingDraft,
  secrets: readonly SecretFact[],
  places: ManifestSecrets["places"],
): Place | undefined {
  const first = secrets.find(({ rule, fingerprint, path }) => draft.subject === `${rule} ${fingerprint} in ${path}`);
  return first === undefined ? undefined : places.get(first);
}

function placed(draft: FindingDraft, place: Place | undefined): FindingDraft {
  if (place === undefined) return draft;
  const { object, field } = place;
  return {
    ...draft,
    evidence: { object: clip(describeObject(object)), field: clip(formatFieldPath(field)), ...draft.evidence },
  };
}

const severities: Readonly<Record<ClearKind, (isSecret: boolean) => RatedSeverity>> = {
  secret: (isSecret) => (isSecret ? "high" : "medium"),
  file: () => "medium",
  setting: () => "low",
  "tried first": () => "low",
  example: () => "low",
};

const told: Readonly<Record<ClearKind, string>> = {
  secret: "",
  file: " (configuration files in which no rule finds a secret)",
  setting: " (may be settings)",
  "tried first": ", well-known default passwords",
  example: " (a test or an example)",
};

function inClear({ object, keys, kind }: ClearSecret): FindingDraft {
  const names = keys.map(({ key }) => key);
  const shown = clip(someOf(names, 5));
  const [first, ...more] = keys.map(({ field }) => locationOf(object, field));
  const isSecret = object.kind === "Secret";
  const name = clip(describeObject(object));
  return {
    subject: clipSubject(`values of ${clip(subjectName(object))}: ${names.toSorted().join(", ")}`),
    ...(kind === "secret" || kind === "file" ? { unrecorded: true as const } : {}),
    severity: severities[kind](isSecret),
    title: `${name} contains plaintext ${isSecret ? "values" : "secrets"}: ${shown}${told[kind]}`,
    locations: [first ?? locationOf(object), ...more.slice(0, 20)],
    matches: {
      ids: ["workload/secret-in-manifest"],
      ...(object.source.kind === "file" ? { path: object.source.text.path } : {}),
    },
    fix: {
      kind: "instruction",
      text: isSecret
        ? "revoke the values; fill the Secret from a secret store, or encrypt the file with SOPS or Sealed Secrets"
        : "replace the values; mount them from a Secret that a secret store fills",
    },
    evidence: { object: name, keys: shown },
  };
}
