/** Whom a webhook is asked about (admissionregistration.k8s.io/v1), and whether somebody answers. */
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
import { callNamespace, type ScopedNamespace, type Surroundings } from "./surroundings.ts";
import { list, record, text } from "./untyped-fields.ts";

export interface PlacedWebhook {
  readonly configuration: WebhookConfiguration;
  readonly webhook: Webhook;
  readonly path: FieldPath;
}

export type WebhookFilter = (configuration: WebhookConfiguration, webhook: Webhook) => boolean;

export function webhooksOf({ manifests }: Pick<Surroundings, "manifests">, isOne: WebhookFilter): PlacedWebhook[] {
  return manifests.webhookConfigurations.flatMap((configuration) =>
    configuration.webhooks.flatMap((webhook, index) =>
      isOne(configuration, webhook) ? [{ configuration, webhook, path: ["webhooks", index] }] : [],
    ),
  );
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
export function isAsked(
  asked: readonly PlacedWebhook[],
  namespace: ScopedNamespace,
  around: Surroundings,
): Statement | undefined {
  const [first, ...more] = asked
    .filter(({ webhook }) => seesPods(webhook, "create"))
    .map((one) => asks(one, namespace, around));
  return first === undefined ? undefined : any(first, ...more);
}

function asks(placed: PlacedWebhook, namespace: ScopedNamespace, around: Surroundings): Statement {
  return all(selectsNamespace(placed, namespace), selectsEveryPod(placed), answers(placed, around));
}

export function selectsNamespace(
  { configuration, webhook, path }: PlacedWebhook,
  namespace: ScopedNamespace,
): Statement {
  const { object } = configuration;
  const { namespaceSelector } = rawWebhook({ configuration, webhook, path });
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
export function selectsEveryPod({ configuration, webhook, path }: PlacedWebhook): Statement {
  const { object } = configuration;
  const { objectSelector, matchConditions } = rawWebhook({ configuration, webhook, path });
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
function answers(placed: PlacedWebhook, around: Surroundings): Statement {
  const { configuration, webhook, path } = placed;
  const failure = [...path, "failurePolicy"];
  const absence = noEndpoint(placed, around);
  if (absence === undefined || failsClosed(configuration, webhook)) return yes(configuration.object, failure);
  return no(
    configuration.object,
    failure,
    `webhook ${webhook.name} is passed over (failurePolicy: Ignore) and ${absence}`,
  );
}

/** v1beta1 has Ignore where none is stated. */
export function failsClosed({ object }: WebhookConfiguration, { failurePolicy }: Webhook): boolean {
  return (failurePolicy ?? (object.version === "v1beta1" ? "Ignore" : "Fail")) === "Fail";
}

/** Why nobody answers, where that is sure: of a cluster whose Services and EndpointSlices were read. */
export function noEndpoint(
  { webhook: { service } }: PlacedWebhook,
  { manifests, complete }: Omit<Surroundings, "namespaces">,
): string | undefined {
  if (service === undefined || !complete("services") || !complete("network")) return undefined;
  const name = `${service.namespace}/${service.name}`;
  const found = manifests.services.find(
    ({ object }) => object.name === service.name && object.namespace === service.namespace,
  );
  if (found === undefined) return `its Service ${name} does not exist`;
  if (found.type === "ExternalName") return undefined;
  const slices = manifests.objects.filter(
    ({ group, kind, namespace, labels }) =>
      group === "discovery.k8s.io" &&
      kind === "EndpointSlice" &&
      namespace === service.namespace &&
      labels["kubernetes.io/service-name"] === service.name,
  );
  // Absent is ready (discovery.k8s.io/v1).
  const ready = slices.some((slice) =>
    list(rawOf(slice).endpoints).some(({ conditions }) => record(conditions).ready !== false),
  );
  return ready ? undefined : `its Service ${name} has no ready endpoint`;
}

export function rawWebhook({ configuration, path }: PlacedWebhook): Readonly<Record<string, unknown>> {
  const index = path[1];
  return list(rawOf(configuration.object).webhooks)[typeof index === "number" ? index : 0] ?? {};
}
