/**
 * AuthorizationPolicy as it is written: what it selects, and its rules in terms of sources, operations and conditions.
 * Source: https://istio.io/latest/docs/reference/config/security/authorization-policy/ and /conditions/.
 *
 * What istiod's webhook refuses (an empty `from`, a port that is none, DENY without rules, an unknown key) makes the policy one
 * that no proxy holds as written: it is refused here too, and what it selects is unknown.
 */
import type { FieldPath, KubernetesObject } from "../../kubernetes/model.ts";
import type { Fields } from "../../kubernetes/read/fields.ts";
import { type AddressRange, parseCidr } from "../addresses.ts";
import { bounds } from "../bounds.ts";
import type { PolicyReading } from "../reading.ts";
import type { Selector } from "../selector.ts";
import { readWorkloadSelector } from "./workload-selector.ts";

export interface AuthorizationPolicy {
  readonly object: KubernetesObject;
  readonly namespace: string;
  readonly action: "ALLOW" | "DENY" | "AUDIT" | "CUSTOM";
  readonly selector: Selector | undefined;
  readonly targets: readonly PolicyTarget[];
  readonly rules: readonly AuthorizationRule[];
  /** `istio.io/dry-run`: it is logged and not enforced. */
  readonly dryRun: boolean;
}

export interface PolicyTarget {
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | undefined;
}

export interface AuthorizationRule {
  readonly field: FieldPath;
  /** Any of them; empty: every source. */
  readonly sources: readonly Clause[];
  /** Any of them; empty: every operation. */
  readonly operations: readonly Clause[];
  /** All of them. */
  readonly conditions: readonly Clause[];
}

/** All of its terms and requests. */
export interface Clause {
  readonly terms: readonly Term[];
  /** Fields that look at requests: `methods`, `request.headers[x]`. */
  readonly requests: readonly string[];
  /** Fields that ztunnel does not know and takes for nothing. */
  readonly unknownToZtunnel: readonly string[];
}

/** Any of the values, or none of them. */
export type Term =
  | {
      readonly about: "principal" | "namespace" | "serviceAccount" | "trustDomain";
      readonly not: boolean;
      readonly values: readonly string[];
    }
  | { readonly about: "sourceIp" | "destinationIp"; readonly not: boolean; readonly ranges: readonly AddressRange[] }
  | { readonly about: "port"; readonly not: boolean; readonly ports: readonly number[] };

const ACTIONS = ["ALLOW", "DENY", "AUDIT", "CUSTOM"] as const;

export function readAuthorizationPolicy(
  object: KubernetesObject,
  namespace: string,
  policy: Pick<PolicyReading, "spec" | "refuse">,
): AuthorizationPolicy {
  const { spec, refuse } = policy;
  const stated = spec.string("action") ?? "ALLOW";
  const action = ACTIONS.find((one) => one === stated);
  if (action === undefined) refuse(`spec.action: ${stated.slice(0, 40)} must be one of ${ACTIONS.join(", ")}`);
  const selector = readWorkloadSelector(policy, spec.fields("selector"));
  const targets = targetsOf(spec);
  if (selector !== undefined && targets.length > 0) refuse("spec has both selector and targetRefs");
  const listed = spec.list("rules");
  if (listed.length > bounds.rulePeers) refuse(`spec.rules has more than ${bounds.rulePeers} rules`);
  const rules = listed.slice(0, bounds.rulePeers).map((rule) => ruleOf(rule, refuse));
  if (rules.length === 0 && (action === "DENY" || action === "CUSTOM")) {
    refuse(`${action} without rules matches nothing: add an empty rule to match everything`);
  }
  return {
    object,
    namespace,
    action: action ?? "ALLOW",
    selector,
    targets,
    rules,
    dryRun: TRUE.has(object.annotations["istio.io/dry-run"] ?? ""),
  };
}

/** As Go's ParseBool reads it. */
const TRUE: ReadonlySet<string> = new Set(["1", "t", "T", "true", "TRUE", "True"]);

/** What a policy names in place of a selector: `targetRefs`, and `targetRef`, which came before. */
export function targetsOf(spec: Fields): PolicyTarget[] {
  const single = spec.fields("targetRef");
  return [...spec.list("targetRefs"), ...(single === undefined ? [] : [single])].map(targetOf);
}

function targetOf(target: Fields): PolicyTarget {
  const group = target.string("group") ?? "";
  return {
    group: group === "core" ? "" : group,
    kind: target.string("kind") ?? "",
    name: target.string("name") ?? "",
    namespace: target.string("namespace"),
  };
}

type Refuse = PolicyReading["refuse"];

function ruleOf(rule: Fields, refuse: Refuse): AuthorizationRule {
  const at = rule.path().join(".");
  const clauses = (name: "from" | "to", inner: string, read: (fields: Fields, refuse: Refuse) => Clause): Clause[] => {
    const list = rule.list(name);
    if (rule.has(name) && list.length === 0) refuse(`${at}.${name} must not be empty`);
    if (list.length > bounds.rulePeers) refuse(`${at}.${name} has more than ${bounds.rulePeers} entries`);
    return list.slice(0, bounds.rulePeers).map((one) => {
      const clause = read(one.fields(inner) ?? one.empty(), refuse);
      if (clause.terms.length + clause.requests.length === 0)
        refuse(`${one.path().join(".")}.${inner} must not be empty`);
      return clause;
    });
  };
  return {
    field: rule.path(),
    sources: clauses("from", "source", sourceOf),
    operations: clauses("to", "operation", operationOf),
    conditions: rule
      .list("when")
      .slice(0, bounds.selectorRequirements)
      .map((one) => conditionOf(one, refuse)),
  };
}

