import type { GuardWebhook } from "../../engines/admission/model.ts";
import { clusterCheck } from "./kubernetes/cluster-check.ts";

/** Guards that do not answer: what is closed then keeps everything out, what is open lets everything in. */
export const webhookWithoutEndpoints = clusterCheck<"answeredWebhooks">({
  name: "webhook-without-endpoints",
  title: "Security webhooks that nobody answers",
  severity: "high",
  controls: [7],
  documentation: {
    what: "Checks, of a live cluster, whether the Service of a policy engine's or verifier's webhook exists and has a ready endpoint. Not reported: webhooks by URL, other webhooks, files. Severity: high where the webhook is passed over (`failurePolicy: Ignore`), medium where pods are refused until it answers.",
    why: "A webhook that is passed over when it does not answer admits everything, and nothing shows it; one that is not lets no pod start, its own included.",
    fix: "Bring its pods up, or remove the webhook configuration that they left behind; run several replicas with a disruption budget.",
    references: [
      "https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#failure-policy",
      "https://kubernetes.io/docs/concepts/cluster-administration/admission-webhooks-good-practices/",
    ],
  },
  needs: { manifests: "partial", answeredWebhooks: "partial" },
  applies: ({ answeredWebhooks }) => answeredWebhooks.some((one) => one.seesPods && isOfCluster(one)),
  *detect({ answeredWebhooks }) {
    for (const { object, path, name, failsClosed, seesPods, silence } of answeredWebhooks) {
      if (silence === undefined || !seesPods) continue;
      yield {
        object,
        path: [...path, "clientConfig"],
        subject: `${object.kind} ${object.name} ${name}`,
        title: failsClosed
          ? `Webhook ${name} does not answer: no pod is admitted`
          : `Webhook ${name} does not answer and is passed over: every pod is admitted`,
        severity: failsClosed ? "medium" : "high",
        detail: silence,
        fix: "bring its pods up, or remove the webhook configuration",
      };
    }
  },
});

function isOfCluster({ object }: GuardWebhook): boolean {
  return object.source.kind === "cluster";
}
