/** A monitoring namespace of the kind that kube-prometheus makes, with no policies; and the cluster's DNS beside it. */
import type { KubernetesObject } from "./oracle-objects.ts";

type Fields = Record<string, unknown>;
type Port = readonly [name: string, port: number, protocol?: string];

const named = (app: string): Fields => ({
  "app.kubernetes.io/name": app,
  "app.kubernetes.io/part-of": "kube-prometheus",
});

const workload = (
  kind: "Deployment" | "StatefulSet" | "DaemonSet",
  id: string,
  labels: Fields,
  ports: readonly Port[],
  { replicas, volumes, mounts, ...pod }: Fields = {},
): KubernetesObject => {
  const [namespace, name] = id.split("/");
  const container = {
    name: "main",
    image: "example.com/app",
    ports: ports.map(([port, containerPort, protocol = "TCP"]) => ({ name: port, containerPort, protocol })),
    ...(mounts === undefined ? {} : { volumeMounts: mounts }),
  };
  return {
    apiVersion: "apps/v1",
    kind,
    metadata: { namespace, name, labels },
    spec: {
      ...(replicas === undefined ? {} : { replicas }),
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { ...pod, containers: [container], ...(volumes === undefined ? {} : { volumes }) },
      },
    },
  };
};

const service = (id: string, labels: Fields, selector: Fields, ports: readonly Fields[]): KubernetesObject => {
  const [namespace, name] = id.split("/");
  return { apiVersion: "v1", kind: "Service", metadata: { namespace, name, labels }, spec: { selector, ports } };
};

const OPERATOR = "monitoring.coreos.com/v1";

const monitor = (name: string, selector: Fields, endpoints: readonly Fields[], further: Fields = {}) => ({
  apiVersion: OPERATOR,
  kind: "ServiceMonitor",
  metadata: { namespace: "monitoring", name },
  spec: { selector: { matchLabels: selector }, endpoints, ...further },
});

/** An account that may ask the API server. */
const account = (name: string): KubernetesObject[] => [
  { apiVersion: "v1", kind: "ServiceAccount", metadata: { namespace: "monitoring", name } },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "view" },
    subjects: [{ kind: "ServiceAccount", namespace: "monitoring", name }],
  },
];

const operated = (name: string, kind: string): Fields => ({
  "app.kubernetes.io/managed-by": "prometheus-operator",
  "app.kubernetes.io/name": kind,
  "app.kubernetes.io/instance": name,
  [kind]: name,
});
const prometheusLabels = { ...operated("k8s", "prometheus"), "operator.prometheus.io/name": "k8s" };
const alertmanagerLabels = operated("main", "alertmanager");
const noToken = { automountServiceAccountToken: false };

/** Of the cluster, on every one: two pods, whose port is not that of their Service where `port` says so. */
export const clusterDns = (port: number): KubernetesObject[] => [
  workload(
    "Deployment",
    "kube-system/coredns",
    { "k8s-app": "kube-dns" },
    [
      ["dns", port, "UDP"],
      ["dns-tcp", port],
      ["metrics", 9153],
    ],
    { replicas: 2, dnsPolicy: "Default" },
  ),
  service("kube-system/kube-dns", { "k8s-app": "kube-dns" }, { "k8s-app": "kube-dns" }, [
    { name: "dns", port: 53, protocol: "UDP", targetPort: "dns" },
    { name: "dns-tcp", port: 53, protocol: "TCP", targetPort: "dns-tcp" },
    { name: "metrics", port: 9153, protocol: "TCP", targetPort: "metrics" },
  ]),
];

/** As it is applied. */
export const monitoring: readonly KubernetesObject[] = [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: "monitoring" } },
  ...account("prometheus"),
  ...account("kube-state-metrics"),
  {
    apiVersion: OPERATOR,
    kind: "Prometheus",
    metadata: { namespace: "monitoring", name: "k8s" },
    spec: {
      image: "example.com/prometheus",
      serviceAccountName: "prometheus",
      serviceMonitorSelector: {},
      alerting: { alertmanagers: [{ namespace: "monitoring", name: "alertmanager", port: "web" }] },
    },
  },
  {
    apiVersion: OPERATOR,
    kind: "Alertmanager",
    metadata: { namespace: "monitoring", name: "main" },
    spec: { image: "example.com/alertmanager", replicas: 2 },
  },
  service("monitoring/prometheus", named("prometheus"), prometheusLabels, [
    { name: "web", port: 9090, targetPort: "web" },
  ]),
  service("monitoring/alertmanager", named("alertmanager"), { alertmanager: "main" }, [
    { name: "web", port: 9093, targetPort: "web" },
    { name: "reloader-web", port: 8080, targetPort: "reloader-web" },
  ]),
  workload("Deployment", "monitoring/grafana", named("grafana"), [["http", 3000]], {
    ...noToken,
    volumes: [{ name: "sources", configMap: { name: "grafana-sources" } }],
    mounts: [{ name: "sources", mountPath: "/etc/grafana/provisioning/datasources" }],
  }),
  {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { namespace: "monitoring", name: "grafana-sources" },
    data: { "sources.yaml": "datasources:\n  - type: prometheus\n    url: http://prometheus.monitoring.svc:9090\n" },
  },
  service("monitoring/grafana", named("grafana"), named("grafana"), [{ name: "http", port: 80, targetPort: "http" }]),
  workload("DaemonSet", "monitoring/node-exporter", named("node-exporter"), [["https", 9100]], {
    ...noToken,
    hostNetwork: true,
  }),
  service("monitoring/node-exporter", named("node-exporter"), named("node-exporter"), [
    { name: "https", port: 9100, targetPort: "https" },
  ]),
  workload("Deployment", "monitoring/kube-state-metrics", named("kube-state-metrics"), [["https-main", 8443]], {
    serviceAccountName: "kube-state-metrics",
  }),
  service("monitoring/kube-state-metrics", named("kube-state-metrics"), named("kube-state-metrics"), [
    { name: "https-main", port: 8443, targetPort: "https-main" },
  ]),
  monitor("prometheus", named("prometheus"), [{ port: "web" }]),
  monitor("alertmanager", named("alertmanager"), [{ port: "web" }, { port: "reloader-web" }]),
  monitor("grafana", named("grafana"), [{ port: "http" }]),
  monitor("node-exporter", named("node-exporter"), [{ port: "https" }]),
  monitor("kube-state-metrics", named("kube-state-metrics"), [{ port: "https-main" }]),
  monitor("coredns", { "k8s-app": "kube-dns" }, [{ port: "metrics" }], {
    namespaceSelector: { matchNames: ["kube-system"] },
  }),
];

/** What the operator makes of it. */
export const operatorsOwn: readonly KubernetesObject[] = [
  workload("StatefulSet", "monitoring/prometheus-k8s", { ...prometheusLabels, "operator.prometheus.io/shard": "0" }, [
    ["web", 9090],
    ["reloader-web", 8080],
  ]),
  workload(
    "StatefulSet",
    "monitoring/alertmanager-main",
    alertmanagerLabels,
    [
      ["web", 9093],
      ["mesh-tcp", 9094],
      ["mesh-udp", 9094, "UDP"],
      ["reloader-web", 8080],
    ],
    { replicas: 2 },
  ),
];

/** A pod of each of these names, of which nobody says that it needs anything. */
export const strangers = (...ids: readonly string[]): KubernetesObject[] =>
  ids.map((id) => workload("Deployment", id, { app: id.split("/")[1] }, []));
