/** Webhooks that are there to keep something out, as their configurations and Services say. */
import type { FieldPath } from "../kubernetes/field-path.ts";
import type { KubernetesObject } from "../kubernetes/object-model.ts";

/** One webhook of a policy engine or a verifier, by the words of its names. */
export interface GuardWebhook {
  /** Its configuration. */
  readonly object: KubernetesObject;
  /** `["webhooks", 0]` */
  readonly path: FieldPath;
  readonly name: string;
  /** Of what answers it: webhooks of one Service are one guard's. */
  readonly answeredBy: string;
  readonly failsClosed: boolean;
  /** Why nobody answers: `its Service kyverno/kyverno-svc has no ready endpoint`; absent where somebody may. */
  readonly silence?: string;
  /** Whether it is asked about new pods. */
  readonly seesPods: boolean;
  readonly seesUpdates: boolean;
  readonly seesEphemeralContainers: boolean;
  /** Labels by which pods are left out: their authors set them. */
  readonly podLabels: readonly string[];
  /** Labels by which namespaces are left out that have them: whoever may change the namespace sets them. */
  readonly namespaceLabels: readonly string[];
}
