/** Where the ends of needs are in a network that was computed. */
import { type AddressRange, covers, overlap, parseCidr } from "../../engines/reachability/addresses.ts";
import { API_SERVER } from "../../engines/reachability/cilium/peers.ts";
import type { Network, PodEndpoint } from "../../engines/reachability/model.ts";
import type { NeedEnd } from "../../engines/reachability/needs/model.ts";
import type { ApiServer } from "./model.ts";
import type { Subjects } from "./subjects.ts";

/** Indices of endpoints. */
export interface EndPlaces {
  /** All of these must connect. */
  readonly needed: readonly number[];
  /** These may, because nothing tells them from the others. */
  readonly tolerated: readonly number[];
  /** The end is not there as such: a node's address for the API server's. What is unknown of it is no failure. */
  readonly isVague: boolean;
  /** What is needed is only a part of them: the whole must connect for it, and is not needed itself. */
  readonly isWider?: boolean;
}

export interface Places {
  of(end: NeedEnd): EndPlaces;
  /** One endpoint for each part of the end that a policy may name by itself, with what it is called in every network. */
  samples(end: NeedEnd): readonly (readonly [string, number])[];
  /** Ordinary pods of the namespaces. */
  readonly own: readonly number[];
  pods(index: number): PodEndpoint | undefined;
}

export function placesOf(
  { endpoints }: Network,
  {
    namespaces,
    subjects,
    apiServer,
  }: {
    readonly namespaces: ReadonlySet<string>;
    readonly subjects: Subjects;
    readonly apiServer: readonly ApiServer[];
  },
): Places {
  const byWorkload = new Map<unknown, number>();
  const ordinary: number[] = [];
  const nodes: number[] = [];
  const addresses: number[] = [];
  for (const [index, endpoint] of endpoints.entries()) {
    if (endpoint.kind === "pods") {
      byWorkload.set(endpoint.workload, index);
      if (!endpoint.host) ordinary.push(index);
      else nodes.push(index);
    } else if (endpoint.kind === "node") nodes.push(index);
    else if (endpoint.kind === "addresses") addresses.push(index);
  }
  const pods = (index: number) => {
    const endpoint = endpoints[index];
    return endpoint?.kind === "pods" ? endpoint : undefined;
  };
  const indexOf = ({ workload }: PodEndpoint): number[] => {
    const index = byWorkload.get(workload);
    return index === undefined ? [] : [index];
  };

  function within(ranges: readonly AddressRange[]): EndPlaces {
    const touching = (touches: (one: AddressRange, own: AddressRange) => boolean, all: boolean) =>
      addresses.filter((index) => {
        const endpoint = endpoints[index];
        if (endpoint?.kind !== "addresses") return false;
        const isIn = (own: AddressRange) => ranges.some((one) => touches(one, own));
        return all ? endpoint.ranges.every(isIn) : endpoint.ranges.some(isIn);
      });
    const needed = touching(covers, true);
    if (needed.length > 0) return { needed, tolerated: [], isVague: false };
    // Where no rule names them, they are part of what no rule tells apart.
    const around = touching(overlap, false);
    if (around.length > 0) return { needed: around, tolerated: [], isVague: false, isWider: true };
    // Addresses of nodes and pods are no endpoints of their own.
    return { needed: nodes.filter((index) => pods(index) === undefined), tolerated: nodes, isVague: true };
  }

  function of(end: NeedEnd): EndPlaces {
    switch (end.kind) {
      case "pods": {
        if (end.pods.host) return { needed: indexOf(end.pods), tolerated: nodes, isVague: true };
        const alike = subjects.of(end.pods)?.members ?? [];
        return { needed: indexOf(end.pods), tolerated: alike.flatMap(indexOf), isVague: false };
      }
      case "unread-pods": {
        const { labels, namespace } = end;
        const needed = ordinary.filter((index) => {
          const one = pods(index);
          return (
            one !== undefined &&
            (namespace === undefined || one.namespace === namespace) &&
            Object.entries(labels).every(([label, value]) => one.labels[label] === value)
          );
        });
        return { needed, tolerated: [], isVague: false };
      }
      case "nodes":
        return { needed: nodes.filter((index) => pods(index) === undefined), tolerated: nodes, isVague: true };
      case "api-server": {
        // As Cilium's policies name it.
        const entity = endpoints.findIndex(({ kind, name }) => kind === "domain" && name === API_SERVER);
        if (entity >= 0) return { needed: [entity], tolerated: nodes, isVague: false };
        if (apiServer.length > 0) return within(apiServer.map(({ range }) => range));
        return { needed: addresses, tolerated: endpoints.map((_, index) => index), isVague: true };
      }
      case "outside":
        return { needed: addresses, tolerated: nodes, isVague: false };
      case "addresses":
        return within(end.ranges);
      case "host": {
        const needed = [...endpoints.entries()].flatMap(([index, endpoint]) =>
          endpoint.kind === "domain" && endpoint.name === end.host ? [index] : [],
        );
        return { needed, tolerated: [], isVague: false };
      }
    }
  }
  function samples(end: NeedEnd): (readonly [string, number])[] {
    const texts =
      end.kind === "outside"
        ? OUTSIDE
        : end.kind === "addresses"
          ? end.ranges
          : end.kind === "api-server" && apiServer.length > 0 && of(end).needed.length !== 1
            ? apiServer.map(({ range }) => range)
            : undefined;
    if (texts === undefined) return of(end).needed.map((index) => [endpoints[index]?.name ?? "", index]);
    return texts.flatMap(({ family, first }): (readonly [string, number])[] => {
      const index = addresses.find((one) => {
        const endpoint = endpoints[one];
        return (
          endpoint?.kind === "addresses" &&
          endpoint.ranges.some((range) => covers(range, { family, first, last: first }))
        );
      });
      const [node] = nodes;
      const found = index ?? node;
      return found === undefined ? [] : [[`${family} ${first}`, found]];
    });
  }

  const own = ordinary.filter((index) => namespaces.has(pods(index)?.namespace ?? ""));
  return { of, samples, own, pods };
}

/** Addresses that are nobody's (RFC 5737, RFC 3849), one of each family. */
const OUTSIDE = ["192.0.2.1", "2001:db8::1"].flatMap((text): AddressRange[] => {
  const range = parseCidr(text);
  return range === undefined ? [] : [range];
});
