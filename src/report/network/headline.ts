/** What a network comes to, in a few sentences. */
import { counted } from "../../core/counted.ts";
import { hanging, type Page } from "../page.ts";
import type { NetworkView } from "./view.ts";

export function headlineOf(view: NetworkView, page: Page): string[] {
  const { endpoints, subject, policies, cni } = view;
  const workloads = endpoints.filter(({ kind }) => kind === "workload");
  const namespaces = new Set(workloads.map(({ namespace }) => namespace)).size;
  const title = [
    subject,
    `${counted(namespaces, "namespace")}, ${counted(workloads.length, "workload")}, ${counted(policies, "policy", "policies")}`,
    ...(cni === undefined ? [] : [`CNI ${cni}`]),
  ];
  return [
    page.colors.bold(hanging(page, title.join(" · "), 0).join("\n")),
    ...headlineSentences(view, "use --cni NAME, or --policy with cluster.cni").flatMap((sentence) =>
      hanging(page, sentence, 2, "  "),
    ),
  ];
}

/** What it comes to, one sentence each. @param settles - what would tell whether policies are enforced */
export function headlineSentences(view: NetworkView, settles?: string): string[] {
  const { enforced, policies } = view;
  const sentences = [
    ...isolationSentences(view),
    ...reachSentences(view),
    ...exposureSentences(view),
    ...scopeSentences(view),
  ];
  if (enforced === "no") sentences.push("✗ the CNI enforces no policies: what is denied here is open in truth");
  if (enforced === "unknown" && policies > 0) {
    const remedy = settles === undefined ? "" : `: ${settles}`;
    sentences.push(`? whether the cluster enforces policies is unknown${remedy}`);
  }
  return sentences;
}

function isolationSentences({ endpoints, policies }: NetworkView): string[] {
  const pods = endpoints.filter(({ kind, host }) => kind === "workload" && host !== true);
  const hosts = endpoints.filter(({ kind, host }) => kind === "workload" && host === true).length;
  const count = (ingress: string, egress: string) =>
    pods.filter((pod) => pod.ingress === ingress && pod.egress === egress).length;
  const open = count("open", "open");
  const egressOpen = count("isolated", "open");
  const ingressOpen = count("open", "isolated");
  const closed = count("isolated", "isolated");
  const unknown = pods.length - open - egressOpen - ingressOpen - closed;
  const onHost =
    hosts === 0
      ? []
      : [`${are(hosts, "workload")} on the nodes' network, where no policy selects ${hosts === 1 ? "it" : "them"}`];
  if (pods.length === 0) return onHost;
  if (open === pods.length) {
    const why = policies === 0 ? "there are no policies" : "no policy selects any of them";
    return [`✗ every pod takes and makes every connection: ${why}`, ...onHost];
  }
  const parts = [
    ...(open > 0 ? [`${open} open in both directions`] : []),
    ...(egressOpen > 0 ? [`${egressOpen} with restricted ingress and open egress`] : []),
    ...(ingressOpen > 0 ? [`${ingressOpen} with open ingress and restricted egress`] : []),
    ...(closed > 0 ? [`${closed} restricted in both`] : []),
    ...(unknown > 0 ? [`${unknown} unknown`] : []),
  ];
  return [`${open + egressOpen + ingressOpen === 0 && unknown === 0 ? "✓" : "·"} ${parts.join(", ")}`, ...onHost];
}

/** How many reach what matters most outside. */
function reachSentences({ endpoints, groups, connections }: NetworkView): string[] {
  const scopeOf = (group: number) => endpoints[groups[group]?.[0] ?? -1]?.scope;
  return (["internet", "metadata"] as const).flatMap((scope) => {
    const sources = new Set<number>();
    const unsure = new Set<number>();
    for (const { from, to, allowed, unknown } of connections) {
      if (!to.some((group) => scopeOf(group) === scope)) continue;
      if (allowed.intervals.length > 0) for (const group of from) sources.add(group);
      if (unknown.intervals.length > 0) for (const group of from) unsure.add(group);
    }
    const size = (chosen: Iterable<number>) => {
      let count = 0;
      for (const group of chosen) {
        for (const index of groups[group] ?? []) if (endpoints[index]?.kind === "workload") count++;
      }
      return count;
    };
    const surely = size(sources);
    const maybe = size([...unsure].filter((group) => !sources.has(group)));
    const what = scope === "internet" ? "the internet" : "a cloud metadata service";
    const more = maybe === 0 ? "" : `${surely === 0 ? "" : ", "}of ${maybe} more it is unknown`;
    if (surely === 0 && maybe === 0) return [];
    const verb = surely === 1 ? "reaches" : "reach";
    return [
      surely === 0
        ? `? whether ${maybe} ${verb} ${what} is unknown`
        : `${counted(surely, "workload")} ${verb} ${what}${more}`,
    ];
  });
}

function exposureSentences({ exposures }: NetworkView): string[] {
  const of = (verdict: string) =>
    new Set(
      exposures
        .filter(({ reach }) => reach === "internet")
        .flatMap(({ targets }) => targets.filter((target) => target.verdict === verdict).map(({ to }) => to)),
    );
  const exposed = of("allowed");
  const maybe = [...of("unknown")].filter((to) => !exposed.has(to)).length;
  return [
    ...(exposed.size > 0 ? [`${are(exposed.size, "workload")} exposed to the internet`] : []),
    ...(maybe > 0 ? [`? whether ${maybe} more ${maybe === 1 ? "is" : "are"} exposed to the internet is unknown`] : []),
  ];
}

function scopeSentences({ scope }: NetworkView): string[] {
  if (scope === undefined) return [];
  const parts = [
    ...(scope.focus === undefined ? [] : [`of ${scope.focus}`]),
    ...(scope.from === undefined ? [] : [`from ${scope.from}`]),
    ...(scope.to === undefined ? [] : [`to ${scope.to}`]),
    ...(scope.exposed === true ? ["of what is exposed"] : []),
  ];
  return [`shown: connections ${parts.join(" ")}`];
}

function are(count: number, noun: string): string {
  return `${counted(count, noun)} ${count === 1 ? "is" : "are"}`;
}
