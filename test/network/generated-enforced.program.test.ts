/** Policies that `network generate` writes, enforced for real: what is needed arrives, and nothing else does. */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, suite, test } from "node:test";
import { parseAllDocuments } from "yaml";
import { shopFolder, type Workplace, workplace } from "./commands.fixture.ts";
import { type ConcretePods, concretePods } from "./concrete-pods.ts";
import { cannotEnforce, type Enforced, enforce, type Probe } from "./enforcement/enforce.ts";
import { clusterDns, monitoring, operatorsOwn, strangers } from "./made-monitoring.ts";
import { fieldsOf, type KubernetesObject, textOf } from "./oracle-objects.ts";

const skip = cannotEnforce() ?? false;

const POLICY = `apiVersion: bulkhead/v1
cluster:
  cni: calico
  podCIDRs: [10.244.0.0/16, "fd00:244::/64"]
  nodeCIDRs: [10.0.0.0/24, "fd00:10::/64"]
`;
/** Clients and servers of the internet, where an attacker's is too; the clouds' metadata. */
const OUTSIDE = ["192.0.2.1", "2001:db8::1", "169.254.169.254", "fd00:ec2::254"];
const NODE_LOCAL_DNS = "169.254.20.10";
const NODES = ["n1", "n2"];

const shop: readonly KubernetesObject[] = ["namespace", "settings", "accounts", "web", "api", "worker"].flatMap(
  (name) => objectsIn(readFileSync(join(shopFolder("insecure"), "kubernetes", `${name}.yaml`), "utf8")),
);

function objectsIn(text: string): KubernetesObject[] {
  return parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject);
}

interface Closed {
  /** That policies are generated for. */
  readonly name: string;
  /** What `network generate` and `network test` read. */
  readonly manifests: readonly KubernetesObject[];
  /** Workloads of the cluster that no manifest names. */
  readonly further: readonly KubernetesObject[];
  readonly options?: readonly string[];
  readonly observed?: readonly object[];
  /** `FROM TO PROTOCOL:PORT`; an end is a workload, `nodes`, `outside` (OUTSIDE), or an address. */
  readonly needs: readonly string[];
  /** Ports beside those of the needs that are tried. */
  readonly ports: readonly number[];
}

interface Generated {
  /** With the manifests, the policy file, and the policies that the command wrote. */
  readonly place: Workplace;
  readonly policies: readonly KubernetesObject[];
}

/** Once for each. */
const done = new Map<Closed, Promise<Generated>>();
const places = new DisposableStack();
after(() => places.dispose());

function generatedOf(closed: Closed): Promise<Generated> {
  const running = done.get(closed) ?? generate(places.use(workplace()), closed);
  done.set(closed, running);
  return running;
}

async function generate(place: Workplace, closed: Closed): Promise<Generated> {
  mkdirSync(join(place.path, "deploy"));
  place.write("deploy/all.yaml", closed.manifests.map((object) => JSON.stringify(object)).join("\n---\n"));
  place.write("policy.yaml", POLICY);
  place.write("seen.jsonl", (closed.observed ?? []).map((one) => `${JSON.stringify(one)}\n`).join(""));
  const words = [closed.name, "deploy/", "--policy", "policy.yaml", "--observed", "seen.jsonl"];
  const made = await place.network("generate", ...words, ...(closed.options ?? []), "--write", "deploy");
  assert.equal(made.code, 0, made.stderr);
  const text = readFileSync(join(place.path, "deploy", `${closed.name}.yaml`), "utf8");
  return { place, policies: objectsIn(text) };
}

type End = Probe["from"];

function endsOf(text: string, { podsOf }: ConcretePods): readonly End[] {
  if (text === "nodes") return NODES.map((node) => ({ node }));
  if (text === "outside") return OUTSIDE.map((address) => ({ address }));
  return text.includes("/") ? podsOf(text).map((pod) => ({ pod })) : [{ address: text }];
}

const endText = (end: End): string => ("pod" in end ? end.pod : "node" in end ? `node:${end.node}` : end.address);

function probeText({ from, to, protocol, port }: Probe): string {
  return `${endText(from)} ${endText(to)} ${protocol}:${port}`;
}

