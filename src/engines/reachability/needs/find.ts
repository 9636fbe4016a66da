/** All that the workloads of a cluster are seen to need of its network. */
import type { Manifests } from "../../kubernetes/model.ts";
import type { PodEndpoint } from "../endpoint-model.ts";
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

/**
 * Needs are facts of what the manifests declare, and no more: what an image does by itself nobody can read here.
 *
 * @param pods - the endpoints that are pods, of the same manifests
 */
export function findNeeds(manifests: Manifests, pods: readonly PodEndpoint[], options: InboundOptions): Needs {
  const collector = needCollector();
  const context = { manifests, pods, services: indexServices(manifests, pods), collector };
  findDeclaredNeeds(context);
  findPeerNeeds(context);
  findInboundNeeds(context, options);
  findControlPlaneNeeds(context);
  findMonitoringNeeds(context);
  findDnsNeeds(context);
  findProbes(context);
  return collector.needs();
}
