/** What sets of endpoints are called: the shortest text that says which they are. */
import { counted } from "../../core/counted.ts";
import type { NetworkView } from "./view.ts";

export interface Names {
  /** `shop/web`; `shop/Deployment/web` where another workload there has that name too. */
  one(endpoint: number): string;
  /** @param groups - indices of groups, each once */
  set(groups: readonly number[]): string;
}

/** Names of one namespace, and ranges, that are written out. */
const NAMED = 4;
const NAMED_NAMESPACES = 3;

export function namesOf({ endpoints, groups }: Pick<NetworkView, "endpoints" | "groups">): Names {
  const short = new Map<string, number>();
  const perNamespace = new Map<string, number>();
  let workloads = 0;
  const shortOf = (name: string) => name.replace(/^([^/]*)\/[^/]*\//, "$1/");
  for (const { kind, name, namespace = "" } of endpoints) {
    if (kind !== "workload") continue;
    workloads++;
    short.set(shortOf(name), (short.get(shortOf(name)) ?? 0) + 1);
    perNamespace.set(namespace, (perNamespace.get(namespace) ?? 0) + 1);
  }
  const outside = endpoints.flatMap(({ kind }, index) => (kind === "addresses" ? [index] : []));

  function one(index: number): string {
    const endpoint = endpoints[index];
    if (endpoint === undefined) return "?";
    if (endpoint.kind === "node") return endpoint.name === "" ? "any node" : `node/${endpoint.name}`;
    if (endpoint.kind !== "workload") return endpoint.name;
    const shortened = shortOf(endpoint.name);
    return short.get(shortened) === 1 ? shortened : endpoint.name;
  }

  function set(chosen: readonly number[]): string {
    const members = chosen.flatMap((group) => groups[group] ?? []).sort((a, b) => a - b);
    const of = (wanted: string) => members.filter((index) => endpoints[index]?.kind === wanted);
    const nodes = of("node");
    return [
      ...pods(of("workload")),
      ...(nodes.length > NAMED ? [`${nodes.length} nodes`] : nodes.map(one)),
      ...addresses(of("addresses")),
      ...cut(of("domain").map(one)),
    ].join(", ");
  }

  function pods(members: readonly number[]): string[] {
    if (members.length === 0) return [];
    if (members.length === workloads) return [workloads === 1 ? one(members[0] as number) : "every pod"];
    const left = workloads - members.length;
    if (left <= 2 && members.length > 4) {
      const chosen = new Set(members);
      const others = [...endpoints.keys()].filter(
        (index) => endpoints[index]?.kind === "workload" && !chosen.has(index),
      );
      return [`every pod but ${others.map(one).join(" and ")}`];
    }
    const within = Map.groupBy(members, (index) => endpoints[index]?.namespace ?? "");
    const whole = [...within].filter(([name, all]) => all.length > 1 && all.length === perNamespace.get(name));
    const parts = [...within].filter(([name, all]) => !(all.length > 1 && all.length === perNamespace.get(name)));
    if (within.size > NAMED_NAMESPACES && parts.length + whole.length > NAMED) {
      return [`${counted(members.length, "workload")} of ${counted(within.size, "namespace")}`];
    }
    return [
      ...whole.map(([name]) => `${name}/*`),
      ...parts.map(([name, all]) => {
        const called = all.map(one);
        if (called.length === 1) return called[0] as string;
        const bare = called.map((each) => each.slice(name.length + 1));
        return `${name}/{${cut(bare).join(", ")}}`;
      }),
    ];
  }

  function addresses(members: readonly number[]): string[] {
    if (members.length === 0) return [];
    if (members.length === outside.length && outside.length > 1) return ["everything outside"];
    return (["internet", "private", "metadata"] as const).flatMap((scope) => {
      const chosen = members.filter((index) => endpoints[index]?.scope === scope);
      const all = outside.filter((index) => endpoints[index]?.scope === scope);
      if (chosen.length === 0) return [];
      const word = { internet: "internet", private: "private networks", metadata: "metadata services" }[scope];
      if (chosen.length === all.length && (all.length > 1 || scope !== "metadata")) return [word];
      const left = all.filter((index) => !chosen.includes(index));
      if (scope !== "metadata" && left.length <= 2 && chosen.length > 2) {
        return [`${word} but ${left.map((index) => rangesText(index, word)).join(", ")}`];
      }
      return cut(chosen.map((index) => rangesText(index, word)));
    });
  }

  function rangesText(index: number, word: string): string {
    const { ranges = [], name = "" } = endpoints[index] ?? {};
    if (ranges.length === 0) return name;
    if (ranges.length <= 2) return ranges.join(", ");
    return `${word} (${ranges[0]} and ${ranges.length - 1} more ranges)`;
  }

  return { one, set };
}

function cut(names: readonly string[]): string[] {
  return names.length <= NAMED ? [...names] : [...names.slice(0, NAMED - 1), `+${names.length - NAMED + 1}`];
}
