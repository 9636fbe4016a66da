/** Kubewarden: policies whose module is verify-image-signatures (policies.kubewarden.io). */
import { type FieldPath, type KubernetesObject, rawOf } from "../../kubernetes/model.ts";
import type { Statement } from "../verifier-model.ts";
import { matchesResources, rulesOf } from "./match-resources.ts";
import { ownNamespace } from "./own-namespace.ts";
import { all, no, unknown, yes } from "./statement.ts";
import type { RecognisedVerifier, Surroundings } from "./surroundings.ts";
import { at, field, list, record, text } from "./untyped-fields.ts";
import { isAsked, webhooksOf } from "./webhooks.ts";
import { isEveryImage } from "./wildcard.ts";

const KINDS = new Set([
  "ClusterAdmissionPolicy",
  "AdmissionPolicy",
  "ClusterAdmissionPolicyGroup",
  "AdmissionPolicyGroup",
]);
const MODULE = /verify-image-signatures/;

export function kubewardenVerifiers(around: Surroundings): RecognisedVerifier[] {
  return around.manifests.objects
    .filter((object) => object.group === "policies.kubewarden.io" && KINDS.has(object.kind) && verifies(object))
    .map((object) => ({
      object,
      enforces: enforcesOf(object),
      failsClosed: closed(object),
      everyImage: imagesOf(object),
      scopeOf: scopeOf(object, around),
    }));
}

function verifies(object: KubernetesObject): boolean {
  const spec = at(rawOf(object), "spec");
  const members = Object.values(at(spec, "policies")).map((one) => field(record(one), "module"));
  return [field(spec, "module"), ...members].some((module) => MODULE.test(text(module)));
}

/** `mode`: protect where nothing is stated. Of a group an expression decides. */
function enforcesOf(object: KubernetesObject): Statement {
  const spec = at(rawOf(object), "spec");
  const path: FieldPath = ["spec", "mode"];
  const mode = text(field(spec, "mode")) || "protect";
  if (mode !== "protect") return no(object, path, `it only reports (mode: ${mode})`);
  if (object.kind.endsWith("Group")) {
    return unknown(object, ["spec", "expression"], "its expression decides which of its policies must hold");
  }
  return yes(object, path);
}

function closed(object: KubernetesObject): Statement {
  const path = ["spec", "failurePolicy"];
  return field(at(rawOf(object), "spec"), "failurePolicy") === "Ignore"
    ? no(object, path, "it is passed over when it does not answer (failurePolicy: Ignore)")
    : yes(object, path);
}

function imagesOf(object: KubernetesObject): Statement {
  const path = ["spec", "settings", "signatures"];
  if (object.kind.endsWith("Group"))
    return unknown(object, ["spec", "policies"], "which images it is about is not known");
  const images = list(field(at(at(rawOf(object), "spec"), "settings"), "signatures")).map((one) =>
    text(field(one, "image")),
  );
  return images.some(isEveryImage)
    ? yes(object, path)
    : no(object, path, `only images like ${images.slice(0, 3).join(", ")} are verified`);
}

function scopeOf(object: KubernetesObject, around: Surroundings): RecognisedVerifier["scopeOf"] {
  const spec = at(rawOf(object), "spec");
  const rules = rulesOf(field(spec, "rules"));
  const isGroup = object.kind.endsWith("Group");
  const isNamespaced = !object.kind.startsWith("Cluster");
  // Its controller makes one configuration a policy, of this name.
  const prefix = isNamespaced ? `namespaced-${object.namespace ?? "default"}` : "clusterwide";
  const names = [`${prefix}-${object.name}`, `clusterwide-group-${object.name}`];
  const webhooks = webhooksOf(around, (configuration) => names.includes(configuration.object.name));
  const path = ["spec", "matchConditions"];
  const conditions =
    list(field(spec, "matchConditions")).length === 0
      ? undefined
      : unknown(object, path, "an expression decides about which pods it is asked (matchConditions)");
  const unasked =
    around.complete("webhookConfigurations") && !isGroup
      ? no(object, ["kind"], "no webhook is made of it, so that nothing asks it")
      : undefined;
  return (namespace) =>
    all(
      ownNamespace(object, isNamespaced, namespace),
      ...matchesResources(object, spec, ["spec"], namespace, rules),
      conditions,
      isAsked(webhooks, namespace) ?? unasked,
    );
}
