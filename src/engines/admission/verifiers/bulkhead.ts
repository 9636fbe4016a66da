/** Bulkhead's own webhook, and the policy in the ConfigMap beside it. */

import { byNamespace } from "../../../core/by-namespace.ts";
import { compileGlob } from "../../../core/glob.ts";
import type { Untyped } from "../../../core/untyped.ts";
import { yamlValue } from "../../../formats/yaml/one-value.ts";
import type { ConfigMap, FieldPath, KubernetesObject } from "../../kubernetes/model.ts";
import type { Statement } from "../verifier-model.ts";
import { all, no, unknown, yes } from "./statement.ts";
import type { RecognisedVerifier, ScopedNamespace, Surroundings } from "./surroundings.ts";
import { at, field, record, text } from "./untyped-fields.ts";
import { failsClosed, isAsked, named, seesPods, webhooksOf } from "./webhooks.ts";

const POLICY = /^bulkhead\.ya?ml$/;

export function bulkheadVerifiers(around: Surroundings): RecognisedVerifier[] {
  // The mutating one refuses nothing.
  const webhooks = webhooksOf(around, named("bulkhead")).filter(
    ({ configuration, webhook }) =>
      configuration.object.kind === "ValidatingWebhookConfiguration" && seesPods(webhook, "create"),
  );
  const [first] = webhooks;
  if (first === undefined) return [];
  const { object } = first.configuration;
  const namespace = first.webhook.service?.namespace;
  const policy = around.manifests.configMaps
    .filter((one) => one.object.namespace === namespace)
    .flatMap(policyOf)
    .at(0);
  const place = [...first.path, "failurePolicy"];
  return [
    {
      object,
      enforces:
        policy === undefined
          ? unknown(object, ["webhooks"], "its policy was not found (ConfigMap with bulkhead.yaml)")
          : enforcesOf(policy),
      failsClosed: all(
        webhooks.some((one) => failsClosed(one.configuration, one.webhook))
          ? yes(object, place)
          : no(object, place, "it is passed over when it does not answer (failurePolicy: Ignore)"),
        policy === undefined ? undefined : unknownRefused(policy),
      ),
      // Of an image that no rule is about it is found that it is not signed.
      everyImage: yes(object, ["webhooks"]),
      scopeOf: (each) =>
        all(
          isAsked(webhooks, each) ?? yes(object, ["webhooks"]),
          policy === undefined ? undefined : actionIn(policy, each),
        ),
    },
  ];
}

interface OwnPolicy {
  readonly object: KubernetesObject;
  readonly path: FieldPath;
  readonly value: Untyped;
}

function policyOf({ object, data }: ConfigMap): OwnPolicy[] {
  const name = Object.keys(data).find((key) => POLICY.test(key));
  const value = name === undefined ? undefined : yamlValue(data[name]);
  return name === undefined || value === undefined ? [] : [{ object, path: ["data", name], value: record(value) }];
}

/** Of an environment that the policy gives the namespace, else of the file. */
function rulesFor({ value }: OwnPolicy, namespace?: string): unknown {
  const general = field(at(value, "enforcement"), "admission");
  const environments = Object.entries(at(at(value, "admission"), "environments"));
  const named = byNamespace(Object.fromEntries(environments), namespace)[0]?.[1];
  const environment = at(at(value, "environments"), text(named));
  return field(at(environment, "enforcement"), "admission") ?? general;
}

/** Checks by which an image that nobody has signed, or a stranger, is refused. */
const DECIDING = ["registry/unsigned-image", "registry/untrusted-signer"];

/** What becomes of an image that does not verify: of the checks, else of their category, else the default, else deny. */
function actionOf(rules: unknown, inherited: string): string {
  if (typeof rules === "string") return rules;
  const stated = record(rules);
  const general = text(field(at(stated, "categories"), "trust")) || text(field(stated, "default")) || inherited;
  const byCheck = DECIDING.map((check) => {
    const own = Object.entries(at(stated, "checks")).filter(([pattern]) => compileGlob(pattern)(check));
    // Of several patterns the strictest.
    return own.length === 0 ? general : own.some(([, action]) => action === "deny") ? "deny" : text(own[0]?.[1]);
  });
  return byCheck.find((action) => action !== "deny") ?? "deny";
}

function enforcesOf(policy: OwnPolicy): Statement {
  const { object, path, value } = policy;
  if (field(value, "extends") !== undefined) {
    return unknown(object, path, "its policy extends another, which is not read here (extends)");
  }
  const rules = rulesFor(policy);
  const action = actionOf(rules, "deny");
  const differs = [at(record(rules), "namespaces"), at(at(value, "admission"), "environments")];
  // Where namespaces have rules of their own, those say it of each.
  if (differs.some((one) => Object.keys(one).length > 0)) return yes(object, path);
  return action === "deny" ? yes(object, path) : no(object, path, `it only ${action}s (enforcement.admission)`);
}

/** What is let in while nothing can be found out is as what is let in while nobody answers. */
function unknownRefused({ object, path, ...policy }: OwnPolicy): Statement {
  const action = text(field(record(rulesFor({ object, path, ...policy })), "unknown")) || "deny";
  return action === "deny"
    ? yes(object, path)
    : no(object, path, `what cannot be found out is let in (enforcement.admission.unknown: ${action})`);
}

/** What the rules for a namespace come to. */
function actionIn(policy: OwnPolicy, namespace: ScopedNamespace): Statement | undefined {
  const { object, path } = policy;
  const isAny = namespace.name === "";
  const rules = rulesFor(policy, isAny ? undefined : namespace.name);
  const inherited = actionOf(rules, "deny");
  const namespaces = at(record(rules), "namespaces");
  // A name counts before patterns, and of patterns the strictest; of any namespace each may be the one.
  const own = isAny ? Object.entries(namespaces) : byNamespace(namespaces, namespace.name);
  const isLooser = ([, each]: readonly [string, unknown]) => actionOf(each, inherited) !== "deny";
  const looser = isAny || own.every(isLooser) ? own.find(isLooser) : undefined;
  if (!isAny && own.length > 0 && looser === undefined) return undefined;
  const action = looser === undefined ? inherited : actionOf(looser[1], inherited);
  if (action === "deny") return undefined;
  const reason = `it only ${action}s there (enforcement.admission${looser === undefined ? "" : `.namespaces: ${looser[0]}`})`;
  return isAny ? unknown(object, path, reason) : no(object, path, reason);
}