/** Every pod of the namespace with every other pod, node and address, both ways, on every port by TCP and UDP. */
function probesOf({ name, needs, ports }: Closed, cluster: ConcretePods): Probe[] {
  const pods = cluster.objects.filter(({ kind }) => kind === "Pod");
  const isHost = ({ spec }: KubernetesObject) => fieldsOf(spec).hostNetwork === true;
  const idOf = ({ metadata }: KubernetesObject) =>
    `${textOf(fieldsOf(metadata).namespace)}/${textOf(fieldsOf(metadata).name)}`;
  const all = pods.filter((pod) => !isHost(pod)).map((pod) => ({ pod: idOf(pod) }));
  const own = all.filter(({ pod }) => pod.startsWith(`${name}/`));
  const outside = OUTSIDE.map((address) => ({ address }));
  const named = needs.map((line) => line.split(" ")[1] ?? "").filter((end) => /^[0-9.]+$/.test(end));
  const targets: End[] = [
    ...all,
    ...outside,
    ...NODES.map((node) => ({ node })),
    ...[...new Set(named)].map((address) => ({ address })),
  ];
  const pairs: (readonly [End, End])[] = [
    ...own.flatMap((from) => targets.map((to) => [from, to] as const)),
    ...[...all.filter((one) => !own.includes(one)), ...outside].flatMap((from) => own.map((to) => [from, to] as const)),
  ];
  const numbers = [...new Set([...needs.map((line) => Number(line.split(":").at(-1))), ...ports])];
  return pairs
    .filter(([from, to]) => endText(from) !== endText(to))
    .flatMap(([from, to]) =>
      numbers.flatMap((port) => (["TCP", "UDP"] as const).map((protocol) => ({ from, to, protocol, port }))),
    );
}

function neededTexts({ needs }: Closed, cluster: ConcretePods): string[] {
  return needs.flatMap((line) => {
    const [from = "", to = "", port = ""] = line.split(" ");
    return endsOf(from, cluster).flatMap((source) =>
      endsOf(to, cluster)
        .filter((target) => endText(target) !== endText(source))
        .map((target) => `${endText(source)} ${endText(target)} ${port}`),
    );
  });
}

/** By family, so that one that arrives by IPv4 alone is seen. */
const textsOf = (results: readonly Enforced[], reached: boolean): Set<string> =>
  new Set(results.filter((one) => one.reached === reached).map(({ probe }) => probeText(probe)));

async function proveEnforced(closed: Closed): Promise<void> {
  const { policies } = await generatedOf(closed);
  const cluster = concretePods([...closed.manifests, ...closed.further], NODES);
  const probes = probesOf(closed, cluster);
  const needed = new Set(neededTexts(closed, cluster));
  const tried = new Set(probes.map(probeText));
  assert.deepEqual(
    [...needed].filter((text) => !tried.has(text)),
    [],
    "every need is tried",
  );
  const objects = [...cluster.objects, ...closed.manifests.filter(({ kind }) => kind === "Namespace")];
  const results = await enforce([...objects, ...policies], probes);
  const [reached, refused] = [textsOf(results, true), textsOf(results, false)];
  assert.deepEqual([...needed.intersection(refused)].sort(), [], "needed and refused");
  assert.deepEqual([...reached.difference(needed)].sort(), [], "reached and not needed");
  assert.ok(results.length > 1000 && needed.size > 20, `${needed.size} needs of ${results.length}`);
  // What refuses is the policies, and nothing else: without them all of it arrives.
  const sample = probes.filter((_, index) => index % 50 === 0);
  assert.deepEqual([...textsOf(await enforce(objects, sample), false)], []);
}

const dns = (workloads: readonly string[], port: number): string[] =>
  workloads.flatMap((one) =>
    ["UDP", "TCP"].flatMap((protocol) => [
      `${one} kube-system/coredns ${protocol}:${port}`,
      `${one} ${NODE_LOCAL_DNS} ${protocol}:53`,
    ]),
  );

/** Its manifests state its clients; that `web` asks `api` was seen. */
const insecureShop: Closed = {
  name: "shop",
  manifests: [...shop, ...clusterDns(53)],
  further: strangers("other/stranger", "shop/stranger", "ingress-nginx/controller"),
  options: ["--ingress-from", "ingress-nginx:app=controller"],
  observed: [{ from: { namespace: "shop", workload: "web" }, to: { name: "api.shop.svc" }, port: 3000 }],
  needs: [
    "outside shop/web TCP:8080",
    "outside shop/api TCP:3000",
    "ingress-nginx/controller shop/web TCP:8080",
    "shop/web shop/api TCP:3000",
    // A pod of the namespace that nobody declared has names, and nothing else.
    ...dns(["shop/web", "shop/api", "shop/stranger"], 53),
  ],
  ports: [22, 80, 5432],
};

