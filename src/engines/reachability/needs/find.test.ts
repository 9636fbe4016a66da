import assert from "node:assert/strict";
import { test } from "node:test";
import { readManifests } from "../../kubernetes/manifests.ts";
import { locationOf } from "../../kubernetes/model.ts";
import { readNetwork } from "../network.ts";
import { noSettings } from "../settings.ts";
import { findNeeds } from "./find.ts";
import { endName, type Needs } from "./model.ts";

function needsOf(text: string, ingressFrom: Parameters<typeof findNeeds>[1]["ingressFrom"] = []): Needs {
  const manifests = readManifests([{ path: "a.yaml", text }]);
  return findNeeds(readNetwork(manifests, noSettings), { ingressFrom });
}

/** Without DNS and probes, which every pod has. */
function shown({ needs }: Needs): string[] {
  return needs
    .filter(({ reasons: [{ kind }] }) => kind !== "dns" && kind !== "probe")
    .map(({ from, to, protocol, port }) => `${endName(from)} -> ${endName(to)}:${port}/${protocol}`);
}

function codes({ unknown }: Needs): string[] {
  return unknown.map(({ code }) => code).filter((code) => code !== "network.need.dns");
}

interface Made {
  readonly env?: string;
  readonly args?: string;
  readonly more?: string;
  readonly ports?: string;
  readonly spec?: string;
}

function deployment(
  name: string,
  { env = "[]", args = "[]", more = "{}", ports = "[]", spec = "{}" }: Made = {},
): string {
  const extra = JSON.stringify(JSON.parse(spec)).slice(1, -1);
  return `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [ { name: main, image: x, env: ${env}, args: ${args}, ports: ${ports}, ${more.slice(1, -1)} } ]${extra === "" ? "" : `, ${extra}`} }
`;
}

function service(name: string, ports: string, more = ""): string {
  return `
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { selector: { app: ${name} }, ports: ${ports}${more === "" ? "" : `, ${more}`} }
`;
}

function all(...documents: readonly string[]): string {
  return documents.join("---");
}

const api = all(
  deployment("api", { ports: "[{ name: http, containerPort: 3000 }, { name: grpc, containerPort: 9000 }]" }),
  service("api", "[{ name: http, port: 80, targetPort: http }, { name: grpc, port: 9090, targetPort: grpc }]"),
);

test("a Service that is named is reached at its pods' own port, whichever way it is named", () => {
  const cases: readonly (readonly [Made, readonly number[]])[] = [
    [{ env: "[{ name: A, value: 'http://api' }]" }, [3000]],
    [{ env: "[{ name: A, value: 'http://api.shop.svc.cluster.local:9090/x' }]" }, [9000]],
    [{ env: "[{ name: A, value: 'api.shop:80' }]" }, [3000]],
    [{ env: "[{ name: API_HOST, value: api }]" }, [3000, 9000]],
    [{ env: "[{ name: API_HOST, value: api }, { name: API_PORT, value: '9090' }]" }, [9000]],
    [{ args: "['--api-host', api, '--x']" }, [3000, 9000]],
    [{ args: "['--upstream=api:80']" }, [3000]],
    [{ args: "['sh', '-c', 'until nc -z api 80; do sleep 1; done']" }, [3000]],
    [{ env: "[{ name: NAME, value: api }, { name: A, value: 'http://$(NAME):9090' }]" }, [9000]],
  ];
  for (const [made, ports] of cases) {
    const found = needsOf(all(api, deployment("web", made)));
    assert.deepEqual(
      shown(found),
      ports.map((port) => `shop/Deployment/web -> shop/Deployment/api:${port}/TCP`),
      JSON.stringify(made),
    );
  }
});

test("a word that is a Service's name by chance is no need, and is told", () => {
  const found = needsOf(
    all(api, deployment("web", { env: "[{ name: CACHE, value: api }, { name: MODE, value: 'api x' }]" })),
  );
  assert.deepEqual(shown(found), []);
  assert.deepEqual(codes(found), ["network.need.word"]);
});

test("a port that the Service does not have is told", () => {
  const found = needsOf(all(api, deployment("web", { env: "[{ name: A, value: 'http://api:8080' }]" })));
  assert.deepEqual(shown(found), []);
  assert.deepEqual(codes(found), ["network.need.no-port"]);
});

