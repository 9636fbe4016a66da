import assert from "node:assert/strict";
import { test } from "node:test";
import { namespaceWithoutQuota } from "../cluster/namespace-without-quota.ts";
import { detected, findingsOf, podText, verdictsOf } from "./kubernetes/workload.fixture.ts";
import { missingProbes } from "./missing-probes.ts";
import { missingResourceLimits } from "./missing-resource-limits.ts";
import { publishedDatabasePort } from "./published-database-port.ts";

const all = { limits: { memory: "1Gi", cpu: "1" }, requests: { memory: "1Gi", cpu: "1" } };

const pod = (resources: object) => podText({ containers: [{ name: "a", resources }] });

function missing(...texts: string[]): string[] {
  const files = Object.fromEntries(texts.map((text, index) => [`${index}.yaml`, text]));
  return findingsOf(missingResourceLimits, files).map(({ severity, evidence }) => `${severity} ${evidence.missing}`);
}

test("what is missing is told in one finding, as bad as the worst of it", () => {
  assert.deepEqual(missing(pod({})), ["medium limits.memory, requests.memory, requests.cpu, limits.cpu"]);
  assert.deepEqual(missing(pod({ limits: { memory: "1Gi" } })), ["low requests.cpu, limits.cpu"]);
  assert.deepEqual(missing(pod({ limits: { memory: "1Gi" }, requests: { cpu: "1" } })), ["negligible limits.cpu"]);
  assert.deepEqual(missing(pod(all)), []);
  assert.deepEqual(missing(podText({ resources: all, containers: [{ name: "a" }] })), []);
  assert.deepEqual(missing(podText({ containers: [], ephemeralContainers: [{ name: "a" }] })), []);
});

test("a LimitRange of the namespace gives what is missing", () => {
  const range = (namespace: string, limits: object) =>
    JSON.stringify({
      apiVersion: "v1",
      kind: "LimitRange",
      metadata: { name: "r", namespace },
      spec: { limits: [limits] },
    });
  const defaults = { type: "Container", default: { memory: "1Gi", cpu: "1" } };
  assert.deepEqual(missing(pod({}), range("default", defaults)), []);
  assert.deepEqual(missing(pod({}), range("other", defaults)), [
    "medium limits.memory, requests.memory, requests.cpu, limits.cpu",
  ]);
  assert.deepEqual(missing(pod({}), range("default", { type: "Container", max: { memory: "1Gi" } })), [
    "low requests.cpu, limits.cpu",
  ]);
  assert.deepEqual(missing(pod({}), range("default", { ...defaults, type: "Pod" })), [
    "medium limits.memory, requests.memory, requests.cpu, limits.cpu",
  ]);
});

test("of a Compose file the limit of memory counts", () => {
  const files = { "compose.yaml": "services:\n  a:\n    image: b\n  c:\n    image: d\n    mem_limit: 1g\n" };
  assert.deepEqual(
    findingsOf(missingResourceLimits, files).map(({ evidence }) => `${evidence.object} ${evidence.missing}`),
    ["ComposeService a limits.memory"],
  );
});

test("a container that keeps running is asked for probes; one without ports is sent nothing", () => {
  const probe = { httpGet: { path: "/", port: 80 } };
  const text = podText({
    containers: [
      { name: "a", ports: [{ containerPort: 80 }] },
      { name: "b" },
      { name: "c", ports: [{ containerPort: 80 }], livenessProbe: probe, readinessProbe: probe },
    ],
    initContainers: [{ name: "d" }, { name: "e", restartPolicy: "Always" }],
  });
  assert.deepEqual(
    findingsOf(missingProbes, text)
      .map(({ title }) => title)
      .sort(),
    [
      "Container a has no readinessProbe and no livenessProbe",
      "Container b has no livenessProbe",
      "Init container e has no livenessProbe",
    ],
  );
});

test("what ends by itself needs none", () => {
  const job = {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: "j" },
    spec: { template: { spec: { containers: [{ name: "a" }] } } },
  };
  assert.deepEqual(detected(missingProbes, JSON.stringify(job)), []);
  assert.deepEqual(detected(missingProbes, podText({ restartPolicy: "Never", containers: [{ name: "a" }] })), []);
});

test("a database that a Compose file opens to the network is found", () => {
  const ports = (text: string) => ({ "compose.yaml": `services:\n  a:\n    image: b\n    ports: ${text}\n` });
  assert.deepEqual(detected(publishedDatabasePort, ports('["5432:5432", "8080:80"]')), [
    "compose.yaml:4:13 container a: port 5432 | Port 5432 (PostgreSQL) is published on all interfaces",
  ]);
  for (const text of ['["127.0.0.1:5432:5432"]', '["5432"]', '["8080:80"]']) {
    assert.deepEqual(detected(publishedDatabasePort, ports(text)), [], text);
  }
});

function namespace(...others: object[]): string {
  const metadata = { name: "web", namespace: "shop" };
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } },
    { apiVersion: "v1", kind: "Pod", metadata, spec: { containers: [{ name: "a" }] } },
    ...others,
  ]
    .map((object) => JSON.stringify(object))
    .join("\n---\n");
}

test("a namespace with workloads is asked for a quota of memory and pods", () => {
  const quota = (hard: object) => ({
    apiVersion: "v1",
    kind: "ResourceQuota",
    metadata: { name: "q", namespace: "shop" },
    spec: { hard },
  });
  const rated = (text: string) => findingsOf(namespaceWithoutQuota, text).map(({ severity }) => severity);
  assert.deepEqual(rated(namespace()), ["low"]);
  assert.deepEqual(rated(namespace(quota({ pods: "1" }))), ["negligible"]);
  assert.deepEqual(rated(namespace(quota({ pods: "1" }), quota({ "limits.memory": "1Gi" }))), []);
  assert.deepEqual(verdictsOf(namespaceWithoutQuota, namespace(quota({ pods: "1", "limits.memory": "1Gi" }))), [
    "shop pass",
  ]);
});
