/** What an endpoint is called where one stands alone. */
import type { AddressEndpoint, Network } from "../../engines/reachability/model.ts";

/** `shop/web`, or in full where another workload of the namespace has that name too. */
export function shortNameOf({ endpoints }: Pick<Network, "endpoints">, index: number): string {
  const endpoint = endpoints[index];
  if (endpoint === undefined) return "?";
  if (endpoint.kind === "node") return endpoint.name === "" ? "any node" : `node/${endpoint.name}`;
  if (endpoint.kind === "addresses") return addressesName(endpoint);
  if (endpoint.kind !== "pods") return endpoint.name;
  const counts = countsOf(endpoints);
  const short = shortened(endpoint.name);
  return counts.get(short) === 1 ? short : endpoint.name;
}

const SCOPES = { internet: "internet", private: "private networks", metadata: "metadata services" } as const;

/** Its ranges where they are few; all that no rule names is in many. */
function addressesName({ name, ranges, scope }: AddressEndpoint): string {
  if (ranges.length <= 2) return name;
  return `${SCOPES[scope]} (IPv${ranges[0]?.family ?? 4}, ${ranges.length} ranges)`;
}

function shortened(name: string): string {
  return name.replace(/^([^/]*)\/[^/]*\//, "$1/");
}

const known = new WeakMap<Network["endpoints"], ReadonlyMap<string, number>>();

function countsOf(endpoints: Network["endpoints"]): ReadonlyMap<string, number> {
  const found = known.get(endpoints);
  if (found !== undefined) return found;
  const counts = new Map<string, number>();
  for (const { kind, name } of endpoints) {
    if (kind === "pods") counts.set(shortened(name), (counts.get(shortened(name)) ?? 0) + 1);
  }
  known.set(endpoints, counts);
  return counts;
}
