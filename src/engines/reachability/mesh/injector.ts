/** Admission webhooks that add proxies to pods, and which pods the API server sends them. */
import { type KubernetesObject, rawOf } from "../../kubernetes/model.ts";
import { type Fields, fieldsOf } from "../../kubernetes/read/fields.ts";
import { bounds } from "../bounds.ts";
import type { PodEndpoint } from "../endpoint-model.ts";
import type { MeshPlace } from "../mesh-model.ts";
import type { Reading } from "../reading.ts";
import { matchesLabels, readSelector, type Selector } from "../selector.ts";

export interface InjectorWebhook extends MeshPlace {
  readonly name: string;
  readonly namespaces: Selector;
  readonly pods: Selector;
}

const METADATA_NAME = "kubernetes.io/metadata.name";

/** @param isInjector - by the webhook's name, and the path and name of the Service that it asks */
export function readInjectors(
  reading: Reading,
  isInjector: (name: string, path: string, service: string) => boolean,
): readonly InjectorWebhook[] {
  return reading.objectsOf("admissionregistration.k8s.io", "MutatingWebhookConfiguration").flatMap((object) => {
    const fields = fieldsOf(rawOf(object), () => {});
    return fields
      .list("webhooks")
      .slice(0, bounds.selectorRequirements)
      .flatMap((webhook) => {
        const service = webhook.fields("clientConfig")?.fields("service");
        const name = webhook.string("name") ?? "";
        if (!isInjector(name, service?.string("path") ?? "", service?.string("name") ?? "")) return [];
        return webhookOf(reading, object, webhook, name);
      });
  });
}

function webhookOf(
  reading: Reading,
  object: KubernetesObject,
  webhook: Fields,
  name: string,
): readonly InjectorWebhook[] {
  let refused: string | undefined;
  const selector = (field: string): Selector =>
    readSelector(webhook.fields(field) ?? webhook.empty(), (reason) => {
      refused ??= reason;
    });
  const found = {
    object,
    field: webhook.path(),
    name,
    namespaces: selector("namespaceSelector"),
    pods: selector("objectSelector"),
  };
  if (refused === undefined) return [found];
  reading.gap({
    code: "mesh.configuration",
    reason: `the webhook ${name} cannot be read: ${refused}`,
    remedy: "correct the MutatingWebhookConfiguration",
    object,
    field: webhook.path(),
  });
  return [];
}

/** Whether the API server asks the webhook of the pod; `unknown` where the labels of its namespace were not read. */
export function isSent(
  { namespaces, pods }: InjectorWebhook,
  pod: PodEndpoint,
  read: ReadonlyMap<string, unknown>,
): "yes" | "no" | "unknown" {
  if (!matchesLabels(pods, pod.labels)) return "no";
  if (read.has(pod.namespace)) return matchesLabels(namespaces, pod.namespaceLabels) ? "yes" : "no";
  const others = namespaces.requirements.filter(({ label }) => label !== METADATA_NAME);
  const byName = {
    ...namespaces,
    requirements: namespaces.requirements.filter(({ label }) => label === METADATA_NAME),
  };
  if (!matchesLabels(byName, pod.namespaceLabels)) return "no";
  return others.length === 0 ? "yes" : "unknown";
}
