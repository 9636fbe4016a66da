/** Connaisseur: its webhook, and the ConfigMap beside it that holds validators and policy. */
import type { Untyped } from "../../../core/untyped.ts";
import { yamlValue } from "../../../formats/yaml/one-value.ts";
import type { ConfigMap, FieldPath, KubernetesObject } from "../../kubernetes/model.ts";
import type { Statement } from "../verifier-model.ts";
import { all, no, unknown, yes } from "./statement.ts";
import type { RecognisedVerifier, Surroundings } from "./surroundings.ts";
import { field, list, record, text } from "./untyped-fields.ts";
import { failsClosed, isAsked, named, type PlacedWebhook, seesPods, webhooksOf } from "./webhooks.ts";
import { isEveryImage } from "./wildcard.ts";

const FALLBACK = "connaisseur";

export function connaisseurVerifiers(around: Surroundings): RecognisedVerifier[] {
  const webhooks = webhooksOf(around, named("connaisseur")).filter(({ webhook }) => seesPods(webhook, "create"));
  const [first] = webhooks;
  if (first === undefined) return [];
  const { object } = first.configuration;
  const namespace = first.webhook.service?.namespace ?? FALLBACK;
  const own = around.manifests.configMaps.filter((one) => one.object.namespace === namespace);
  return [
    {
      object,
      enforces: enforcesOf(object, own),
      failsClosed: closed(webhooks, first),
      everyImage: imagesOf(object, own),
      scopeOf: (each) => all(isAsked(webhooks, each) ?? yes(object, ["webhooks"])),
    },
  ];
}

/** Detection mode lets everything through, and warns. */
function enforcesOf(object: KubernetesObject, own: readonly ConfigMap[]): Statement {
  const detecting = own.find(({ data }) => /^(?:1|true)$/i.test(data.DETECTION_MODE ?? ""));
  return detecting === undefined
    ? yes(object, ["webhooks"])
    : no(detecting.object, ["data", "DETECTION_MODE"], "it only warns (DETECTION_MODE)");
}

function closed(webhooks: readonly PlacedWebhook[], { configuration, path }: PlacedWebhook): Statement {
  const place = [...path, "failurePolicy"];
  return webhooks.some((one) => failsClosed(one.configuration, one.webhook))
    ? yes(configuration.object, place)
    : no(configuration.object, place, "it is passed over when it does not answer (failurePolicy: Ignore)");
}

/** Every rule of its policy must name a validator that verifies; one that is `static` and approves verifies nothing. */
function imagesOf(object: KubernetesObject, own: readonly ConfigMap[]): Statement {
  const path: FieldPath = ["data", "config.yaml"];
  for (const { object: configMap, data } of own) {
    const read = yamlValue(data["config.yaml"]);
    const rules = list(field(record(read), "policy"));
    if (rules.length === 0) continue;
    const validators = new Map(list(field(record(read), "validators")).map((one) => [text(field(one, "name")), one]));
    const approving = rules.find((rule) => approves(validators.get(text(field(rule, "validator")) || "default")));
    if (approving !== undefined) {
      const pattern = text(field(approving, "pattern"));
      return no(configMap, path, `images like ${pattern} are approved without a signature (its policy)`);
    }
    return rules.some((rule) => isEveryImage(text(field(rule, "pattern"))))
      ? yes(configMap, path)
      : unknown(configMap, path, "its policy has no rule for every image");
  }
  return unknown(object, ["webhooks"], "its policy was not found (ConfigMap with config.yaml)");
}

function approves(validator: Untyped | undefined): boolean {
  return validator !== undefined && field(validator, "type") === "static" && field(validator, "approve") === true;
}
