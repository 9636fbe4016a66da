/** All that the workloads of a cluster are seen to need of its network. */
import type { PodEndpoint } from "../endpoint-model.ts";
import type { Network } from "../model.ts";
import { operatorPods } from "../operator-pods.ts";
import { needCollector } from "./collector.ts";
import { findControlPlaneNeeds } from "./control-plane.ts";
import { findDeclaredNeeds } from "./declared.ts";
import { findDnsNeeds } from "./dns.ts";
import { findInboundNeeds, type InboundOptions } from "./inbound.ts";
import type { Needs } from "./model.ts";
import { findMonitoringNeeds } from "./monitoring.ts";
import { findPeerNeeds } from "./peers.ts";
import { findProbes } from "./probes.ts";
import { indexServices } from "./services.ts";

/** Needs are facts of what the manifests declare, and no more: what an image does by itself nobody can read here. */
export function findNeeds(network: Network, options: InboundOptions): Needs {
  const { manifests, endpoints } = network;
  const pods = endpoints.filter((one): one is PodEndpoint => one.kind === "pods");
  const collector = needCollector();
  const context = { network, manifests, pods, services: indexServices(manifests, pods), collector };
  for (const { workload, name } of pods) {
    if (workload.form !== "part" || operatorPods(workload) !== undefined) continue;
    const reason =
      "its controller makes the pods: neither their labels nor what they need are known, and a default deny closes them";
    const place = { object: workload.object, field: [] };
    collector.unknown({ code: "network.need.untold", reason, remedy: "audit the live cluster", place, workload: name });
  }
  findDeclaredNeeds(context);
  findPeerNeeds(context);
  findInboundNeeds(context, options);
  findControlPlaneNeeds(context);
  findMonitoringNeeds(context);
  findDnsNeeds(context);
  findProbes(context);
  return collector.needs();
}
