/** Which endpoints of a network a name stands for. */

import { someOf } from "../../../core/counted.ts";
import { parseAddress } from "../../../core/ip-address.ts";
import { meant, nearest } from "../../../core/nearest.ts";
import { effectiveNamespace, type Service } from "../../kubernetes/model.ts";
import { overlap } from "../addresses.ts";
import type { ServiceTargets } from "../exposure/exposure-model.ts";
import { serviceTargets } from "../exposure/service-targets.ts";
import type { Endpoint, Network } from "../model.ts";
import { Mistake, matchesPattern, type PeerTerm } from "./peer-syntax.ts";

/** What one name stands for. */
export interface Selection {
  readonly term: PeerTerm;
  /** Indices of endpoints, sorted; at least one. */
  readonly members: readonly number[];
  /** The name is a Service's: its ports are translated to those of its pods. */
  readonly service?: ServiceTargets;
}

export interface Peers {
  /** @throws Mistake where it stands for nothing, with what is called alike */
  select(term: PeerTerm): Selection;
  /** A Service of this name, where a workload has it too. */
  serviceNamed(term: PeerTerm): Service | undefined;
}

export function peersOf(network: Network): Peers {
  const { endpoints, manifests } = network;
  const indices = endpoints.map((_, index) => index);
  const byNamespace = new Map<string, number[]>();
  for (const [index, endpoint] of endpoints.entries()) {
    if (endpoint.kind !== "pods") continue;
    const within = byNamespace.get(endpoint.namespace);
    if (within === undefined) byNamespace.set(endpoint.namespace, [index]);
    else within.push(index);
  }
  const services = Map.groupBy(manifests.services, ({ object }) => effectiveNamespace(object) ?? "default");
  const remembered = new Map<string, Selection>();

  const where = (holds: (endpoint: Endpoint) => boolean): number[] =>
    indices.filter((index) => holds(endpoints[index] as Endpoint));

  function select(term: PeerTerm): Selection {
    const known = remembered.get(term.text);
    if (known !== undefined) return known;
    const selection = found(term);
    remembered.set(term.text, selection);
    return selection;
  }

  function found(term: PeerTerm): Selection {
    switch (term.kind) {
      case "pods":
        return some(
          term,
          where(({ kind }) => kind === "pods"),
          "there are no workloads",
        );
      case "everything":
        return some(term, indices, "there is nothing in the network");
      case "scope":
        return some(
          term,
          where((endpoint) => isInScope(endpoint, term.scope)),
          `nothing is ${term.scope} here`,
        );
      case "node":
        return node(term);
      case "addresses":
        return addresses(term);
      case "domain":
        return domain(term);
      case "named":
        return named(term);
    }
  }

  function some(term: PeerTerm, members: readonly number[], cause: string, remedy?: string): Selection {
    if (members.length === 0) throw new Mistake(cause, remedy);
    return { term, members };
  }

  function node(term: PeerTerm & { kind: "node" }): Selection {
    const nodes = where(({ kind }) => kind === "node");
    const members = nodes.filter((index) => matchesPattern(term.name, (endpoints[index] as Endpoint).name));
    const named = nodes.map((index) => (endpoints[index] as Endpoint).name).filter((name) => name !== "");
    if (members.length > 0) return { term, members };
    throw new Mistake(
      `no node is called ${term.name}`,
      named.length === 0 ? "nodes were not read: write node, for any of them" : meant(term.name, named.slice(0, 20)),
    );
  }

  /** What has one of the addresses, in the cluster or outside: each part of the range that rules tell apart. */
  function addresses(term: PeerTerm & { kind: "addresses" }): Selection {
    const { range } = term;
    const within = (text: string) => {
      const address = parseAddress(text);
      return address !== undefined && overlap(range, { ...address, first: address.value, last: address.value });
    };
    const members = where((endpoint) => {
      if (endpoint.kind === "addresses") return endpoint.ranges.some((one) => overlap(one, range));
      return endpoint.kind !== "domain" && endpoint.addresses.some(within);
    });
    const cause = `${term.text} is in the cluster's own ranges, and no workload or node is known to have it`;
    return some(term, members, cause, "name the workload: shop/web");
  }

  function domain(term: PeerTerm & { kind: "domain" }): Selection {
    const known = where(({ kind }) => kind === "domain");
    const members = known.filter((index) => (endpoints[index] as Endpoint).name.toLowerCase() === term.name);
    const names = known.map((index) => (endpoints[index] as Endpoint).name);
    const near = nearest(term.name, names);
    return some(
      term,
      members,
      `no rule names the domain ${term.name}`,
      near === undefined ? "write internet, or its addresses" : `did you mean ${near}?`,
    );
  }

  function named(term: PeerTerm & { kind: "named" }): Selection {
    const { namespace, objectKind, name } = term;
    const workloads: number[] = [];
    for (const [each, within] of byNamespace) {
      if (!matchesPattern(namespace, each)) continue;
      for (const index of within) {
        const [, kind = "", ...rest] = (endpoints[index] as Endpoint).name.split("/");
        const called = rest.join("/");
        if (objectKind !== undefined && kind !== objectKind) continue;
        if (matchesPattern(name, called) || matchesPattern(name, rest[0] ?? "")) workloads.push(index);
      }
    }
    if (workloads.length > 0) return { term, members: workloads.sort((a, b) => a - b) };
    const service = objectKind === undefined || objectKind === "Service" ? serviceAt(namespace, name) : undefined;
    if (service !== undefined) return ofService(term, service);
    throw new Mistake(`nothing is called ${term.text}`, nearby(term));
  }

  function serviceAt(namespace: string, name: string): Service | undefined {
    return services.get(namespace)?.find(({ object }) => object.name === name);
  }

  function ofService(term: PeerTerm, service: Service): Selection {
    const leads = serviceTargets(network, service);
    const members = [...new Set(leads.targets.map(({ endpoint }) => endpoint))].sort((a, b) => a - b);
    if (members.length > 0) return { term, members, service: leads };
    const [outside] = leads.outside;
    const [why] = [...leads.deadEnds, ...leads.doubts];
    const cause = outside === undefined ? (why?.reason ?? "it leads to no workload that was read") : "it leads outside";
    throw new Mistake(`Service ${term.text}: ${cause}`, outside === undefined ? undefined : `write ${outside.address}`);
  }

  function nearby({ namespace, objectKind, name }: PeerTerm & { kind: "named" }): string {
    const spaces = [...byNamespace.keys()];
    if (!spaces.some((each) => matchesPattern(namespace, each))) {
      const near = nearest(namespace, spaces);
      if (near !== undefined) return `did you mean ${[near, objectKind, name].filter((one) => one).join("/")}?`;
      const shown = spaces.slice(0, 10).sort().join(", ");
      return spaces.length === 0 ? "no workloads were read" : `namespaces with workloads: ${shown}`;
    }
    const within = spaces.filter((each) => matchesPattern(namespace, each));
    const names = within.flatMap((each) => [
      ...(byNamespace.get(each) ?? []).map((index) => {
        const [, kind = "", ...rest] = (endpoints[index] as Endpoint).name.split("/");
        return [each, ...(objectKind === undefined ? [] : [kind]), ...rest].join("/");
      }),
      ...(services.get(each) ?? []).map(({ object }) => `${each}/${object.name}`),
    ]);
    const written = [namespace, objectKind, name].filter((one) => one !== undefined).join("/");
    const near = nearest(written, names);
    if (near !== undefined) return `did you mean ${near}?`;
    const different = [...new Set(names)].sort();
    return `there are ${someOf(different, 10)}`;
  }

  return {
    select,
    serviceNamed: (term) =>
      term.kind === "named" && term.objectKind === undefined ? serviceAt(term.namespace, term.name) : undefined,
  };
}

function isInScope(endpoint: Endpoint, scope: "internet" | "private" | "metadata" | "outside"): boolean {
  if (endpoint.kind === "domain") return scope === "outside";
  return endpoint.kind === "addresses" && (scope === "outside" || endpoint.scope === scope);
}
