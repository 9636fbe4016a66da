/** Bulkhead's own webhook, and the policy in the ConfigMap beside it. */

import { compileGlob } from "../../../core/glob.ts";
import type { Untyped } from "../../../core/untyped.ts";
import type { ConfigMap, FieldPath, KubernetesObject } from "../../kubernetes/model.ts";
import type { Statement } from "../verifier-model.ts";
import { all, no, unknown, yes } from "./statement.ts";
import type { RecognisedVerifier, ScopedNamespace, Surroundings } from "./surroundings.ts";
import { at, field, record, text } from "./untyped-fields.ts";
import { failsClosed, isAsked, named, seesPods, webhooksOf } from "./webhooks.ts";
import { yamlValue } from "./yaml-value.ts";

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
      failsClosed: webhooks.some((one) => failsClosed(one.configuration, one.webhook))
        ? yes(object, place)
        : no(object, place, "it is passed over when it does not answer (failurePolicy: Ignore)"),
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

function admissionOf({ value }: OwnPolicy): unknown {
  return field(at(value, "enforcement"), "admission");
}

/** What becomes of an image that does not verify: the action of the category trust, else the default, else deny. */
function actionOf(rules: unknown, inherited: string): string {
  if (typeof rules === "string") return rules;
  const stated = record(rules);
  return text(field(at(stated, "categories"), "trust")) || text(field(stated, "default")) || inherited;
}

function enforcesOf(policy: OwnPolicy): Statement {
  const { object, path, value } = policy;
  if (field(value, "extends") !== undefined) {
    return unknown(object, path, "its policy extends another, which is not read here (extends)");
  }
  const action = actionOf(admissionOf(policy), "deny");
  return action === "deny" ? yes(object, path) : no(object, path, `it only ${action}s (enforcement.admission)`);
}

/** Of the patterns that are about a namespace one may be looser. */
function actionIn(policy: OwnPolicy, namespace: ScopedNamespace): Statement | undefined {
  const { object, path } = policy;
  const rules = admissionOf(policy);
  const inherited = actionOf(rules, "deny");
  const own = Object.entries(at(record(rules), "namespaces")).filter(
    ([pattern]) => namespace.name === "" || compileGlob(pattern)(namespace.name),
  );
  const looser = own.find(([, each]) => actionOf(each, inherited) !== "deny");
  if (looser === undefined) return undefined;
  const [pattern, each] = looser;
  const reason = `it only ${actionOf(each, inherited)}s there (enforcement.admission.namespaces: ${pattern})`;
  return namespace.name === "" ? unknown(object, path, reason) : no(object, path, reason);
}
