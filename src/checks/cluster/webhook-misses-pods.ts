import type { GuardWebhook } from "../../engines/admission/model.ts";
import type { FieldDetection } from "../findings/kubernetes-finding.ts";
import { clusterCheck } from "./kubernetes/cluster-check.ts";

/** Guards that are not asked about all by which a pod comes to run something (Kubernetes, "Dynamic Admission Control", rules). */
export const webhookMissesPods = clusterCheck<"guardWebhooks">({
  name: "webhook-misses-pods",
  title: "Security webhooks that miss pods",
  severity: "medium",
  documentation: {
    what: "Checks the webhooks of policy engines and verifiers of images that are called for new pods: whether one of the same Service is called for changed pods (the image of a running container can be changed) and for `pods/ephemeralcontainers` (a rule for `pods` does not match it), whether pods are left out by their own labels (`objectSelector`), and namespaces by labels other than `kubernetes.io/metadata.name`. Not reported: the label of Gatekeeper where its own webhook guards it.",
    why: "An unsigned image comes in as a debug container, by a change of a running pod, or with the label that exempts it.",
    fix: "List `pods` with CREATE and UPDATE and `pods/ephemeralcontainers`, leave out namespaces by name alone, and no pods.",
    references: [
      "https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#matching-requests-rules",
      "https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/",
    ],
  },
  needs: { manifests: "partial", guardWebhooks: "partial" },
  applies: ({ guardWebhooks }) => guardWebhooks.some(({ seesPods }) => seesPods),
  *detect({ guardWebhooks, manifests }) {
    const names = new Set(manifests.webhookConfigurations.flatMap(({ webhooks }) => webhooks.map(({ name }) => name)));
    const asked = guardWebhooks.filter(({ seesPods }) => seesPods);
    for (const webhook of asked) {
      const together = guardWebhooks.filter(({ answeredBy }) => answeredBy === webhook.answeredBy);
      // What one of them misses another may see: told once, of the first.
      if (asked.find(({ answeredBy }) => answeredBy === webhook.answeredBy) === webhook)
        yield* missedBy(together, webhook);
      yield* leftOutBy(webhook, names.has("check-ignore-label.gatekeeper.sh"));
    }
  },
  reads: ["webhookConfigurations"],
});

function* missedBy(together: readonly GuardWebhook[], { object, path, name }: GuardWebhook): Generator<FieldDetection> {
  const place = { object, path: [...path, "rules"] };
  const of = `${object.kind} ${object.name} ${name}`;
  if (!together.some(({ seesUpdates }) => seesUpdates)) {
    yield {
      ...place,
      subject: `${of} UPDATE`,
      title: `Webhook ${name} is not called when a pod's image is changed`,
      fix: "add operation UPDATE to the rule for pods",
    };
  }
  if (!together.some(({ seesEphemeralContainers }) => seesEphemeralContainers)) {
    yield {
      ...place,
      subject: `${of} ephemeralcontainers`,
      title: `Webhook ${name} is not called for debug containers (pods/ephemeralcontainers)`,
      fix: "add resource pods/ephemeralcontainers, with operation UPDATE",
    };
  }
}

/** Gatekeeper lets that label be set by those alone whom it is told. */
const GUARDED = "admission.gatekeeper.sh/ignore";

function* leftOutBy(
  { object, path, name, podLabels, namespaceLabels }: GuardWebhook,
  isGuarded: boolean,
): Generator<FieldDetection> {
  const of = `${object.kind} ${object.name} ${name}`;
  if (podLabels.length > 0) {
    yield {
      object,
      path: [...path, "objectSelector"],
      subject: `${of} objectSelector`,
      title: `Pods choose by their labels whether webhook ${name} is called`,
      detail: podLabels.join(", "),
      fix: "remove objectSelector: labels of a pod are those of whoever creates it",
    };
  }
  const labels = namespaceLabels.filter((label) => label !== GUARDED || !isGuarded);
  if (labels.length > 0) {
    yield {
      object,
      path: [...path, "namespaceSelector"],
      subject: `${of} namespaceSelector`,
      title: `Namespaces leave themselves out of webhook ${name} by a label`,
      detail: labels.join(", "),
      fix: "leave namespaces out by name: kubernetes.io/metadata.name NotIn",
    };
  }
}
