/** What is no pod: entities, and identities with reserved labels. */
import { everyAddress } from "../addresses.ts";
import type { PodSet } from "../pod-sets.ts";
import type { Reading } from "../reading.ts";
import type { Doubt } from "../rule-model.ts";
import type { CiliumConfig } from "./config.ts";
import { type EndpointSelector, matchesIdentity } from "./endpoint-selector.ts";
import { addressPeer, apiServerPeers, type CiliumPeer, sure } from "./peers.ts";

/** https://docs.cilium.io/en/latest/security/policy/layer3/#entities-based, and pkg/policy/api/entity.go */
export const entities = [
  "all",
  "world",
  "world-ipv4",
  "world-ipv6",
  "cluster",
  "host",
  "init",
  "ingress",
  "unmanaged",
  "remote-node",
  "health",
  "none",
  "kube-apiserver",
] as const;
export type Entity = (typeof entities)[number];

const FAMILY: Doubt = {
  code: "network.cilium-family",
  reason: "whether the cluster has IPv4 and IPv6, by which Cilium names what is outside, was not read",
  remedy: "add the ConfigMap cilium-config to what is read",
};

const PROXIES: Doubt = {
  code: "network.cilium-proxies",
  reason: "it is about Cilium's own Ingress and Gateway proxies, which run on nodes",
};

const UNMANAGED: Doubt = {
  code: "network.cilium-unmanaged",
  reason: "it is about pods that Cilium does not manage, and which they are was not read",
};

const EXTENDED: Doubt = {
  code: "network.cilium-entity",
  reason: "policy-entity-selectors of cilium-config adds pods to the entity",
};

export function entityPeers(reading: Reading, config: CiliumConfig, entity: Entity): readonly CiliumPeer[] {
  const peers = defaultPeers(reading, config, entity);
  const isExtended = config.extendedEntities?.has(entity) ?? true;
  return isExtended && entity !== "all" && entity !== "cluster"
    ? [...peers, { peer: { kind: "pods", pods: ordinaryPods(reading) }, doubt: EXTENDED }]
    : peers;
}

function defaultPeers(reading: Reading, config: CiliumConfig, entity: Entity): readonly CiliumPeer[] {
  switch (entity) {
    case "all":
      return [sure({ kind: "everything" })];
    case "world":
      return [sure({ kind: "outside" })];
    case "world-ipv4":
    case "world-ipv6": {
      // In a cluster of one family what is outside has the label of neither.
      if (config.isDualStack === false) return [];
      const family = entity === "world-ipv4" ? 4 : 6;
      const peer = addressPeer(
        everyAddress.filter((range) => range.family === family),
        false,
      );
      return [config.isDualStack === true ? sure(peer) : { peer, doubt: FAMILY }];
    }
    case "host":
      return [sure({ kind: "nodes", nodes: "own" })];
    case "remote-node":
      return [sure({ kind: "nodes", nodes: "others" })];
    case "cluster":
      return [
        sure({ kind: "pods", pods: ordinaryPods(reading) }),
        sure({ kind: "nodes", nodes: "all" }),
        ...apiServerPeers.filter(({ doubt }) => doubt === undefined),
      ];
    case "kube-apiserver":
      return apiServerPeers;
    case "ingress":
      return [{ peer: { kind: "nodes", nodes: "all" }, doubt: PROXIES }];
    case "unmanaged":
      return [{ peer: { kind: "pods", pods: ordinaryPods(reading) }, doubt: UNMANAGED }];
    case "init":
    case "health":
    case "none":
      // Pods that are about to start, and probes of Cilium's own: neither is an end of connections that are looked at.
      return [];
  }
}

function ordinaryPods({ podSets }: Reading): PodSet {
  return podSets.where("on their own network", ({ host }) => !host);
}

/** Of a selector with reserved labels: whatever it picks that is no pod. */
export function reservedPeers(
  reading: Reading,
  config: CiliumConfig,
  selector: EndpointSelector,
): readonly CiliumPeer[] {
  const { isDualStack } = config;
  const outside = (family: 4 | 6): CiliumPeer[] => {
    const own = family === 4 ? "world-ipv4" : "world-ipv6";
    const matches = matchesIdentity(selector, (source, label) => {
      if (source !== "reserved" && source !== "any") return undefined;
      if (isDualStack === undefined) return label === "world" || label === own ? null : undefined;
      return label === (isDualStack ? own : "world") ? "" : undefined;
    });
    const peer = addressPeer(
      everyAddress.filter((range) => range.family === family),
      false,
    );
    return matches === false ? [] : [matches === true ? sure(peer) : { peer, doubt: FAMILY }];
  };
  const identity = (entity: Entity, labels: readonly string[]): readonly CiliumPeer[] => {
    const matches = matchesIdentity(selector, (source, label) =>
      (source === "reserved" || source === "any") && labels.includes(label) ? "" : undefined,
    );
    return matches === true ? entityPeers(reading, config, entity) : [];
  };
  return [
    ...outside(4),
    ...outside(6),
    ...identity("host", ["host"]),
    ...identity("remote-node", ["remote-node"]),
    ...identity("kube-apiserver", ["kube-apiserver"]),
    ...identity("ingress", ["ingress"]),
    ...identity("unmanaged", ["unmanaged"]),
  ];
}
