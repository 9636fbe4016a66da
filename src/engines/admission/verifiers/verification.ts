/** What the objects of all known products say of the verification of images, for the namespaces of applications. */
import { type KubernetesObject, rawOf } from "../../kubernetes/model.ts";
import { bounds } from "../bounds.ts";
import { METADATA_NAME } from "../label-selector.ts";
import type {
  ImageVerification,
  ImageVerifier,
  NamespaceVerification,
  Statement,
  VerifierProduct,
} from "../verifier-model.ts";
import { bulkheadVerifiers } from "./bulkhead.ts";
import { connaisseurVerifiers } from "./connaisseur.ts";
import { gatekeeperVerifiers } from "./gatekeeper.ts";
import { kubewardenVerifiers } from "./kubewarden.ts";
import { kyvernoVerifiers } from "./kyverno.ts";
import { sigstoreVerifiers } from "./sigstore.ts";
import { all } from "./statement.ts";
import type { Known, RecognisedVerifier, ScopedNamespace, Surroundings } from "./surroundings.ts";

const RECOGNISERS: readonly (readonly [VerifierProduct, (around: Surroundings) => RecognisedVerifier[]])[] = [
  ["Bulkhead", bulkheadVerifiers],
  ["Connaisseur", connaisseurVerifiers],
  ["Gatekeeper", gatekeeperVerifiers],
  ["Kubewarden", kubewardenVerifiers],
  ["Kyverno", kyvernoVerifiers],
  ["sigstore policy-controller", sigstoreVerifiers],
];

export interface ApplicationNamespace {
  readonly name: string;
  /** Absent where no object declares it: its labels are not known. */
  readonly object?: KubernetesObject;
}

/**
 * @param namespaces - those of applications
 */
export function imageVerification(known: Known, namespaces: readonly ApplicationNamespace[]): ImageVerification {
  const { manifests } = known;
  const scoped = namespaces.length === 0 ? [ANY] : namespaces.map(scopedNamespace);
  const around: Surroundings = { ...known, namespaces: scoped };
  const recognised = RECOGNISERS.flatMap(([product, recognise]) =>
    recognise(around).map((verifier) => ({ ...verifier, product })),
  );
  const isOver = recognised.length > bounds.verifiers;
  const verifiers = recognised.slice(0, bounds.verifiers).map(
    ({ product, object, enforces, failsClosed, everyImage, scopeOf }): ImageVerifier => ({
      product,
      object,
      enforces,
      failsClosed,
      everyImage,
      scope: new Map(scoped.map((namespace) => [namespace.name, scopeOf(namespace)])),
    }),
  );
  const own = guardNamespaces(manifests, verifiers);
  return {
    verifiers,
    over: isOver,
    namespaces: scoped
      .filter(({ name }) => !own.has(name))
      .map((namespace) => verificationOf(namespace, verifiers))
      // One that was not looked at may verify it.
      .map((one) => (isOver && one.answer === "no" ? { ...one, answer: "unknown" } : one)),
    expressionsOnly: manifests.admissionPolicies.flatMap(({ object }) => (isAboutImages(object) ? [object] : [])),
  };
}

const ANY: ScopedNamespace = { name: "", labels: {}, whole: false };

function scopedNamespace({ name, object }: ApplicationNamespace): ScopedNamespace {
  const labels = { ...object?.labels, [METADATA_NAME]: name };
  return { name, labels, whole: object !== undefined, ...(object === undefined ? {} : { object }) };
}

function verificationOf({ name, object }: ScopedNamespace, verifiers: readonly ImageVerifier[]): NamespaceVerification {
  const reasons = verifiers.map((verifier) => ({ verifier, statement: statementOf(verifier, name) }));
  const answers = reasons.map(({ statement }) => statement.answer);
  const answer = answers.includes("yes") ? "yes" : answers.every((one) => one === "no") ? "no" : "unknown";
  const declared = object === undefined ? {} : { object };
  return { name, ...declared, answer, reasons: answer === "yes" ? [] : reasons };
}

/** Images that one policy leaves out another may refuse: that alone leaves it open. */
function statementOf({ enforces, failsClosed, everyImage, scope }: ImageVerifier, namespace: string): Statement {
  const images: Statement = everyImage.answer === "no" ? { ...everyImage, answer: "unknown" } : everyImage;
  return all(enforces, scope.get(namespace), failsClosed, images);
}

/** Where the verifiers run: a webhook that had to admit its own pods could not start. */
function guardNamespaces(
  { webhookConfigurations }: Surroundings["manifests"],
  verifiers: readonly ImageVerifier[],
): ReadonlySet<string> {
  const words = new Set(verifiers.map(({ product }) => GUARD_WORDS[product]));
  return new Set(
    webhookConfigurations.flatMap(({ object, webhooks }) =>
      webhooks.flatMap(({ name, service }) => {
        const names = `${object.name} ${name} ${service?.name ?? ""}`.toLowerCase();
        return service !== undefined && [...words].some((word) => names.includes(word)) ? [service.namespace] : [];
      }),
    ),
  );
}

const GUARD_WORDS: Readonly<Record<VerifierProduct, string>> = {
  Bulkhead: "bulkhead",
  Connaisseur: "connaisseur",
  Gatekeeper: "gatekeeper",
  Kubewarden: "policy-server",
  Kyverno: "kyverno",
  "sigstore policy-controller": "policy.sigstore.dev",
};

function isAboutImages(object: KubernetesObject): boolean {
  return /\bimage\b/.test(JSON.stringify(rawOf(object).spec ?? ""));
}
