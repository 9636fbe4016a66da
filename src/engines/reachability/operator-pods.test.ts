import assert from "node:assert/strict";
import { test } from "node:test";
import { readManifests } from "../kubernetes/manifests.ts";
import { readEndpoints } from "./endpoints.ts";

const PROMETHEUS = `
apiVersion: monitoring.coreos.com/v1
kind: Prometheus
metadata: { name: k8s, namespace: monitoring }
spec:
  image: quay.io/prometheus/prometheus:v3.13.2
  serviceAccountName: prometheus-k8s
  podMetadata: { labels: { team: sre, app.kubernetes.io/instance: other } }
---
apiVersion: monitoring.coreos.com/v1
kind: Alertmanager
metadata: { name: main, namespace: monitoring }
spec: { image: "quay.io/prometheus/alertmanager:v0.33.1", portName: http, replicas: 3 }
`;

test("pods of prometheus-operator have its labels and ports, and those that the object states", () => {
  const { pods } = readEndpoints(readManifests([{ path: "a.yaml", text: PROMETHEUS }]));
  const [prometheus, alertmanager] = pods;
  assert.equal(prometheus?.name, "monitoring/Prometheus/k8s");
  assert.deepEqual(prometheus.labels, {
    team: "sre",
    "app.kubernetes.io/instance": "k8s",
    "app.kubernetes.io/managed-by": "prometheus-operator",
    "app.kubernetes.io/name": "prometheus",
    "operator.prometheus.io/name": "k8s",
    prometheus: "k8s",
  });
  assert.equal(prometheus.serviceAccount, "prometheus-k8s");
  assert.deepEqual(
    [...prometheus.namedPorts],
    [
      ["TCP/web", [9090]],
      ["TCP/reloader-web", [8080]],
    ],
  );
  assert.deepEqual(alertmanager?.namedPorts.get("TCP/http"), [9093]);
  assert.deepEqual(alertmanager?.namedPorts.get("UDP/mesh-udp"), [9094]);
});

test("what an operator made tells more than its own object", () => {
  const made = `
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: prometheus-k8s
  namespace: monitoring
  ownerReferences: [{ apiVersion: monitoring.coreos.com/v1, kind: Prometheus, name: k8s, controller: true }]
spec:
  template:
    metadata: { labels: { seen: "yes" } }
    spec: { containers: [{ name: prometheus, image: prometheus }] }
`;
  const { pods } = readEndpoints(readManifests([{ path: "a.yaml", text: `${PROMETHEUS}---${made}` }]));
  const prometheus = pods.filter(({ name }) => name === "monitoring/Prometheus/k8s");
  assert.deepEqual(
    prometheus.map(({ labels }) => labels),
    [{ seen: "yes" }],
  );
});
