/** What to change where a connection should not be what it is. */
import { formatLocation } from "../../core/location.ts";
import { describeObject, locationOf } from "../../engines/kubernetes/model.ts";
import { intervalsOf, type Network, type PodEndpoint, type PortSet } from "../../engines/reachability/model.ts";
import {
  decisive,
  type PairReasons,
  ruleName,
  rulePlace,
  type StageReasons,
} from "../../engines/reachability/queries/reasons.ts";
import type { AdviceView } from "../../report/network/explain-view.ts";
import { shortNameOf } from "./short-name.ts";

/** At most one piece of advice for each stage that stands in the way, and one for what would close it. */
export function adviceFor(network: Network, reasons: PairReasons): AdviceView[] {
  const { allowed, denied, unknown } = reasons;
  const { none } = network.portSets;
  if (denied !== none && allowed === none && unknown === none) return toAllow(network, reasons);
  if (allowed !== none && denied === none && unknown === none) return toClose(network, reasons);
  if (unknown !== none && allowed === none) return toSettle(reasons);
  return [];
}

function toAllow(network: Network, reasons: PairReasons): AdviceView[] {
  return decisive(reasons, "denied").flatMap((stage): AdviceView[] => {
    const [first] = stage.decisions;
    if (first?.rule === undefined) return [];
    const { rule } = first;
    const place = formatLocation(rulePlace(rule));
    if (rule.role !== undefined && rule.object.kind === "NetworkPolicy") {
      return [networkPolicyAdvice(network, reasons, stage)];
    }
    return [{ text: `To allow it: change ${ruleName(rule)} (${place})` }];
  });
}

/** A rule for the policy that selects this workload alone; where none does, a policy of its own. */
function networkPolicyAdvice(
  network: Network,
  { from, to, denied }: PairReasons,
  { name, end }: StageReasons,
): AdviceView {
  const isEgress = name === "network-egress";
  const field = isEgress ? "egress" : "ingress";
  const other = isEgress ? to : from;
  const subject = network.endpoints[end] as PodEndpoint;
  const own = network.rules.find(
    ({ stage, role, object, subject: pods }) =>
      stage === name &&
      role === "isolation" &&
      object.kind === "NetworkPolicy" &&
      pods.members.length === 1 &&
      pods.members[0] === end,
  )?.object;
  const peers = peerLines(network, other, subject.namespace);
  const place = own === undefined ? "" : ` (${formatLocation(locationOf(own, ["spec", field]))})`;
  const target = own === undefined ? "a new NetworkPolicy" : `spec.${field} of ${describeObject(own)}${place}`;
  if (peers === undefined) {
    return { text: `To allow it: add a rule for ${shortNameOf(network, other)} to ${target}` };
  }
  const rule = [
    `- ${isEgress ? "to" : "from"}:`,
    ...peers.map((line) => `    ${line}`),
    ...portLines(denied).map((line) => `  ${line}`),
  ];
  if (own !== undefined) return { text: `To allow it, add to ${target}:`, snippet: rule };
  const [, kind = "", workload = ""] = subject.name.split("/");
  return {
    text: `To allow it, add a policy for ${field} of ${shortNameOf(network, end)}:`,
    snippet: [
      "apiVersion: networking.k8s.io/v1",
      "kind: NetworkPolicy",
      `metadata: {name: ${yaml(`${workload || kind.toLowerCase()}-${field}`)}, namespace: ${yaml(subject.namespace)}}`,
      "spec:",
      `  podSelector: ${selectorText(subject.labels)}`,
      `  policyTypes: [${isEgress ? "Egress" : "Ingress"}]`,
      `  ${field}:`,
      ...rule.map((line) => `    ${line}`),
    ],
  };
}

function selectorText(labels: PodEndpoint["labels"]): string {
  const all = Object.entries(labels).map(([key, value]) => `${yaml(key)}: ${yaml(value)}`);
  return all.length === 0 ? "{}" : `{matchLabels: {${all.join(", ")}}}`;
}

/** As a peer of a NetworkPolicy in `namespace`; undefined for what has no such form. */
function peerLines(network: Network, index: number, namespace: string): string[] | undefined {
  const endpoint = network.endpoints[index];
  if (endpoint?.kind === "pods" && !endpoint.host) {
    const labels = Object.entries(endpoint.labels);
    const other = endpoint.namespace !== namespace;
    const space = `namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ${yaml(endpoint.namespace)}}}`;
    const pods = `podSelector: ${selectorText(endpoint.labels)}`;
    if (labels.length === 0) return other ? [`- ${space}`] : ["- podSelector: {}"];
    return other ? [`- ${space}`, `  ${pods}`] : [`- ${pods}`];
  }
  return undefined;
}

function portLines(ports: PortSet): string[] {
  const intervals = intervalsOf(ports).filter(({ protocol }) => ["TCP", "UDP", "SCTP"].includes(protocol));
  const whole = intervals.some(({ first, last }) => first <= 1 && last === 65_535);
  if (whole || intervals.length === 0 || intervals.length > 10) return [];
  return [
    "ports:",
    ...intervals.map(
      ({ protocol, first, last }) =>
        `  - {protocol: ${protocol}, port: ${first}${last === first ? "" : `, endPort: ${last}`}}`,
    ),
  ];
}

/** What is more than a plain word is quoted. */
function yaml(text: string): string {
  return /^[a-z][a-z0-9./-]*$/i.test(text) && !/^(?:true|false|yes|no|on|off|null|y|n)$/i.test(text)
    ? text
    : JSON.stringify(text);
}

function toClose(network: Network, reasons: PairReasons): AdviceView[] {
  const stages = decisive(reasons, "allowed").filter(({ name }) => name.startsWith("network-"));
  const accepting = stages.flatMap(({ decisions }) => decisions.flatMap(({ rule }) => rule ?? []));
  const [rule] = accepting;
  const { endpoints } = network;
  const open = stages.find(({ decisions, end }) => {
    const endpoint = endpoints[end];
    return endpoint?.kind === "pods" && !endpoint.host && decisions.some(({ outcome }) => outcome === "open");
  });
  const parts = [
    ...(rule === undefined ? [] : [`narrow ${ruleName(rule)} (${formatLocation(rulePlace(rule))})`]),
    ...(open === undefined
      ? []
      : [
          `write a policy that selects ${shortNameOf(network, open.end)} for ${open.name === "network-egress" ? "egress" : "ingress"} (bulkhead network generate does)`,
        ]),
  ];
  return parts.length === 0 ? [] : [{ text: `To close it: ${parts.join(", or ")}` }];
}

function toSettle(reasons: PairReasons): AdviceView[] {
  const remedies = new Set(
    decisive(reasons, "unknown").flatMap(({ decisions }) =>
      decisions.flatMap(({ doubts }) => doubts.flatMap(({ remedy }) => remedy ?? [])),
    ),
  );
  return remedies.size === 0 ? [] : [{ text: `To settle it: ${[...remedies].join("; ")}` }];
}
