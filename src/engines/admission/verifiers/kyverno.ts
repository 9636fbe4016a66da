/**
 * Kyverno: `verifyImages` of ClusterPolicy and Policy (kyverno.io/v1), ImageValidatingPolicy and its namespaced form
 * (policies.kyverno.io; ImageVerificationPolicy in the first drafts), by its own documentation of its resources.
 */
import type { Untyped } from "../../../core/untyped.ts";
import { type FieldPath, type KubernetesObject, rawOf } from "../../kubernetes/model.ts";
import { selects } from "../label-selector.ts";
import type { Statement } from "../verifier-model.ts";
import { exceptionsOf, type KyvernoException } from "./kyverno-exceptions.ts";
import { matchesPods } from "./kyverno-match.ts";
import { matchesResources } from "./match-resources.ts";
import { ownNamespace } from "./own-namespace.ts";
import { all, no, unknown, yes } from "./statement.ts";
import type { RecognisedVerifier, ScopedNamespace, Surroundings } from "./surroundings.ts";
import { at, field, list, text, texts } from "./untyped-fields.ts";
import { isAsked, named, type PlacedWebhook, webhooksOf } from "./webhooks.ts";
import { isEveryImage, wildcard } from "./wildcard.ts";

const VALIDATING = new Set(["ImageValidatingPolicy", "NamespacedImageValidatingPolicy", "ImageVerificationPolicy"]);

export function kyvernoVerifiers(around: Surroundings): RecognisedVerifier[] {
  const { objects } = around.manifests;
  const policies = objects.filter(
    ({ group, kind }) =>
      (group === "kyverno.io" && (kind === "ClusterPolicy" || kind === "Policy")) ||
      (group === "policies.kyverno.io" && VALIDATING.has(kind)),
  );
  if (policies.length === 0) return [];
  const kyverno = {
    around,
    exceptions: exceptionsOf(objects),
    webhooks: webhooksOf(around, named("kyverno")),
    filters: resourceFilters(around),
  };
  return policies.flatMap((object) =>
    object.group === "kyverno.io" ? rulesOf(object, kyverno) : [validatingPolicy(object, kyverno)],
  );
}

interface Kyverno {
  readonly around: Surroundings;
  readonly exceptions: readonly KyvernoException[];
  readonly webhooks: readonly PlacedWebhook[];
  readonly filters: readonly ResourceFilter[];
}

/** One verifier for each entry of `verifyImages`. */
function rulesOf(object: KubernetesObject, kyverno: Kyverno): RecognisedVerifier[] {
  const spec = at(rawOf(object), "spec");
  return list(field(spec, "rules")).flatMap((rule, index) =>
    list(field(rule, "verifyImages")).map((verify, nth): RecognisedVerifier => {
      const path = ["spec", "rules", index] as const;
      return {
        object,
        enforces: ruleEnforces(object, spec, verify, [...path, "verifyImages", nth]),
        failsClosed: policyFailsClosed(object, spec),
        everyImage: ruleImages(object, verify, [...path, "verifyImages", nth]),
        scopeOf: (namespace) =>
          all(
            ownNamespace(object, object.kind === "Policy", namespace),
            overridden(object, spec, verify, namespace),
            matchesPods(rule, object, path, namespace),
            excepted(object, text(field(rule, "name")), namespace, kyverno),
            reached(object, namespace, kyverno),
          ),
      };
    }),
  );
}

/** `spec.validationFailureAction`, or of an entry `failureAction`; Audit where nothing is stated. */
function ruleEnforces(object: KubernetesObject, spec: Untyped, verify: Untyped, path: FieldPath): Statement {
  const own = field(verify, "failureAction");
  const place = own === undefined ? ["spec", "validationFailureAction"] : [...path, "failureAction"];
  if (field(spec, "admission") === false) return no(object, ["spec", "admission"], "it is not asked on admission");
  if (!isEnforce(own ?? field(spec, "validationFailureAction"))) {
    return no(object, place, `it only audits (${place.at(-1)})`);
  }
  if (field(verify, "required") === false) {
    return no(object, [...path, "required"], "images need not be verified (required: false)");
  }
  const isEmpty = ["attestors", "attestations", "key", "roots", "issuer", "subject"].every(
    (name) => field(verify, name) === undefined,
  );
  if (isEmpty) return unknown(object, path, "its rule names nobody who must have signed");
  return yes(object, place);
}

