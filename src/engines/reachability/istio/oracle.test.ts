/**
 * Istio's semantics written a second time, connection by connection, from the documents of PeerAuthentication and
 * AuthorizationPolicy and of ztunnel, without any of the engine's sets: random policies must come out alike.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import {
  type Answer,
  AUTHZ,
  ask,
  deployment,
  istioConfig,
  namespace,
  networkOf,
  object,
  PEER,
  service,
  ztunnel,
} from "../mesh/network.fixture.ts";

interface Source {
  readonly principals?: readonly string[];
  readonly notPrincipals?: readonly string[];
  readonly namespaces?: readonly string[];
  readonly notNamespaces?: readonly string[];
  readonly serviceAccounts?: readonly string[];
  readonly requestPrincipals?: readonly string[];
}
interface Operation {
  readonly ports?: readonly string[];
  readonly notPorts?: readonly string[];
  readonly methods?: readonly string[];
}
interface When {
  readonly key: string;
  readonly values?: readonly string[];
  readonly notValues?: readonly string[];
}
interface Rule {
  readonly from?: readonly { readonly source: Source }[];
  readonly to?: readonly { readonly operation: Operation }[];
  readonly when?: readonly When[];
}
interface Authorization {
  readonly space: string;
  readonly action: "ALLOW" | "DENY";
  readonly app: string | undefined;
  readonly rules: readonly Rule[];
}
interface Peer {
  readonly space: string;
  readonly app: string | undefined;
  readonly mode: string | undefined;
  readonly port: string | undefined;
}
interface Workload {
  readonly space: string;
  readonly app: string;
  readonly mesh: "sidecar" | "ambient" | "none";
}

const ROOT = "istio-system";
const workloads: readonly Workload[] = [
  { space: "car", app: "a", mesh: "sidecar" },
  { space: "car", app: "b", mesh: "sidecar" },
  { space: "sea", app: "a", mesh: "ambient" },
  { space: "sea", app: "b", mesh: "ambient" },
  { space: "out", app: "a", mesh: "none" },
];
/** Of the workloads of car/a the port 9090 is declared as TCP. */
const isTcpOnly = (to: Workload, port: number) => to.space === "car" && to.app === "a" && port === 9090;

const cluster = [
  istioConfig({ defaultConfig: { proxyMetadata: { ISTIO_META_ENABLE_HBONE: "true" } } }),
  ztunnel(),
  namespace(ROOT),
  namespace("car"),
  namespace("sea", { "istio.io/dataplane-mode": "ambient" }),
  namespace("out"),
  ...workloads.map(({ space, app, mesh }) =>
    deployment(`${space}/${app}`, mesh === "sidecar" ? { proxy: "istio-proxy" } : {}),
  ),
  service("car/a", [
    { name: "tcp-x", port: 9090 },
    { name: "http", port: 8080 },
  ]),
];

function modeOf(peers: readonly Peer[], { space, app, mesh }: Workload, port: number): string {
  const of = (list: readonly Peer[]) => list[0];
  const whole = of(peers.filter((one) => one.space === ROOT && one.app === undefined));
  const own = of(peers.filter((one) => one.space === space && one.app === undefined));
  const narrow = of(peers.filter((one) => one.space === space && one.app === app));
  const stated = [narrow, own, whole].map((one) => one?.mode).filter((one) => one !== undefined && one !== "UNSET");
  const inherited = stated[0] ?? "PERMISSIVE";
  let mode = inherited;
  if (narrow?.port !== undefined && narrow.port !== "UNSET" && port === 9090) {
    const ignored =
      mesh === "ambient" &&
      narrow.port === "DISABLE" &&
      inherited === "STRICT" &&
      (narrow.mode === undefined || narrow.mode === "UNSET");
    if (!ignored) mode = narrow.port;
  }
  return mesh === "ambient" && mode === "DISABLE" ? "PERMISSIVE" : mode;
}

function like(pattern: string, text: string | undefined): boolean {
  if (text === undefined) return false;
  if (pattern === "*") return true;
  if (pattern.startsWith("*")) return text.endsWith(pattern.slice(1));
  return pattern.endsWith("*") ? text.startsWith(pattern.slice(0, -1)) : text === pattern;
}

interface Connection {
  readonly principal: string | undefined;
  readonly space: string | undefined;
  readonly account: string | undefined;
  readonly port: string;
  readonly policySpace: string;
}

const some = (values: readonly string[] | undefined, holds: (value: string) => boolean) =>
  values === undefined || values.some(holds);
const none = (values: readonly string[] | undefined, holds: (value: string) => boolean) =>
  values === undefined || !values.some(holds);

