/** `network map --format json`: docs/network.md describes the form. */
import { itemByItem, jsonPieces, keyByKey } from "../json/pieces.ts";
import type { EndpointView, NetworkView, PortsView } from "./view.ts";

const SCHEMA = "bulkhead-network-v1";

/** All of it, in pieces; ends with a line break. */
export function* renderNetworkJson(view: NetworkView): Generator<string> {
  const { connections, exposures, endpoints } = view;
  yield* jsonPieces(
    keyByKey({
      schema: SCHEMA,
      tool: view.tool,
      subject: view.subject,
      scope: view.scope,
      enforced: view.enforced,
      cni: view.cni,
      policies: view.policies,
      endpoints: itemByItem(endpoints, (endpoint) => endpoint),
      groups: itemByItem(view.groups, (members) => members),
      connections: itemByItem(connections, ({ from, to, allowed, unknown, causes }) => ({
        from,
        to,
        allowed: allowed.intervals,
        unknown: unknown.intervals,
        ...(causes.length === 0 ? {} : { causes }),
      })),
      exposures: itemByItem(exposures, ({ targets, ...exposure }) => ({
        ...exposure,
        targets: targets.map(({ allowed, unknown, ...target }) => ({
          ...target,
          allowed: allowed.intervals,
          unknown: unknown.intervals,
        })),
      })),
      causes: view.causes,
      gaps: view.gaps,
      notes: view.notes,
    }),
  );
  yield "\n";
}

/** One connection a line (JSON Lines), by names: of 15,000 workloads there may be 225 million. */
export function* renderNetworkFlat({ endpoints, groups, connections }: NetworkView): Generator<string> {
  const names = endpoints.map(({ name }: EndpointView) => JSON.stringify(name));
  const intervals = ({ intervals: all }: PortsView) => JSON.stringify(all);
  for (const { from, to, allowed, unknown } of connections) {
    const rest = `,"allowed":${intervals(allowed)},"unknown":${intervals(unknown)}}\n`;
    for (const source of members(from)) {
      for (const target of members(to)) yield `{"from":${names[source]},"to":${names[target]}${rest}`;
    }
  }

  function* members(chosen: readonly number[]): Generator<number> {
    for (const group of chosen) yield* groups[group] ?? [];
  }
}