test("ConfigMaps and Secrets are looked through, and nothing of a Secret but a Service's name is repeated", () => {
  const text = all(
    api,
    deployment("web", {
      more: "{ envFrom: [{ configMapRef: { name: c }, prefix: P_ }, { secretRef: { name: s } }], volumeMounts: [{ name: f, mountPath: /f }] }",
      spec: '{"volumes":[{"name":"f","configMap":{"name":"files"}},{"name":"unmounted","configMap":{"name":"other"}}]}',
    }),
    "\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: c, namespace: shop }\ndata: { URL: 'http://api' }\n",
    "\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: files, namespace: shop }\ndata: { nginx.conf: 'proxy_pass http://api:9090;', doc: 'see https://docs.example.com/' }\n",
    "\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: other, namespace: shop }\ndata: { x: 'http://nowhere.shop.svc' }\n",
    "\napiVersion: v1\nkind: Secret\nmetadata: { name: s, namespace: shop }\nstringData: { DB: 'postgres://u:quiet@db.example.com/x', OWN: 'http://u:quiet@api' }\n",
  );
  const found = needsOf(text);
  assert.deepEqual(shown(found), [
    "shop/Deployment/web -> shop/Deployment/api:3000/TCP",
    "shop/Deployment/web -> shop/Deployment/api:9000/TCP",
  ]);
  assert.deepEqual(codes(found), ["network.need.file-host", "network.need.secret-host"]);
  assert.doesNotMatch(JSON.stringify(found.unknown), /quiet|db\.example/);
  const place = found.needs.find(({ port }) => port === 9000)?.reasons[0].place;
  assert.ok(place);
  assert.match(JSON.stringify(locationOf(place.object, place.field)), /"line":\d+/);
});

test("hosts outside the cluster are needs by name, with a port; metadata services never", () => {
  const env = `[{ name: PAY_URL, value: "https://Pay.example.com/v1" }, { name: DB_HOST, value: db.internal }, { name: MAIL, value: "10.1.2.3:25" }, { name: META_URL, value: "http://169.254.169.254/latest" }, { name: CONFIG_URL, value: config.yaml }]`;
  const found = needsOf(deployment("web", { env }));
  assert.deepEqual(shown(found), [
    "shop/Deployment/web -> 10.1.2.3:25/TCP",
    "shop/Deployment/web -> pay.example.com:443/TCP",
  ]);
  assert.deepEqual(codes(found), ["network.need.host-port", "network.need.metadata"]);
});

test("Services without pods, without selectors, headless and of another name", () => {
  const web = deployment("web", {
    env: "[{ name: A, value: 'http://gone' }, { name: B, value: 'http://manual' }, { name: C, value: 'direct:7000' }, { name: D, value: 'https://alias' }]",
  });
  const found = needsOf(
    all(
      web,
      service("gone", "[{ port: 80, targetPort: 8080 }]"),
      "\napiVersion: v1\nkind: Service\nmetadata: { name: manual, namespace: shop }\nspec: { ports: [{ port: 80 }] }\n",
      "\napiVersion: v1\nkind: Endpoints\nmetadata: { name: manual, namespace: shop }\nsubsets: [{ addresses: [{ ip: 10.9.9.9 }], ports: [{ port: 8081 }] }]\n",
      deployment("direct"),
      service("direct", "[{ port: 1 }]", "clusterIP: None"),
      "\napiVersion: v1\nkind: Service\nmetadata: { name: alias, namespace: shop }\nspec: { type: ExternalName, externalName: Pay.example.com }\n",
    ),
  );
  assert.deepEqual(shown(found), [
    "shop/Deployment/web -> endpoints of manual:8081/TCP",
    "shop/Deployment/web -> pay.example.com:443/TCP",
    "shop/Deployment/web -> pods of Service shop/gone:8080/TCP",
    "shop/Deployment/web -> shop/Deployment/direct:7000/TCP",
  ]);
});

test("clients: load balancers, host ports, Ingresses of a controller that is known and of one that is not", () => {
  const ingress = `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web, namespace: shop }
spec: { rules: [{ http: { paths: [{ backend: { service: { name: api, port: { name: http } } } }] } }] }
`;
  const balanced = service(
    "api",
    "[{ port: 80, name: http, targetPort: 3000 }]",
    "type: LoadBalancer, loadBalancerSourceRanges: [192.0.2.0/24]",
  );
  assert.deepEqual(shown(needsOf(all(deployment("api"), balanced))), [
    "192.0.2.0/24 -> shop/Deployment/api:3000/TCP",
    "nodes -> shop/Deployment/api:3000/TCP",
  ]);
  const found = needsOf(all(api, ingress));
  assert.deepEqual(shown(found), ["an ingress controller in any namespace -> shop/Deployment/api:3000/TCP"]);
  assert.deepEqual(codes(found), ["network.need.ingress-controller"]);
  const known = needsOf(all(api, ingress), [{ namespace: "ingress" }]);
  assert.deepEqual(shown(known), ["ingress controller in ingress -> shop/Deployment/api:3000/TCP"]);
  assert.deepEqual(codes(known), []);
});

test("the API server: webhooks, and pods with a token and permissions of their own account", () => {
  const binding = (account: string) => `
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: ${account}, namespace: shop }
roleRef: { kind: ClusterRole, name: view, apiGroup: rbac.authorization.k8s.io }
subjects: [{ kind: ServiceAccount, name: ${account}, namespace: shop }]
`;
  const webhook = `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: w }
webhooks: [{ name: w.example.com, clientConfig: { service: { namespace: shop, name: api, port: 80 } } }]
`;
  const found = needsOf(
    all(
      api,
      deployment("own", { spec: '{"serviceAccountName":"own"}' }),
      deployment("without", { spec: '{"serviceAccountName":"own","automountServiceAccountToken":false}' }),
      binding("own"),
      binding("default"),
      webhook,
    ),
  );
  assert.deepEqual(shown(found), [
    "shop/Deployment/own -> the API server:443/TCP",
    "the API server -> shop/Deployment/api:3000/TCP",
  ]);
  assert.deepEqual(codes(found), ["network.need.default-account"]);
});

