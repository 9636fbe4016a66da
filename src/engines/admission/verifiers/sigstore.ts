/** sigstore policy-controller: ClusterImagePolicy (policy.sigstore.dev), its webhook and its ConfigMap `config-policy-controller`. */
import { type FieldPath, type KubernetesObject, rawOf } from "../../kubernetes/model.ts";
import { selects } from "../label-selector.ts";
import type { Statement } from "../verifier-model.ts";
import { all, no, unknown, yes } from "./statement.ts";
import { callNamespace, type RecognisedVerifier, type ScopedNamespace, type Surroundings } from "./surroundings.ts";
import { at, field, list, text } from "./untyped-fields.ts";
import { failsClosed, isAsked, type PlacedWebhook, seesPods, webhooksOf } from "./webhooks.ts";
import { isEveryImage } from "./wildcard.ts";

const INCLUDE = "policy.sigstore.dev/include";

export function sigstoreVerifiers(around: Surroundings): RecognisedVerifier[] {
  const policies = around.manifests.objects.filter(
    ({ group, kind }) => group === "policy.sigstore.dev" && kind === "ClusterImagePolicy",
  );
  // Others of the product check its own resources.
  const webhooks = webhooksOf(
    around,
    ({ object }, { name, rules }) =>
      name.endsWith("policy.sigstore.dev") &&
      !/clusterimagepolicy|validating\.|defaulting\./.test(`${name} ${object.name}`) &&
      (rules.length === 0 || seesPods({ rules }, "create")),
  );
  const noMatch = noMatchPolicy(around, policies);
  return policies.map((object) => ({
    object,
    enforces: enforcesOf(object),
    failsClosed: closed(object, webhooks),
    everyImage: imagesOf(object, noMatch),
    scopeOf: (namespace) => all(asked(object, webhooks, namespace, around), matchOf(object)),
  }));
}

/** `spec.mode`: enforce, warn; enforce where nothing is stated. A static authority lets through what it is about. */
function enforcesOf(object: KubernetesObject): Statement {
  const spec = at(rawOf(object), "spec");
  if (field(spec, "mode") === "warn") return no(object, ["spec", "mode"], "it only warns (mode: warn)");
  const authorities = list(field(spec, "authorities"));
  const passes = authorities.findIndex((one) => field(at(one, "static"), "action") === "pass");
  if (passes >= 0) {
    return no(object, ["spec", "authorities", passes, "static"], "an authority lets everything through (static: pass)");
  }
  return authorities.length === 0
    ? unknown(object, ["spec", "authorities"], "it names no authority that must have signed")
    : yes(object, ["spec", "mode"]);
}

function closed(object: KubernetesObject, webhooks: readonly PlacedWebhook[]): Statement {
  const open = webhooks.find(({ configuration, webhook }) => !failsClosed(configuration, webhook));
  const isClosed = webhooks.some(({ configuration, webhook }) => failsClosed(configuration, webhook));
  if (open === undefined || isClosed) return yes(object, ["spec"]);
  const path = [...open.path, "failurePolicy"];
  return no(open.configuration.object, path, "it is passed over when it does not answer (failurePolicy: Ignore)");
}

/** What is done with an image that no policy names: `deny` where nothing is stated. */
function noMatchPolicy(
  { manifests, complete }: Surroundings,
  policies: readonly KubernetesObject[],
): { readonly action: string; readonly object?: KubernetesObject } {
  const configuration = manifests.configMaps.find(({ object }) => object.name === "config-policy-controller");
  // One that only warns, or lets through, names images that the others need not.
  if (policies.some((policy) => enforcesOf(policy).answer !== "yes")) return { action: "" };
  const stated = configuration?.data["no-match-policy"];
  if (stated !== undefined && configuration !== undefined) return { action: stated, object: configuration.object };
  return { action: configuration !== undefined || complete("configMaps") ? "deny" : "unknown" };
}

function imagesOf(object: KubernetesObject, noMatch: ReturnType<typeof noMatchPolicy>): Statement {
  const path: FieldPath = ["spec", "images"];
  const globs = list(field(at(rawOf(object), "spec"), "images")).map((one) => text(field(one, "glob")));
  if (globs.some(isEveryImage) || noMatch.action === "deny") return yes(object, path);
  const shown = globs.slice(0, 3).join(", ");
  if (noMatch.object !== undefined) {
    const reason = `images that no policy names are let through (no-match-policy: ${noMatch.action})`;
    return no(noMatch.object, ["data", "no-match-policy"], reason);
  }
  return unknown(object, path, `it is about images like ${shown}, and what is done with others is not known`);
}

/** `spec.match` narrows it to kinds and labels. */
function matchOf(object: KubernetesObject): Statement | undefined {
  const path = ["spec", "match"];
  const matches = list(field(at(rawOf(object), "spec"), "match"));
  if (matches.length === 0) return undefined;
  const aboutPods = matches.filter((one) => text(field(one, "resource")) === "pods");
  if (aboutPods.length === 0) return no(object, path, "it is about other kinds than pods (match)");
  return aboutPods.some((one) => selects(field(one, "selector"), { labels: {}, whole: false }) === true)
    ? undefined
    : no(object, path, "it is about pods with certain labels alone (match)");
}

function asked(
  object: KubernetesObject,
  webhooks: readonly PlacedWebhook[],
  namespace: ScopedNamespace,
  around: Surroundings,
): Statement {
  // Its controller writes the rules of the webhook that a file leaves empty.
  const ruled = webhooks.map((one) =>
    one.webhook.rules.length > 0 || one.configuration.object.source.kind === "cluster" ? one : withPods(one),
  );
  const found = isAsked(ruled, namespace);
  if (found !== undefined) return found;
  if (around.complete("webhookConfigurations")) {
    return no(object, ["kind"], "no webhook of policy-controller is about pods, so that nothing asks it");
  }
  return selects({ matchLabels: { [INCLUDE]: "true" } }, namespace) === true
    ? yes(object, ["kind"])
    : unknown(
        object,
        ["kind"],
        `${callNamespace(namespace)} does not have the label ${INCLUDE}, which its webhook asks for by default`,
      );
}

function withPods(placed: PlacedWebhook): PlacedWebhook {
  const rules = [{ operations: ["CREATE"], apiGroups: [""], apiVersions: ["v1"], resources: ["pods"] }];
  return { ...placed, webhook: { ...placed.webhook, rules } };
}
