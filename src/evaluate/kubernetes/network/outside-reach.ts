/** Which addresses outside the cluster each class of pods may send to: of all classes in one pass over the edges. */
import type { AddressEndpoint, Network } from "../../../engines/reachability/model.ts";
import { stageAt } from "./opening.ts";

export interface OutsideAddress {
  /** An endpoint. */
  readonly index: number;
  readonly endpoint: AddressEndpoint;
}

export interface OutsideReach {
  /** Of the internet, and of metadata services; indices of endpoints. */
  readonly open: readonly number[];
  readonly unknown: readonly number[];
}

export interface OutsideOverview {
  /** Without addresses that give a pod its own identity and no other. */
  readonly addresses: readonly OutsideAddress[];
  visit(from: number, to: readonly number[], open: boolean): void;
  /** Of a class, by one of its endpoints. */
  of(endpoint: number): OutsideReach;
}

export function outsideOverview(network: Network): OutsideOverview {
  const addresses = network.endpoints.flatMap((endpoint, index): OutsideAddress[] => {
    if (endpoint.kind !== "addresses" || endpoint.scope === "private") return [];
    return endpoint.metadata?.neededBy === undefined ? [{ index, endpoint }] : [];
  });
  const byClass = new Map(addresses.map(({ index }) => [network.classOf[index] as number, index]));
  const isAddress = new Uint8Array(network.classes.length);
  for (const one of byClass.keys()) isAddress[one] = 1;
  const found = new Map<number, { open: number[]; unknown: number[] }>();
  const throughProxy = classesThroughProxy(network);

  function ask(endpoint: number): OutsideReach {
    const open: number[] = [];
    const unknown: number[] = [];
    for (const { index } of addresses) {
      const connection = stageAt(network, "egress", endpoint, index);
      if (connection.allowed !== network.portSets.none) open.push(index);
      else if (connection.unknown !== network.portSets.none) unknown.push(index);
    }
    return { open, unknown };
  }

  return {
    addresses,
    visit(from, to, open) {
      for (const one of to) {
        if (isAddress[one] === 0) continue;
        const own = found.get(from) ?? { open: [], unknown: [] };
        found.set(from, own);
        own[open ? "open" : "unknown"].push(byClass.get(one) as number);
      }
    },
    of(endpoint) {
      const own = network.classOf[endpoint] as number;
      // A workload can go around its sidecar: what that keeps in says nothing of what gets out.
      if (network.enforced === "no" || throughProxy.has(own)) return ask(endpoint);
      return found.get(own) ?? { open: [], unknown: [] };
    },
  };
}

function classesThroughProxy({ rules, classOf }: Network): ReadonlySet<number> {
  const outbound = rules.filter(({ stage }) => stage === "mesh-outbound");
  return new Set(outbound.flatMap(({ subject }) => [...subject.members].map((index) => classOf[index] as number)));
}
