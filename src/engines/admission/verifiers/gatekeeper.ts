/**
 * Gatekeeper with Ratify, or with another provider that verifies signatures: a ConstraintTemplate that asks it by
 * `external_data`, and the constraints that apply it (constraints.gatekeeper.sh).
 */
import { type FieldPath, type KubernetesObject, rawOf } from "../../kubernetes/model.ts";
import { selectorKeys, selects } from "../label-selector.ts";
import type { Statement } from "../verifier-model.ts";
import { all, no, unknown, yes } from "./statement.ts";
import { callNamespace, type RecognisedVerifier, type ScopedNamespace, type Surroundings } from "./surroundings.ts";
import { at, field, list, text, texts } from "./untyped-fields.ts";
import { failsClosed, isAsked, named, type PlacedWebhook, seesPods, webhooksOf } from "./webhooks.ts";
import { wildcard } from "./wildcard.ts";

const VERIFIES = /ratify|cosign|notation|notary|sigstore|signature|verif/i;
const ASKS = /external_data\s*\(\s*\{[^}]{0,200}?"provider"\s*:\s*("?[\w.-]{1,253}"?)/g;

export function gatekeeperVerifiers(around: Surroundings): RecognisedVerifier[] {
  const { objects } = around.manifests;
  const templates = objects.filter(
    ({ group, kind }) => group === "templates.gatekeeper.sh" && kind === "ConstraintTemplate",
  );
  const kinds = new Map(
    templates
      .map(readTemplate)
      .filter((one) => one !== undefined)
      .map((one) => [one.kind, one]),
  );
  if (kinds.size === 0) return [];
  const webhooks = webhooksOf(around, named("gatekeeper")).filter(({ webhook }) => seesPods(webhook, "create"));
  const exempt = exemptions(objects);
  return objects
    .filter(({ group, kind }) => group === "constraints.gatekeeper.sh" && kinds.has(kind))
    .map((object) => ({
      object,
      enforces: enforcesOf(object),
      failsClosed: closed(object, webhooks),
      everyImage: kinds.get(object.kind)?.images ?? unknown(object, [], "its template is not known"),
      scopeOf: (namespace) =>
        all(
          ...matched(object, namespace),
          exempt.map((one) => one(namespace)).find((one) => one !== undefined),
          isAsked(webhooks, namespace) ??
            (around.complete("webhookConfigurations")
              ? no(object, ["kind"], "no webhook of Gatekeeper is about pods, so that nothing asks it")
              : undefined),
        ),
    }));
}

interface Template {
  readonly kind: string;
  readonly images: Statement;
}

/** Undefined where it asks nobody who verifies. */
function readTemplate(object: KubernetesObject): Template | undefined {
  const spec = at(rawOf(object), "spec");
  const kind = text(field(at(at(at(spec, "crd"), "spec"), "names"), "kind"));
  const code = JSON.stringify(field(spec, "targets") ?? "")
    .replaceAll('\\"', '"')
    .replaceAll("\\n", "\n");
  const providers = [...code.matchAll(ASKS)].map(([, provider = ""]) => provider.replaceAll('"', ""));
  if (kind === "" || !providers.some((provider) => VERIFIES.test(provider))) return undefined;
  const lists = ["initContainers", "ephemeralContainers"].filter((one) => !code.includes(one));
  const path = ["spec", "targets"];
  return {
    kind,
    images:
      lists.length === 0 ? yes(object, path) : no(object, path, `its template does not look at ${lists.join(" and ")}`),
  };
}

/** `enforcementAction`: deny where nothing is stated; `scoped` leaves it to `scopedEnforcementActions`. */
function enforcesOf(object: KubernetesObject): Statement {
  const spec = at(rawOf(object), "spec");
  const action = text(field(spec, "enforcementAction")) || "deny";
  const path: FieldPath = ["spec", "enforcementAction"];
  if (action === "deny") return yes(object, path);
  if (action !== "scoped") return no(object, path, `it only reports (enforcementAction: ${action})`);
  const scoped = list(field(spec, "scopedEnforcementActions"));
  const denies = scoped.some(
    (one) =>
      field(one, "action") === "deny" &&
      list(field(one, "enforcementPoints")).some((point) =>
        ["*", "validation.gatekeeper.sh"].includes(text(field(point, "name"))),
      ),
  );
  return denies
    ? yes(object, path)
    : no(object, ["spec", "scopedEnforcementActions"], "its webhook does not deny (scopedEnforcementActions)");
}

function closed(object: KubernetesObject, webhooks: readonly PlacedWebhook[]): Statement {
  const [open] = webhooks;
  if (open === undefined || webhooks.some(({ configuration, webhook }) => failsClosed(configuration, webhook))) {
    return yes(object, ["spec"]);
  }
  const path = [...open.path, "failurePolicy"];
  return no(open.configuration.object, path, "it is passed over when it does not answer (failurePolicy: Ignore)");
}

/** `spec.match`; in names of namespaces a star stands at an end. */
function matched(object: KubernetesObject, namespace: ScopedNamespace): readonly [Statement, ...Statement[]] {
  const match = at(at(rawOf(object), "spec"), "match");
  const place = (name: string): FieldPath => ["spec", "match", name];
  const kinds = list(field(match, "kinds"));
  const isAboutPods =
    kinds.length === 0 ||
    kinds.some(
      (one) =>
        (texts(field(one, "apiGroups")).some((group) => group === "" || group === "*") ||
          field(one, "apiGroups") === undefined) &&
        texts(field(one, "kinds")).some((kind) => kind === "Pod" || kind === "*"),
    );
  const names = texts(field(match, "namespaces"));
  const excluded = texts(field(match, "excludedNamespaces"));
  const isIn = (patterns: readonly string[]) => patterns.some((pattern) => wildcard(pattern, namespace.name));
  const byNamespace = field(match, "namespaceSelector");
  const selected = selects(byNamespace, namespace);
  const byLabels = selectorKeys(field(match, "labelSelector"));
  const found: (Statement | undefined)[] = [
    isAboutPods ? undefined : no(object, place("kinds"), "it is not about pods (match.kinds)"),
    namespace.name === "" && names.length + excluded.length > 0
      ? unknown(object, ["spec", "match"], "it is about some namespaces (match)")
      : undefined,
    namespace.name !== "" && isIn(excluded)
      ? no(object, place("excludedNamespaces"), "it leaves it out (excludedNamespaces)")
      : undefined,
    namespace.name !== "" && names.length > 0 && !isIn(names)
      ? no(object, place("namespaces"), "it is about other namespaces (namespaces)")
      : undefined,
    selected === false
      ? no(
          object,
          place("namespaceSelector"),
          `it is not about it (namespaceSelector: ${selectorKeys(byNamespace).join(", ")})`,
        )
      : undefined,
    selected === undefined
      ? unknown(object, place("namespaceSelector"), `whether it is about ${callNamespace(namespace)} depends on labels`)
      : undefined,
    byLabels.length > 0
      ? no(
          object,
          place("labelSelector"),
          `it is about pods with certain labels alone (labelSelector: ${byLabels.join(", ")})`,
        )
      : undefined,
    text(field(match, "name")) === ""
      ? undefined
      : no(object, place("name"), "it is about pods of certain names alone (match.name)"),
    field(match, "scope") === "Cluster" ? no(object, place("scope"), "it is not about pods (match.scope)") : undefined,
    // What is generated from a controller's template is judged beside what is created.
    field(match, "source") === "Generated"
      ? no(object, place("source"), "it is not about pods themselves (match.source)")
      : undefined,
  ];
  return [yes(object, ["spec", "match"]), ...found.filter((one) => one !== undefined)];
}

/** Its Config (config.gatekeeper.sh): namespaces that its webhook passes over. */
function exemptions(objects: readonly KubernetesObject[]) {
  return objects
    .filter(({ group, kind }) => group === "config.gatekeeper.sh" && kind === "Config")
    .flatMap((object) =>
      list(field(at(rawOf(object), "spec"), "match")).map((entry, index) => (namespace: ScopedNamespace) => {
        const processes = texts(field(entry, "processes"));
        const isOurs = processes.some((one) => one === "*" || one === "webhook");
        const isIn = texts(field(entry, "excludedNamespaces")).some((one) => wildcard(one, namespace.name));
        return isOurs && isIn && namespace.name !== ""
          ? no(
              object,
              ["spec", "match", index, "excludedNamespaces"],
              "Gatekeeper's Config leaves it out (excludedNamespaces)",
            )
          : undefined;
      }),
    );
}
