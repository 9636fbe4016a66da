/**
 * One rule of an AuthorizationPolicy as a proxy holds it: who, on which ports, and what it looks at in requests.
 * Sources: https://istio.io/latest/docs/reference/config/security/authorization-policy/ for sidecars and gateways,
 * https://istio.io/latest/docs/ambient/usage/l4-policy/ for ztunnel.
 */
import { parseJson } from "../../../core/parse-json.ts";
import { type AddressRange, everyAddress, subtract } from "../addresses.ts";
import { intersectRanges, isEverywhere, type SourceCondition } from "../mesh/sources.ts";
import type { PortSet } from "../port-set.ts";
import type { AuthorizationRule, Clause, Term } from "./authorization-policy.ts";
import type { IstioContext } from "./context.ts";
import { type IdentityTerm, identitiesOf, UNREAD_TRUST_DOMAIN } from "./identities.ts";

/** A match of any of the sources on any of the ports; with `requests`, of some requests on a connection only. */
export interface RulePart {
  readonly sources: readonly SourceCondition[];
  readonly ports: PortSet;
  /** Fields that look at requests, sorted. */
  readonly requests: readonly string[];
  /** It goes by the destination's address, which nobody compares here. */
  readonly byDestination: boolean;
}

export interface HeldRule {
  readonly parts: readonly RulePart[];
  /** What ztunnel leaves out: of an ALLOW rule the whole rule with it, of a DENY rule the condition. */
  readonly dropped: readonly string[];
}

export function bySidecar(context: IstioContext, rule: AuthorizationRule, namespace: string): HeldRule {
  return { parts: partsOf(context, rule, namespace, "sidecar"), dropped: [] };
}

export function byZtunnel(
  context: IstioContext,
  rule: AuthorizationRule,
  namespace: string,
  action: "ALLOW" | "DENY",
): HeldRule {
  const all = [...rule.sources, ...rule.operations, ...rule.conditions];
  const requests = sorted([
    ...all.flatMap((clause) => clause.requests),
    ...rule.conditions.flatMap(({ unknownToZtunnel }) => unknownToZtunnel),
  ]);
  const dropped = sorted([...requests, ...rule.sources.flatMap(({ unknownToZtunnel }) => unknownToZtunnel)]);
  if (action === "ALLOW" && requests.length > 0) return { parts: [], dropped };
  // What is left empty matches nothing; a condition is a clause of its own.
  const sources = rule.sources.map(ofZtunnel).filter(isHeld);
  const operations = rule.operations.map(ofZtunnel).filter(isHeld);
  const conditions = rule.conditions.map(ofZtunnel);
  const isVoid =
    (rule.sources.length > 0 && sources.length === 0) ||
    (rule.operations.length > 0 && operations.length === 0) ||
    !conditions.every(isHeld);
  if (isVoid) return { parts: [], dropped };
  return { parts: partsOf(context, { ...rule, sources, operations, conditions }, namespace, "ambient"), dropped };
}

/** What ztunnel compares: service accounts as a field of a source, not as a condition, and trust domains as neither. */
export function ofZtunnel({ terms, unknownToZtunnel }: Clause): Clause {
  const isAccount = unknownToZtunnel.includes("source.serviceAccount");
  const kept = terms.filter(({ about }) => about !== "trustDomain" && !(isAccount && about === "serviceAccount"));
  return { terms: kept, requests: [], unknownToZtunnel: [] };
}

function isHeld({ terms }: Clause): boolean {
  return terms.length > 0;
}

function partsOf(
  context: IstioContext,
  { sources, operations, conditions }: AuthorizationRule,
  namespace: string,
  proxy: "sidecar" | "ambient",
): readonly RulePart[] {
  const { portSets } = context.reading;
  const everything: Clause = { terms: [], requests: [], unknownToZtunnel: [] };
  const ofAll = conditions.flatMap(({ terms }) => terms);
  const requestsOfAll = conditions.flatMap(({ requests }) => requests);
  const bySources = new Map<string, SourceCondition[]>();
  for (const { terms, requests } of sources.length === 0 ? [everything] : sources) {
    push(bySources, JSON.stringify(sorted(requests)), conditionOf(context, [...terms, ...ofAll], namespace, proxy));
  }
  const byPorts = new Map<string, PortSet[]>();
  for (const { terms, requests } of operations.length === 0 ? [everything] : operations) {
    push(byPorts, JSON.stringify(sorted(requests)), portsOf(portSets, [...terms, ...ofAll]));
  }
  const byDestination = [...ofAll].some((term) => term.about === "destinationIp" && !isAnyDestination(term));
  return [...bySources].flatMap(([ofSource, list]) =>
    [...byPorts].map(([ofOperation, sets]) => ({
      sources: list,
      ports: sets.reduce((all, set) => portSets.union(all, set), portSets.none),
      requests: sorted([...requestsOfAll, ...requestsIn(ofSource), ...requestsIn(ofOperation)]),
      byDestination,
    })),
  );
}

function conditionOf(
  context: IstioContext,
  terms: readonly Term[],
  namespace: string,
  proxy: "sidecar" | "ambient",
): SourceCondition {
  const identities = terms.filter((term): term is IdentityTerm => "values" in term);
  const { sure, maybe } = identitiesOf(context, identities, namespace, proxy);
  const ranges = rangesOf(terms);
  return {
    identities: context.reading.podSets.union([sure, maybe]),
    ...(maybe.members.length === 0 ? {} : { maybe: { pods: maybe, doubt: UNREAD_TRUST_DOMAIN } }),
    // Compared with no identity at all, what is to be some is not, and what is not to be some is.
    anonymous: identities.every(({ not }) => not),
    ...(ranges === undefined ? {} : { ranges }),
  };
}

function rangesOf(terms: readonly Term[]): readonly AddressRange[] | undefined {
  const lists = terms.flatMap((term) =>
    term.about === "sourceIp" ? [term.not ? subtract(everyAddress, term.ranges) : term.ranges] : [],
  );
  if (lists.length === 0) return undefined;
  const ranges = intersectRanges(lists);
  return isEverywhere(ranges) ? undefined : ranges;
}

function portsOf(
  { of, protocol, intersect, subtract: without }: IstioContext["reading"]["portSets"],
  terms: readonly Term[],
): PortSet {
  let ports = protocol("TCP");
  for (const term of terms) {
    if (term.about !== "port") continue;
    const named = of(term.ports.map((port) => ({ protocol: "TCP", first: port, last: port })));
    ports = term.not ? without(ports, named) : intersect(ports, named);
  }
  return ports;
}

function isAnyDestination(term: Term): boolean {
  return term.about === "destinationIp" && !term.not && isEverywhere(term.ranges);
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

/** As they were written as a key. */
function requestsIn(written: string): readonly string[] {
  return parseJson(written) as readonly string[];
}

function sorted(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort();
}