function isFrom(
  { principals, notPrincipals, namespaces, notNamespaces, serviceAccounts }: Source,
  one: Connection,
): boolean {
  return (
    some(principals, (value) => like(value, one.principal)) &&
    none(notPrincipals, (value) => like(value, one.principal)) &&
    some(namespaces, (value) => like(value, one.space)) &&
    none(notNamespaces, (value) => like(value, one.space)) &&
    some(
      serviceAccounts,
      (value) =>
        one.account !== undefined && one.account === (value.includes("/") ? value : `${one.policySpace}/${value}`),
    )
  );
}

function isTo({ ports, notPorts }: Operation, { port }: Connection): boolean {
  return some(ports, (value) => value === port) && none(notPorts, (value) => value === port);
}

function isWhen({ key, values, notValues }: When, one: Connection): boolean {
  const text = key === "source.namespace" ? one.space : key === "source.principal" ? one.principal : one.port;
  return some(values, (value) => like(value, text)) && none(notValues, (value) => like(value, text));
}

const looksAtRequests = ({ from = [], to = [], when = [] }: Rule) =>
  from.some(({ source }) => source.requestPrincipals !== undefined) ||
  to.some(({ operation }) => operation.methods !== undefined) ||
  when.some(({ key }) => key.startsWith("request."));

/** A sidecar: `requests` tells whether some requests of an HTTP connection may match. */
function bySidecar(rule: Rule, action: string, one: Connection, tcpOnly: boolean): boolean {
  const pairs = (rule.from ?? [{ source: {} }]).flatMap(({ source }) =>
    (rule.to ?? [{ operation: {} }]).map(({ operation }) => ({ source, operation })),
  );
  return pairs.some(({ source, operation }) => {
    const when = rule.when ?? [];
    const requests =
      source.requestPrincipals !== undefined ||
      operation.methods !== undefined ||
      when.some(({ key }) => key.startsWith("request."));
    const l4 =
      isFrom(source, one) &&
      isTo(operation, one) &&
      when.every((each) => each.key.startsWith("request.") || isWhen(each, one));
    if (!requests) return l4;
    return action === "ALLOW" ? l4 && !tcpOnly : l4 && tcpOnly;
  });
}

function byZtunnel(rule: Rule, action: string, one: Connection): boolean {
  if (action === "ALLOW" && looksAtRequests(rule)) return false;
  const isEmpty = (fields: object, known: readonly string[]) => !Object.keys(fields).some((key) => known.includes(key));
  const sources = ["principals", "notPrincipals", "namespaces", "notNamespaces", "serviceAccounts"];
  const from =
    rule.from === undefined || rule.from.some(({ source }) => !isEmpty(source, sources) && isFrom(source, one));
  const to =
    rule.to === undefined ||
    rule.to.some(({ operation }) => !isEmpty(operation, ["ports", "notPorts"]) && isTo(operation, one));
  const when = (rule.when ?? []).every((each) => !each.key.startsWith("request.") && isWhen(each, one));
  return from && to && when;
}

function oracle(
  peers: readonly Peer[],
  policies: readonly Authorization[],
  from: Workload | undefined,
  to: Workload,
  port: number,
): Answer {
  if (to.mesh === "none") return "allowed";
  const mode = modeOf(peers, to, port);
  const isKnown = from !== undefined && from.mesh !== "none" && mode !== "DISABLE";
  if (mode === "STRICT" && !isKnown) return "denied";
  const matches = ({ rules, action, space }: Authorization) =>
    rules.some((rule) => {
      const one: Connection = {
        principal: isKnown ? `cluster.local/ns/${from.space}/sa/${from.app}` : undefined,
        space: isKnown ? from.space : undefined,
        account: isKnown ? `${from.space}/${from.app}` : undefined,
        port: `${port}`,
        policySpace: space,
      };
      return to.mesh === "ambient" ? byZtunnel(rule, action, one) : bySidecar(rule, action, one, isTcpOnly(to, port));
    });
  const own = policies.filter(
    ({ space, app }) => (space === ROOT || space === to.space) && (app === undefined || app === to.app),
  );
  if (own.some((policy) => policy.action === "DENY" && matches(policy))) return "denied";
  const allows = own.filter(({ action }) => action === "ALLOW");
  return allows.length === 0 || allows.some(matches) ? "allowed" : "denied";
}

