/** Pods of one StatefulSet that know each other by their governing Service. */
import { operatorPods } from "../operator-pods.ts";
import { type NeedContext, reachService } from "./context.ts";
import type { NeedPort, NeedReason } from "./model.ts";

export function findPeerNeeds(context: NeedContext): void {
  for (const pods of context.pods) {
    const { object, replicas, serviceName } = pods.workload;
    const end = { kind: "pods" as const, pods };
    const need = (port: NeedPort, reason: NeedReason) => context.collector.need(end, end, port, reason);
    if (object.group === "monitoring.coreos.com" && object.kind === "Alertmanager") {
      if ((operatorPods(pods.workload)?.replicas ?? 1) < 2) continue;
      const place = { object, field: ["spec", "replicas"] };
      const reason: NeedReason = { kind: "peers", text: "replicas of an Alertmanager gossip", place };
      need({ protocol: "TCP", port: 9094 }, reason);
      need({ protocol: "UDP", port: 9094 }, reason);
    }
    if (object.kind !== "StatefulSet" || replicas === undefined || replicas < 2) continue;
    const field = ["spec", "serviceName"];
    const governing = serviceName === undefined ? undefined : context.services.named(pods.namespace, serviceName);
    if (governing === undefined || !governing.isHeadless || !governing.pods.includes(pods)) continue;
    const place = { object, field };
    const text = `replicas find each other by Service ${governing.name}`;
    for (const { to, protocol, port } of reachService(context, governing, undefined, { says: text, place })) {
      if (to.kind === "pods" && to.pods === pods) need({ protocol, port }, { kind: "peers", text, place });
    }
  }
}