const API_SERVER = "10.20.0.1";
const PROMETHEUS = "monitoring/prometheus-k8s";
const ALERTMANAGER = "monitoring/alertmanager-main";

const madeMonitoring: Closed = {
  name: "monitoring",
  manifests: [...monitoring, ...clusterDns(5353)],
  further: [...operatorsOwn, ...strangers("other/stranger", "monitoring/stranger")],
  options: ["--api-server", API_SERVER],
  needs: [
    `${PROMETHEUS} ${ALERTMANAGER} TCP:9093`,
    `${PROMETHEUS} ${ALERTMANAGER} TCP:8080`,
    `${PROMETHEUS} monitoring/grafana TCP:3000`,
    `${PROMETHEUS} monitoring/kube-state-metrics TCP:8443`,
    `${PROMETHEUS} nodes TCP:9100`,
    `${PROMETHEUS} kube-system/coredns TCP:9153`,
    `${PROMETHEUS} ${API_SERVER} TCP:6443`,
    `${ALERTMANAGER} ${ALERTMANAGER} TCP:9094`,
    `${ALERTMANAGER} ${ALERTMANAGER} UDP:9094`,
    `monitoring/grafana ${PROMETHEUS} TCP:9090`,
    `monitoring/kube-state-metrics ${API_SERVER} TCP:6443`,
    ...dns(
      [PROMETHEUS, ALERTMANAGER, "monitoring/grafana", "monitoring/kube-state-metrics", "monitoring/stranger"],
      5353,
    ),
  ],
  ports: [22],
};

suite("generated policies enforced for real", { skip }, () => {
  test("the insecure shop, with the cluster's DNS at its usual port", () => proveEnforced(insecureShop));
  test("a monitoring namespace, with the cluster's DNS at a port of its own", () => proveEnforced(madeMonitoring));
});

/** `allow shop/web -> shop/api:3000/TCP` of each need. */
function assertionsOf({ needs, manifests }: Closed): string[] {
  const names: Readonly<Record<string, string>> = {
    nodes: "monitoring/node-exporter",
    [PROMETHEUS]: "monitoring/Prometheus/k8s",
    [ALERTMANAGER]: "monitoring/Alertmanager/main",
  };
  const read = new Set(manifests.map(({ metadata }) => `${fieldsOf(metadata).namespace}/${fieldsOf(metadata).name}`));
  const isUnread = (end: string) => end.includes("/") && !read.has(end) && names[end] === undefined;
  return needs.flatMap((line) => {
    const [from = "", to = "", place = ""] = line.split(" ");
    const [protocol, port] = place.split(":");
    if (isUnread(from) || isUnread(to)) return [];
    return [`allow ${names[from] ?? from} -> ${names[to] ?? to}:${port}/${protocol}`];
  });
}

async function proveTested(closed: Closed, denied: readonly string[]): Promise<void> {
  const { place } = await generatedOf(closed);
  const file = place.write("network.txt", `${[...assertionsOf(closed), ...denied].join("\n")}\n`);
  const closedBy = await place.network("test", file, "deploy/", "--policy", "policy.yaml");
  assert.equal(closedBy.code, 0, closedBy.stdout + closedBy.stderr);
  assert.match(closedBy.stdout, /all \d+ assertions hold · exit code 0\n$/);
  const openWithout = await place.network(
    "test",
    file,
    "deploy/",
    "--policy",
    "policy.yaml",
    "--exclude",
    `${closed.name}.yaml`,
  );
  assert.equal(openWithout.code, 1, openWithout.stdout);
}

test("`network test` of the shop's own needs passes after, and fails before", () =>
  proveTested(insecureShop, [
    "deny {shop/web, shop/api} -> {internet, metadata}",
    "deny {shop/web, shop/api} -> kube-system/coredns:9153",
    "deny shop/api -> shop/web:*",
    "deny shop/web -> shop/api:3001",
    "deny kube-system/coredns -> {shop/web, shop/api}",
  ]));
test("`network test` of a monitoring namespace's own needs passes after, and fails before", () =>
  proveTested(madeMonitoring, [
    "deny {monitoring/grafana, monitoring/kube-state-metrics} -> internet",
    "deny outside -> monitoring/grafana",
    "deny monitoring/grafana -> monitoring/kube-state-metrics",
  ]));
