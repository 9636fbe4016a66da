/** The webhooks that are registered of those that the manifests have; which are not there enforce nothing, and ask nobody. */
import { Problem } from "../../../core/problem.ts";
import type { ClusterApi } from "../../../engines/kubernetes/cluster/client.ts";
import { createWebhookTrust, type OwnWebhooks, type WebhookTrust } from "../cluster/webhooks.ts";
import type { WebhookAnchor, WebhookAnchors } from "./model.ts";

/**
 * @param own - each looked at by itself: one that is missing says nothing of the others
 * @param serverName - by which the API server knows us
 */
export function webhookAnchors(api: ClusterApi, own: readonly OwnWebhooks[], serverName: string): WebhookAnchors {
  const each = own.map((one) => createWebhookTrust(api, [one]));
  /** Those that were there at the last look. */
  let there: readonly WebhookTrust[] = [];
  return {
    async read() {
      const found: WebhookAnchor[] = [];
      const registered: WebhookTrust[] = [];
      for (const trust of each) {
        const read = await trust.read();
        if (read instanceof Problem && read.code === NOT_THERE) continue;
        if (read instanceof Problem) return read;
        registered.push(trust);
        for (const { kind, configuration, webhook, bundle } of read) {
          found.push({ place: `${kind} ${configuration}: ${webhook}`, caBundle: bundle, serverName });
        }
      }
      there = registered;
      return found;
    },
    async write(bundle) {
      for (const trust of there) {
        const kept = await trust.keep(bundle);
        if (kept instanceof Problem) return kept;
      }
      return undefined;
    },
  };
}

/** Of a configuration, or a webhook in it, that does not exist. */
const NOT_THERE = "admission.webhooks";