test("DNS: by the Service's target port and pods; usual where nothing was read; node-local always", () => {
  const dns = ({ needs }: Needs) =>
    needs
      .filter(({ reasons: [{ kind }], from }) => kind === "dns" && endName(from) === "shop/Deployment/web")
      .map(({ to, port, protocol }) => `${endName(to)}:${port}/${protocol}`);
  assert.deepEqual(dns(needsOf(deployment("web"))), [
    "kube-system pods k8s-app=kube-dns:53/TCP",
    "kube-system pods k8s-app=kube-dns:53/UDP",
    "node-local DNS 169.254.20.10:53/TCP",
    "node-local DNS 169.254.20.10:53/UDP",
  ]);
  const coredns = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: coredns, namespace: kube-system }
spec: { template: { metadata: { labels: { k8s-app: kube-dns } }, spec: { dnsPolicy: Default, containers: [{ name: c, image: c, ports: [{ name: dns, containerPort: 1053, protocol: UDP }] }] } } }
---
apiVersion: v1
kind: Service
metadata: { name: kube-dns, namespace: kube-system }
spec: { selector: { k8s-app: kube-dns }, ports: [{ name: dns, port: 53, protocol: UDP, targetPort: dns }, { name: metrics, port: 9153 }] }
`;
  const read = needsOf(all(deployment("web"), coredns));
  assert.deepEqual(dns(read).slice(0, 1), ["kube-system/Deployment/coredns:1053/UDP"]);
  assert.deepEqual(codes(read), ["network.need.node-dns"]);
});

test("peers of a StatefulSet by its headless Service, and probes of the node", () => {
  const set = `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db, namespace: shop }
spec:
  replicas: 3
  serviceName: db
  template:
    metadata: { labels: { app: db } }
    spec: { containers: [{ name: main, image: x, readinessProbe: { tcpSocket: { port: 5432 } } }] }
`;
  const found = needsOf(all(set, service("db", "[{ port: 5432 }]", "clusterIP: None")));
  assert.deepEqual(shown(found), ["shop/StatefulSet/db -> shop/StatefulSet/db:5432/TCP"]);
  const probe = found.needs.find(({ reasons: [{ kind }] }) => kind === "probe");
  assert.equal(probe === undefined ? "" : `${endName(probe.from)} ${probe.port}`, "nodes 5432");
});

test("a Prometheus scrapes what its monitors select, and sends its alerts", () => {
  const text = all(
    api.replace(
      "metadata: { name: api, namespace: shop }\nspec: { selector",
      "metadata: { name: api, namespace: shop, labels: { m: api } }\nspec: { selector",
    ),
    `
apiVersion: monitoring.coreos.com/v1
kind: Prometheus
metadata: { name: main, namespace: monitoring }
spec:
  image: p
  serviceMonitorSelector: {}
  serviceMonitorNamespaceSelector: {}
  alerting: { alertmanagers: [{ namespace: monitoring, name: alerts, port: web }] }
`,
    `
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: { name: api, namespace: shop }
spec: { selector: { matchLabels: { m: api } }, endpoints: [{ port: http }] }
`,
    `
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata: { name: unseen, namespace: shop }
spec: { selector: {}, podMetricsEndpoints: [{ port: http }] }
`,
  );
  const found = needsOf(text);
  assert.deepEqual(shown(found), ["monitoring/Prometheus/main -> shop/Deployment/api:3000/TCP"]);
  assert.deepEqual(codes(found), ["network.need.unwatched", "network.need.no-service"]);
});

test("pods that only their controller knows are told, and those of a known ingress controller are its clients", () => {
  const text = all(
    api,
    `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web, namespace: shop }
spec: { ingressClassName: nginx, rules: [{ http: { paths: [{ backend: { service: { name: api, port: { name: http } } } }] } }] }
`,
    `
apiVersion: v1
kind: Pod
metadata: { name: nginx, namespace: edge, labels: { app.kubernetes.io/name: ingress-nginx, app.kubernetes.io/component: controller } }
spec: { containers: [{ name: a, image: a }] }
`,
    `
apiVersion: example.com/v1
kind: Database
metadata: { name: orders, namespace: shop }
spec: { image: "registry.example.com/postgres:17" }
`,
  );
  const found = needsOf(text);
  assert.deepEqual(shown(found), ["edge/Pod/nginx -> shop/Deployment/api:3000/TCP"]);
  assert.deepEqual(codes(found), ["network.need.untold"]);
});
