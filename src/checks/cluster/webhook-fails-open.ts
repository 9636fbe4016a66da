import { clusterCheck } from "./kubernetes/cluster-check.ts";

/** Webhooks that are passed over when they do not answer (Kubernetes reference, admission webhooks, failure policy). */
export const webhookFailsOpen = clusterCheck<"guardWebhooks">({
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
  needs: { manifests: "partial", guardWebhooks: "partial" },
  reads: ["webhookConfigurations"],
  applies: ({ manifests }) => manifests.webhookConfigurations.length > 0,
  *detect({ guardWebhooks }) {
    for (const { object, path, name, failsClosed } of guardWebhooks) {
      if (failsClosed) continue;
      yield {
        object,
        path: [...path, "failurePolicy"],
        subject: `${object.kind} ${object.name} ${name}`,
        title: `Webhook ${name} fails open (failurePolicy: Ignore)`,
        fix: "set failurePolicy: Fail once the webhook runs with several replicas",
      };
    }
  },
});