const IDENTITIES = [
  ["principals", "notPrincipals", "principal"],
  ["namespaces", "notNamespaces", "namespace"],
  ["serviceAccounts", "notServiceAccounts", "serviceAccount"],
  ["trustDomains", "notTrustDomains", "trustDomain"],
] as const;

const IDENTITY_FIELDS: readonly string[] = IDENTITIES.flatMap((one) => one.slice(0, 2));
const SOURCE_REQUESTS = ["requestPrincipals", "notRequestPrincipals", "remoteIpBlocks", "notRemoteIpBlocks"];
const OPERATION_REQUESTS = ["hosts", "notHosts", "methods", "notMethods", "paths", "notPaths"];

function sourceOf(source: Fields, refuse: Refuse): Clause {
  const terms: Term[] = [];
  const unknownToZtunnel: string[] = [];
  for (const [field, notField, about] of IDENTITIES) {
    for (const [name, not] of [
      [field, false],
      [notField, true],
    ] as const) {
      const values = texts(source, name, refuse);
      if (values.length === 0) continue;
      terms.push({ about, not, values });
      if (about === "trustDomain") unknownToZtunnel.push(name);
    }
  }
  for (const [name, not] of [
    ["ipBlocks", false],
    ["notIpBlocks", true],
  ] as const) {
    const values = texts(source, name, refuse);
    if (values.length > 0) terms.push({ about: "sourceIp", not, ranges: rangesOf(values, name, refuse) });
  }
  unknown(source, [...IDENTITY_FIELDS, "ipBlocks", "notIpBlocks", ...SOURCE_REQUESTS], refuse);
  return {
    terms,
    requests: SOURCE_REQUESTS.filter((name) => texts(source, name, refuse).length > 0),
    unknownToZtunnel,
  };
}

function operationOf(operation: Fields, refuse: Refuse): Clause {
  const terms: Term[] = [];
  for (const [name, not] of [
    ["ports", false],
    ["notPorts", true],
  ] as const) {
    const values = texts(operation, name, refuse);
    if (values.length > 0) terms.push({ about: "port", not, ports: portsOf(values, name, refuse) });
  }
  unknown(operation, ["ports", "notPorts", ...OPERATION_REQUESTS], refuse);
  return {
    terms,
    requests: OPERATION_REQUESTS.filter((name) => texts(operation, name, refuse).length > 0),
    unknownToZtunnel: [],
  };
}

/** A field that nobody knows is dropped by the API server, and what it was to narrow is as wide as without it. */
function unknown(fields: Fields, known: readonly string[], refuse: Refuse): void {
  const other = fields.keys.find((key) => !known.includes(key));
  if (other !== undefined) refuse(`${fields.path().join(".")}.${other.slice(0, 40)} is not a field of the API`);
}

const IDENTITY_KEYS: Readonly<Record<string, "principal" | "namespace" | "serviceAccount" | "trustDomain">> = {
  "source.principal": "principal",
  "source.namespace": "namespace",
  "source.serviceAccount": "serviceAccount",
  "source.trustDomain": "trustDomain",
};
/** Of the connection, but for a sidecar alone. */
const SIDECAR_KEYS: ReadonlySet<string> = new Set(["source.serviceAccount", "source.trustDomain"]);
const REQUEST_KEYS = /^(?:request\.|remote\.ip$|connection\.sni$|experimental\.)/;

function conditionOf(when: Fields, refuse: Refuse): Clause {
  const key = when.string("key") ?? "";
  const positive = texts(when, "values", refuse);
  const negative = texts(when, "notValues", refuse);
  const at = when.path().join(".");
  if (positive.length + negative.length === 0) refuse(`${at} has neither values nor notValues`);
  if (REQUEST_KEYS.test(key)) return { terms: [], requests: [key.slice(0, 80)], unknownToZtunnel: [] };
  const lists = [
    { values: positive, not: false },
    { values: negative, not: true },
  ].filter(({ values }) => values.length > 0);
  const about = Object.hasOwn(IDENTITY_KEYS, key) ? IDENTITY_KEYS[key] : undefined;
  const terms = lists.map(({ values, not }): Term => {
    if (about !== undefined) return { about, not, values };
    if (key === "destination.port") return { about: "port", not, ports: portsOf(values, at, refuse) };
    if (key !== "source.ip" && key !== "destination.ip")
      refuse(`${at}.key: ${key.slice(0, 80)} is no condition that Istio knows`);
    return {
      about: key === "destination.ip" ? "destinationIp" : "sourceIp",
      not,
      ranges: rangesOf(values, at, refuse),
    };
  });
  return { terms, requests: [], unknownToZtunnel: SIDECAR_KEYS.has(key) ? [key] : [] };
}

function texts(fields: Fields, name: string, refuse: Refuse): readonly string[] {
  const values = fields.strings(name);
  if (values.includes("")) refuse(`${fields.path().join(".")}.${name} has an empty value`);
  if (values.length > bounds.selectorValues)
    refuse(`${fields.path().join(".")}.${name} has more than ${bounds.selectorValues} values`);
  return values.slice(0, bounds.selectorValues);
}

function rangesOf(values: readonly string[], name: string, refuse: Refuse): readonly AddressRange[] {
  return values.flatMap((value) => {
    const range = parseCidr(value);
    if (range === undefined) refuse(`${name}: ${value.slice(0, 60)} is no address or CIDR`);
    return range ?? [];
  });
}

function portsOf(values: readonly string[], name: string, refuse: Refuse): readonly number[] {
  return values.flatMap((value) => {
    const port = /^\d{1,5}$/.test(value) ? Number(value) : -1;
    if (port < 0 || port > 65_535) refuse(`${name}: ${value.slice(0, 40)} is no port`);
    return port < 0 || port > 65_535 ? [] : [port];
  });
}
