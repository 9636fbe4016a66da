/** Whom a webhook is asked about (admissionregistration.k8s.io/v1), and whether somebody answers. */
import type { Untyped } from "../../../core/untyped.ts";
import {
  type AdmissionRule,
  type FieldPath,
  rawOf,
  type Webhook,
  type WebhookConfiguration,
} from "../../kubernetes/model.ts";
import { selectorKeys, selects } from "../label-selector.ts";
import type { Statement } from "../verifier-model.ts";
import { all, any, no, unknown, yes } from "./statement.ts";
import { callNamespace, type Known, type ScopedNamespace } from "./surroundings.ts";
import { list, text } from "./untyped-fields.ts";

export interface PlacedWebhook {
  readonly configuration: WebhookConfiguration;
  readonly webhook: Webhook;
  readonly path: FieldPath;
  /** Selectors and conditions, which nobody has typed. */
  readonly raw: Untyped;
  /** Why nobody answers, where that is sure. */
  readonly silence?: string;
}

export type WebhookFilter = (configuration: WebhookConfiguration, webhook: Webhook) => boolean;

export function webhooksOf({ manifests, silenceOf }: Known, isOne: WebhookFilter): PlacedWebhook[] {
  return manifests.webhookConfigurations.flatMap((configuration) => {
    const found = [...configuration.webhooks.entries()].filter(([, webhook]) => isOne(configuration, webhook));
    if (found.length === 0) return [];
    const raws = list(rawOf(configuration.object).webhooks);
    return found.map(([index, webhook]): PlacedWebhook => {
      const { service } = webhook;
      const silence = service === undefined ? undefined : silenceOf(`${service.namespace}/${service.name}`);
      return {
        configuration,
        webhook,
        path: ["webhooks", index],
        raw: raws[index] ?? {},
        ...(silence === undefined ? {} : { silence }),
      };
    });
  });
}

/** By a word of the names of the configuration, the webhook and its Service. */
export function named(...words: readonly string[]): WebhookFilter {
  return ({ object }, { name, service }) => {
    const names = `${object.name} ${name} ${service?.name ?? ""} ${service?.namespace ?? ""}`.toLowerCase();
    return words.some((word) => names.includes(word));
  };
}

/** What a pod is stored by, and changed by: `pods/*` is its subresources alone. */
export type PodRequest = "create" | "update" | "ephemeral-containers";

export function seesPods({ rules }: Pick<Webhook, "rules">, request: PodRequest): boolean {
  return rules.some((rule) => ruleSees(rule, request));
}

function ruleSees({ operations, apiGroups, apiVersions, resources, scope = "*" }: AdmissionRule, request: PodRequest) {
  const has = (values: readonly string[], ...wanted: readonly string[]) =>
    values.includes("*") || wanted.some((one) => values.includes(one));
  const names = request === "ephemeral-containers" ? ["pods/ephemeralcontainers", "pods/*"] : ["pods"];
  // `*` are all resources and none of their subresources; `*/*` are both.
  const isNamed = names.some((name) => resources.includes(name)) || resources.includes("*/*");
  const isAny =
    request === "ephemeral-containers" ? resources.includes("*/ephemeralcontainers") : resources.includes("*");
  return (
    has(operations, request === "create" ? "CREATE" : "UPDATE") &&
    has(apiGroups, "") &&
    has(apiVersions, "v1") &&
    (isNamed || isAny) &&
    scope !== "Cluster"
  );
}

/**
 * Whether one of a product's webhooks is asked about new pods of a namespace.
 *
 * @param asked - of the product; those alone that may be about pods
 */
export function isAsked(asked: readonly PlacedWebhook[], namespace: ScopedNamespace): Statement | undefined {
  const [first, ...more] = asked
    .filter(({ webhook }) => seesPods(webhook, "create"))
    .map((one) => asks(one, namespace));
  return first === undefined ? undefined : any(first, ...more);
}

function asks(placed: PlacedWebhook, namespace: ScopedNamespace): Statement {
  return all(selectsNamespace(placed, namespace), selectsEveryPod(placed), answers(placed));
}

function selectsNamespace({ configuration, webhook, path, raw }: PlacedWebhook, namespace: ScopedNamespace): Statement {
  const { object } = configuration;
  const { namespaceSelector } = raw;
  const selected = selects(namespaceSelector, namespace);
  const place = [...path, "namespaceSelector"];
  const keys = selectorKeys(namespaceSelector).join(", ");
  if (selected === true) return yes(object, place);
  if (selected === false)
    return no(object, place, `webhook ${webhook.name} is not called for it (namespaceSelector: ${keys})`);
  return unknown(
    object,
    place,
    `whether webhook ${webhook.name} is called for ${callNamespace(namespace)} depends on labels (${keys})`,
  );
}

/** Labels of a pod are those of whoever creates it. */
function selectsEveryPod({ configuration, webhook, path, raw }: PlacedWebhook): Statement {
  const { object } = configuration;
  const { objectSelector, matchConditions } = raw;
  const keys = selectorKeys(objectSelector);
  if (keys.length > 0) {
    const reason = `webhook ${webhook.name} leaves pods out by their own labels (objectSelector: ${keys.join(", ")})`;
    return no(object, [...path, "objectSelector"], reason);
  }
  const names = list(matchConditions).map((one) => text(one.name));
  if (names.length > 0) {
    const reason = `expressions decide about which pods webhook ${webhook.name} is called (matchConditions: ${names.join(", ")})`;
    return unknown(object, [...path, "matchConditions"], reason);
  }
  return yes(object, path);
}

/** Where nobody answers and that is passed over, everything is let through. */
function answers({ configuration, webhook, path, silence }: PlacedWebhook): Statement {
  const failure = [...path, "failurePolicy"];
  if (silence === undefined || failsClosed(configuration, webhook)) return yes(configuration.object, failure);
  return no(
    configuration.object,
    failure,
    `webhook ${webhook.name} is passed over (failurePolicy: Ignore) and ${silence}`,
  );
}

/** v1beta1 has Ignore where none is stated. */
export function failsClosed({ object }: WebhookConfiguration, { failurePolicy }: Webhook): boolean {
  return (failurePolicy ?? (object.version === "v1beta1" ? "Ignore" : "Fail")) === "Fail";
}