const pick = (...values: string[]) => fc.subarray(values, { minLength: 1 });
const names = pick("cluster.local/ns/car/sa/a", "cluster.local/ns/sea/*", "*/sa/b", "*", "cluster.local/ns/car/sa/x");
const sourceFields = {
  principals: names,
  notPrincipals: names,
  namespaces: pick("car", "sea", "out", "c*", "*"),
  notNamespaces: pick("car", "sea", "*a"),
  requestPrincipals: fc.constant(["*"]),
};
const filled = <T extends object>(made: fc.Arbitrary<T>) => made.filter((one) => Object.keys(one).length > 0);
const source = fc.oneof(
  { weight: 3, arbitrary: filled(fc.record(sourceFields, { requiredKeys: [] })) },
  { weight: 1, arbitrary: fc.record({ serviceAccounts: pick("a", "sea/b", "car/a") }) },
);
const operation = filled(
  fc.record(
    { ports: pick("8080", "9090"), notPorts: pick("8080"), methods: fc.constant(["GET"]) },
    { requiredKeys: [] },
  ),
);
const when = fc.oneof(
  filled(fc.record({ values: pick("car", "s*"), notValues: pick("sea") }, { requiredKeys: [] })).map((one) => ({
    key: "source.namespace",
    ...one,
  })),
  filled(fc.record({ values: names, notValues: names }, { requiredKeys: [] })).map((one) => ({
    key: "source.principal",
    ...one,
  })),
  fc.record({ key: fc.constant("destination.port"), values: pick("8080", "9090") }),
  fc.record({ key: fc.constant("request.headers[x]"), values: fc.constant(["y"]) }),
);
const rule: fc.Arbitrary<Rule> = fc.record(
  {
    from: fc.array(
      source.map((one) => ({ source: one })),
      { minLength: 1, maxLength: 2 },
    ),
    to: fc.array(
      operation.map((one) => ({ operation: one })),
      { minLength: 1, maxLength: 2 },
    ),
    when: fc.array(when, { minLength: 1, maxLength: 2 }),
  },
  { requiredKeys: [] },
);
const app = fc.constantFrom("a", "b", undefined);
const authorization: fc.Arbitrary<Authorization> = fc
  .record({
    space: fc.constantFrom("car", "sea", ROOT),
    action: fc.constantFrom("ALLOW" as const, "DENY" as const),
    app,
    rules: fc.array(rule, { maxLength: 3 }),
  })
  .filter(({ action, rules }) => action === "ALLOW" || rules.length > 0);
const mode = fc.constantFrom("STRICT", "PERMISSIVE", "DISABLE", "UNSET", undefined);
/** One a level: which of several is the oldest no file tells. */
const peers = fc.uniqueArray(
  fc
    .record({
      space: fc.constantFrom("car", "sea", ROOT),
      app,
      mode,
      port: fc.constantFrom("STRICT", "PERMISSIVE", "DISABLE", "UNSET", undefined),
    })
    .map((one): Peer => ({ ...one, port: one.app === undefined ? undefined : one.port })),
  { maxLength: 4, selector: (one) => `${one.space} ${one.app}` },
);

function objects(given: readonly Peer[], policies: readonly Authorization[]) {
  return [
    ...given.map((one, index) =>
      object(`${PEER} ${one.space}/peer${index}`, {
        ...(one.app === undefined ? {} : { selector: { matchLabels: { app: one.app } } }),
        ...(one.mode === undefined ? {} : { mtls: { mode: one.mode } }),
        ...(one.port === undefined ? {} : { portLevelMtls: { 9090: { mode: one.port } } }),
      }),
    ),
    ...policies.map(({ space, action, app: label, rules }, index) =>
      object(`${AUTHZ} ${space}/policy${index}`, {
        action,
        rules,
        ...(label === undefined ? {} : { selector: { matchLabels: { app: label } } }),
      }),
    ),
  ];
}

test("random policies come out as they do connection by connection", () => {
  let denied = 0;
  fc.assert(
    fc.property(peers, fc.array(authorization, { maxLength: 4 }), (given, policies) => {
      const network = networkOf([...cluster, ...objects(given, policies)]);
      for (const to of workloads) {
        for (const from of [...workloads, undefined]) {
          if (from === to) continue;
          for (const port of [8080, 9090]) {
            const name = from === undefined ? "internet" : `${from.space}/${from.app}`;
            const expected = oracle(given, policies, from, to, port);
            if (expected === "denied") denied++;
            assert.equal(
              ask(network, name, `${to.space}/${to.app}`, port),
              expected,
              `${name} → ${to.space}/${to.app}:${port}`,
            );
          }
        }
      }
    }),
    runs(200),
  );
  assert.ok(denied > 100, "something is denied");
});
