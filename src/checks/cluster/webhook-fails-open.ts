import type { Webhook, WebhookConfiguration } from "../../engines/kubernetes/model.ts";
import { clusterCheck } from "./kubernetes/cluster-check.ts";

const guards = [
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
];

/** Whether it is there to keep something out: by the words of its names. */
function isGuard({ object }: WebhookConfiguration, { name, service }: Webhook): boolean {
  const words = `${object.name} ${name} ${service?.name ?? ""} ${service?.namespace ?? ""}`
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  return guards.some((guard) => words.includes(guard));
}

/** Webhooks that are passed over when they do not answer (Kubernetes reference, admission webhooks, failure policy). */
export const webhookFailsOpen = clusterCheck({
  name: "webhook-fails-open",
  title: "Security webhooks that fail open",
  severity: "medium",
  documentation: {
    what: "Checks for webhooks with `failurePolicy: Ignore` that, by their names, are there to keep something out: policy engines and verifiers of images. Not reported: others, that set defaults or check their own resources.",
    why: "Anyone who makes the webhook slow or its pods go away gets everything admitted, and nothing shows that it was not asked.",
    fix: "Set `failurePolicy: Fail`, run several replicas with a disruption budget, and leave kube-system and its own namespace out by a selector.",
    references: [
      "https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#failure-policy",
      "https://kubernetes.io/docs/concepts/cluster-administration/admission-webhooks-good-practices/",
    ],
  },
  needs: { manifests: "partial" },
  reads: ["webhookConfigurations"],
  applies: ({ manifests }) => manifests.webhookConfigurations.length > 0,
  *detect({ manifests }) {
    for (const configuration of manifests.webhookConfigurations) {
      for (const [index, webhook] of configuration.webhooks.entries()) {
        if (webhook.failurePolicy !== "Ignore" || !isGuard(configuration, webhook)) continue;
        yield {
          object: configuration.object,
          path: ["webhooks", index, "failurePolicy"],
          subject: `${configuration.object.kind} ${configuration.object.name} ${webhook.name}`,
          title: `Webhook ${webhook.name} fails open (failurePolicy: Ignore)`,
          fix: "set failurePolicy: Fail once the webhook runs with several replicas",
        };
      }
    }
  },
});
