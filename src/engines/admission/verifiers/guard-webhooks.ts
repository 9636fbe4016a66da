/** Which webhooks keep something out, by the words of their names, and whom they are asked about. */
import { isObject } from "../../../core/untyped.ts";
import type { Webhook, WebhookConfiguration } from "../../kubernetes/model.ts";
import type { GuardWebhook } from "../guard-model.ts";
import { METADATA_NAME, selectorKeys } from "../label-selector.ts";
import type { Known } from "./surroundings.ts";
import { failsClosed, seesPods, webhooksOf } from "./webhooks.ts";

const GUARDS = new Set([
  "bulkhead",
  "connaisseur",
  "cosign",
  "gatekeeper",
  "kubewarden",
  "kyverno",
  "neuvector",
  "opa",
  "policy",
  "portieris",
  "ratify",
  "sigstore",
]);

function isGuard({ object }: WebhookConfiguration, { name, service }: Webhook): boolean {
  const words = `${object.name} ${name} ${service?.name ?? ""} ${service?.namespace ?? ""}`
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  return words.some((word) => GUARDS.has(word));
}

export function guardWebhooks(around: Known): GuardWebhook[] {
  const found = webhooksOf(around, isGuard);
  return found.map((placed): GuardWebhook => {
    const { configuration, webhook, path, raw, silence } = placed;
    const { service, url = "" } = webhook;
    return {
      object: configuration.object,
      path,
      name: webhook.name,
      answeredBy: service === undefined ? url : `${service.namespace}/${service.name}`,
      failsClosed: failsClosed(configuration, webhook),
      ...(silence === undefined ? {} : { silence }),
      seesPods: seesPods(webhook, "create"),
      seesUpdates: seesPods(webhook, "update"),
      seesEphemeralContainers: seesPods(webhook, "ephemeral-containers"),
      podLabels: [...new Set(selectorKeys(raw.objectSelector))],
      namespaceLabels: exemptingLabels(raw.namespaceSelector),
    };
  });
}

/** With the label a namespace is left out; what selects by a label that must be there is opted in to, not out of. */
function exemptingLabels(selector: unknown): string[] {
  const expressions: unknown[] =
    isObject(selector) && Array.isArray(selector.matchExpressions) ? selector.matchExpressions : [];
  return expressions.flatMap((one) =>
    isObject(one) &&
    typeof one.key === "string" &&
    one.key !== METADATA_NAME &&
    (one.operator === "DoesNotExist" || one.operator === "NotIn")
      ? [one.key]
      : [],
  );
}
