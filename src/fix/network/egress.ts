/** What the policy's `network.egress` lets workloads reach outside the cluster, and by what means it is kept to. */
import { compileGlob } from "../../core/glob.ts";
import { parseDestination } from "../../engines/reachability/destination.ts";
import type { PodEndpoint } from "../../engines/reachability/model.ts";
import type { Need, NeedReason } from "../../engines/reachability/needs/model.ts";
import type { EgressAllowance } from "../../engines/reachability/policy.ts";
import type { EgressMode } from "./model.ts";
import { PROXY_PORT, type ProxyRule, squidConfiguration } from "./squid.ts";
import { workloadName } from "./subjects.ts";

/** Where the pods of an egress proxy are. */
export interface ProxyPlace {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface EgressPlan {
  /** What workloads need by the list: hosts and addresses, or the proxy that leads to the hosts. */
  readonly needs: readonly Need[];
  readonly notes: readonly string[];
  /** Of the proxy. */
  readonly squid?: string;
}

export function planEgress(
  allowances: readonly EgressAllowance[],
  pods: readonly PodEndpoint[],
  mode: EgressMode | undefined,
  proxy: ProxyPlace,
): EgressPlan {
  const needs: Need[] = [];
  const notes = new Set<string>();
  /** Of each workload the hosts that it reaches by the proxy. */
  const proxied = new Map<PodEndpoint, Map<string, ProxyRule>>();
  const used = new Set<EgressAllowance>();
  for (const allowance of allowances) {
    const matches = compileGlob(allowance.from);
    for (const one of pods) {
      const names = [`${one.namespace}/${one.workload.object.name}`, `${one.namespace}/${workloadName(one)}`];
      if (!names.some(matches)) continue;
      used.add(allowance);
      for (const text of allowance.to) {
        const destination = parseDestination(text);
        if (destination === undefined) continue;
        if (destination.port === undefined) {
          notes.add(`network.egress of ${allowance.from}: ${text} states no port, so nothing is allowed for it`);
          continue;
        }
        const reason: NeedReason = { kind: "allow-list", text: `network.egress of ${allowance.from} lists ${text}` };
        const from = { kind: "pods" as const, pods: one };
        const port = { protocol: "TCP" as const, port: destination.port };
        if (mode === "cilium" && destination.kind === "domain" && destination.pattern.includes("*")) {
          notes.add(`${text}: Cilium's * stands for one label, and not for several`);
        }
        if (destination.kind === "addresses") {
          const to = { kind: "addresses" as const, name: text, ranges: destination.ranges };
          needs.push({ from, to, ...port, reasons: [reason] });
        } else if (mode === "squid" && !one.host) {
          const rules = proxied.get(one) ?? new Map<string, ProxyRule>();
          proxied.set(one, rules);
          rules.set(`${destination.pattern}:${destination.port}`, {
            host: destination.pattern,
            port: destination.port,
          });
        } else needs.push({ from, to: { kind: "host", host: destination.pattern }, ...port, reasons: [reason] });
      }
    }
  }
  for (const { from } of allowances.filter((one) => !used.has(one))) {
    notes.add(`network.egress of ${from}: no workload of these namespaces is called so`);
  }
  if (mode !== "squid") return { needs, notes: [...notes] };
  return { ...byProxy(proxied, proxy, needs, notes), notes: [...notes] };
}

/** Workloads with the same list share a port of the proxy, so that each reaches by it what its own list says. */
function byProxy(
  proxied: ReadonlyMap<PodEndpoint, ReadonlyMap<string, ProxyRule>>,
  proxy: ProxyPlace,
  needs: Need[],
  notes: Set<string>,
): Pick<EgressPlan, "needs" | "squid"> {
  const groups = Map.groupBy([...proxied], ([, rules]) => JSON.stringify([...rules.keys()].sort()));
  const listeners = [...groups.values()].map((members, index) => ({
    port: PROXY_PORT + index,
    rules: [...(members[0]?.[1].values() ?? [])],
    users: members.map(([pods]) => `${pods.namespace}/${workloadName(pods)}`).sort(),
  }));
  for (const [index, members] of [...groups.values()].entries()) {
    const port = PROXY_PORT + index;
    for (const [pods] of members) {
      const to = { kind: "unread-pods" as const, ...proxy, name: `egress proxy in ${proxy.namespace}` };
      const reason: NeedReason = {
        kind: "allow-list",
        text: `the egress proxy lets it reach what network.egress lists`,
      };
      needs.push({ from: { kind: "pods", pods }, to, protocol: "TCP", port, reasons: [reason] });
      notes.add(
        `${pods.namespace}/${workloadName(pods)} must be told its proxy: HTTPS_PROXY=http://PROXY:${port} (and HTTP_PROXY, NO_PROXY=.svc,.cluster.local)`,
      );
    }
  }
  return { needs, squid: squidConfiguration(listeners) };
}