function isEnforce(action: unknown): boolean {
  return text(action).toLowerCase() === "enforce";
}

/** `validationFailureActionOverrides`: other actions in some namespaces. */
function overridden(
  object: KubernetesObject,
  spec: Untyped,
  verify: Untyped,
  namespace: ScopedNamespace,
): Statement | undefined {
  // An entry's own action is before the policy's.
  if (field(verify, "failureAction") !== undefined) return undefined;
  for (const [index, override] of list(field(spec, "validationFailureActionOverrides")).entries()) {
    if (isEnforce(field(override, "action"))) continue;
    const path = ["spec", "validationFailureActionOverrides", index];
    const names = texts(field(override, "namespaces"));
    const selector = field(override, "namespaceSelector");
    const isNamed = names.some((name) => wildcard(name, namespace.name));
    const selected = selector === undefined ? names.length === 0 : selects(selector, namespace);
    if ((isNamed && selector === undefined) || (selected === true && (names.length === 0 || isNamed))) {
      return no(object, path, "it only audits there (validationFailureActionOverrides)");
    }
    if (selected === undefined || namespace.name === "") {
      return unknown(object, path, "it only audits in some namespaces (validationFailureActionOverrides)");
    }
  }
  return undefined;
}

function policyFailsClosed(object: KubernetesObject, spec: Untyped): Statement {
  const webhook = at(spec, "webhookConfiguration");
  const nested = field(webhook, "failurePolicy");
  const path = nested === undefined ? ["spec", "failurePolicy"] : ["spec", "webhookConfiguration", "failurePolicy"];
  const policy = nested ?? field(spec, "failurePolicy") ?? "Fail";
  return policy === "Fail"
    ? yes(object, path)
    : no(object, path, "it is passed over when it does not answer (failurePolicy: Ignore)");
}

function ruleImages(object: KubernetesObject, verify: Untyped, path: FieldPath): Statement {
  const skipped = texts(field(verify, "skipImageReferences"));
  if (skipped.length > 0) {
    return no(
      object,
      [...path, "skipImageReferences"],
      `images are left out (skipImageReferences: ${skipped.slice(0, 3).join(", ")})`,
    );
  }
  const patterns = [...texts(field(verify, "imageReferences")), ...texts([field(verify, "image")])];
  const place = [...path, "imageReferences"];
  return patterns.some(isEveryImage)
    ? yes(object, place)
    : no(object, place, `only images like ${patterns.slice(0, 3).join(", ")} are verified`);
}

/** Deny where no action is stated; whom it is about as the API server's own policies say it, and expressions. */
function validatingPolicy(object: KubernetesObject, kyverno: Kyverno): RecognisedVerifier {
  const spec = at(rawOf(object), "spec");
  return {
    object,
    enforces: validatingEnforces(object, spec),
    failsClosed: policyFailsClosed(object, spec),
    everyImage: validatingImages(object, spec),
    scopeOf: (namespace) =>
      all(
        ownNamespace(object, object.kind.startsWith("Namespaced"), namespace),
        ...matchesResources(object, at(spec, "matchConstraints"), ["spec", "matchConstraints"], namespace),
        hasConditions(object, spec),
        excepted(object, undefined, namespace, kyverno),
        reached(object, namespace, kyverno),
      ),
  };
}

