/** Each action by its name, with what it needs. */
import type { Policy } from "../../../../core/policy.ts";
import type { PodFacts } from "../../../../engines/events/containers/model.ts";
import type { ResponseAction } from "../../../../engines/events/respond/model.ts";
import { type ClusterApi, createClient } from "../../../../engines/kubernetes/cluster/client.ts";
import type { Whom } from "../decide.ts";
import type { ResponderParts, ResponseRequest } from "../model.ts";
import { notDone, type Prepared } from "./action.ts";
import { prepareContainer } from "./container.ts";
import { prepareDetach, prepareLabel } from "./pod.ts";
import { createProtection, type Protection, prepareKill } from "./process.ts";
import { prepareQuarantine } from "./quarantine.ts";

export interface ActionContext {
  readonly request: ResponseRequest;
  readonly whom: Whom;
}

export interface Actions {
  readonly protection: Protection;
  /** Changes nothing. @throws Problem with why it cannot be done */
  prepare(action: ResponseAction, context: ActionContext): Promise<Prepared>;
  close(): void;
}

/** Of one alert actions of different lanes go side by side. */
export function laneOf(action: ResponseAction): "pod" | "container" | "process" {
  if (isOfPod(action)) return "pod";
  return action === "kill" ? "process" : "container";
}

function isOfPod(action: ResponseAction): action is "label" | "detach" | "quarantine" {
  return action === "label" || action === "detach" || action === "quarantine";
}

export function createActions(parts: ResponderParts, policy: () => Policy): Actions {
  const protection = createProtection();
  const { root = "/", cluster } = parts;
  let api: ClusterApi | undefined;

  function inCluster(whom: Whom): { readonly api: ClusterApi; readonly pod: PodFacts } {
    if (whom.kind === "host") throw notDone(whom.workload, "no container is named");
    const pod = whom.facts.details?.pod;
    if (pod === undefined) throw notDone(whom.workload, "the container is of no pod");
    if (cluster === undefined) throw notDone(whom.workload, "no cluster is known", "name it with --kubeconfig");
    api ??= createClient(cluster);
    return { api, pod };
  }

  return {
    protection,
    async prepare(action, { request, whom }) {
      if (action === "kill") return await prepareKill(request, whom, parts);
      if (isOfPod(action)) {
        const { api, pod } = inCluster(whom);
        if (action === "label") return await prepareLabel(request, pod, api);
        if (action === "detach") return await prepareDetach(pod, api);
        return await prepareQuarantine(request, pod, {
          api,
          policy: policy(),
          connection: cluster as NonNullable<typeof cluster>,
        });
      }
      if (whom.kind === "host") throw notDone(whom.workload, "no container is named");
      if (action === "protect") return await protection.prepare(request, whom.facts, parts);
      return await prepareContainer(action, whom.facts, root);
    },
    close: () => api?.close(),
  };
}