function validatingEnforces(object: KubernetesObject, spec: Untyped): Statement {
  const actions = texts(field(spec, "validationActions"));
  const evaluation = at(spec, "evaluation");
  const path = ["spec", "validationActions"];
  if (field(at(evaluation, "admission"), "enabled") === false) {
    return no(object, ["spec", "evaluation", "admission", "enabled"], "it is not asked on admission");
  }
  if (field(evaluation, "mode") === "JSON") {
    return no(
      object,
      ["spec", "evaluation", "mode"],
      "it is about documents, not about requests (evaluation.mode: JSON)",
    );
  }
  if (actions.length > 0 && !actions.includes("Deny")) {
    return no(object, path, `it only ${actions.includes("Warn") ? "warns" : "audits"} (validationActions)`);
  }
  const expressions = list(field(spec, "validations")).map((one) => text(field(one, "expression")));
  if (!expressions.some((one) => /\bverify(?:ImageSignatures|AttestationSignatures|Attestation)\b/.test(one))) {
    return unknown(object, ["spec", "validations"], "none of its expressions verifies a signature by name");
  }
  return yes(object, path);
}

function validatingImages(object: KubernetesObject, spec: Untyped): Statement {
  const path = ["spec", "matchImageReferences"];
  const references = list(field(spec, "matchImageReferences"));
  const globs = references.map((one) => text(field(one, "glob"))).filter((glob) => glob !== "");
  if (globs.some(isEveryImage)) return yes(object, path);
  if (globs.length < references.length || references.length === 0) {
    return unknown(object, path, "which images it is about, an expression decides (matchImageReferences)");
  }
  return no(object, path, `only images like ${globs.slice(0, 3).join(", ")} are verified`);
}

function hasConditions(object: KubernetesObject, spec: Untyped): Statement | undefined {
  const path = ["spec", "matchConditions"];
  return list(field(spec, "matchConditions")).length === 0
    ? undefined
    : unknown(object, path, "an expression decides about which pods it is asked (matchConditions)");
}

function excepted(
  object: KubernetesObject,
  rule: string | undefined,
  namespace: ScopedNamespace,
  { exceptions }: Kyverno,
): Statement | undefined {
  const about = exceptions.filter((one) => one.isAbout(object, rule)).map((one) => one.exempts(namespace));
  const found = about.filter((one) => one !== undefined);
  return found.find(({ answer }) => answer === "no") ?? found[0];
}

function reached(object: KubernetesObject, namespace: ScopedNamespace, kyverno: Kyverno): Statement {
  const { around, webhooks, filters } = kyverno;
  const filter = filters.find((one) => one.leavesOut(namespace));
  if (filter !== undefined) return no(filter.object, filter.path, "Kyverno's resourceFilters leave it out");
  const asked = isAsked(webhooks, namespace);
  if (asked !== undefined) return asked;
  return around.complete("webhookConfigurations")
    ? no(object, ["kind"], "no webhook of Kyverno is about pods, so that nothing asks it")
    : yes(object, ["kind"]);
}

interface ResourceFilter {
  readonly object: KubernetesObject;
  readonly path: FieldPath;
  leavesOut(namespace: ScopedNamespace): boolean;
}

/** `[kind,namespace,name]` of its ConfigMap: what it never looks at. */
function resourceFilters({ manifests }: Surroundings): ResourceFilter[] {
  return manifests.configMaps.flatMap(({ object, data }) => {
    const filters = object.name === "kyverno" ? data.resourceFilters : undefined;
    if (filters === undefined) return [];
    const parts = filters.split("]").map((one) =>
      one
        .replace(/^[\s[]+/, "")
        .split(",")
        .map((part) => part.trim()),
    );
    const aboutPods = parts.filter(
      ([kind = "", , name = "*"]) => /^(?:(?:\*\/)?(?:Pod|\*))$/.test(kind) && name === "*",
    );
    return [
      {
        object,
        path: ["data", "resourceFilters"],
        leavesOut: ({ name }) => name !== "" && aboutPods.some(([, namespace = "*"]) => wildcard(namespace, name)),
      },
    ];
  });
}
