import assert from "node:assert/strict";
import { test } from "node:test";
import { manifestReader } from "../../engines/kubernetes/manifests.ts";
import { rotationTable } from "../../report/rotation-table.ts";
import { rotationRelations } from "./secret-rotation.ts";

const now = new Date("2026-06-01T00:00:00Z");
const probe = { readinessProbe: { tcpSocket: { port: 80 } } };
const variable = { env: [{ name: "P", valueFrom: { secretKeyRef: { name: "db", key: "p" } } }] };
const volumes = [{ name: "s", secret: { secretName: "db" } }];

interface Made {
  readonly kind?: string;
  readonly container?: object;
  readonly pod?: object;
  readonly spec?: object;
  readonly annotations?: object;
  readonly podAnnotations?: object;
}

function workload({ kind = "Deployment", container = variable, pod, spec, annotations, podAnnotations }: Made = {}) {
  const own = { containers: [{ name: "web", image: "a", ...probe, ...container }], ...pod };
  const metadata = { name: "web", namespace: "shop", annotations };
  if (kind === "Pod") return { apiVersion: "v1", kind, metadata, spec: own };
  const template = { metadata: { labels: { app: "web" }, annotations: podAnnotations }, spec: own };
  const job = kind === "CronJob" ? { jobTemplate: { spec: { template } } } : { template };
  return { apiVersion: kind.endsWith("Job") ? "batch/v1" : "apps/v1", kind, metadata, spec: { ...job, ...spec } };
}

/** `restart: interruption or why` of the first relation; of a cluster. */
function said(made: Made, ...others: readonly object[]): string {
  const [first] = relationsOf(workload(made), ...others);
  const { restart, interruption, because } = first?.evidence ?? {};
  return `${restart}: ${interruption ?? because}`;
}

function relationsOf(...objects: readonly object[]) {
  const reader = manifestReader();
  for (const object of objects) reader.object(object, { kind: "cluster", cluster: "test" });
  return rotationRelations(reader.manifests(), { scope: "test", now });
}

const kept = "not needed: the kubelet updates the files; the program must read them again";

test("variables need a restart, files none, and a part of a volume does", () => {
  assert.equal(said({ spec: { replicas: 3 } }), "needed: none: rolling update, 3 of 3 replicas stay");
  assert.equal(
    said({ container: { envFrom: [{ secretRef: { name: "db" } }] } }),
    "needed: none: rolling update, 1 of 1 replicas stay",
  );
  assert.equal(said({ container: {}, pod: { volumes } }), kept);
  assert.equal(
    said({ container: {}, pod: { volumes: [{ name: "s", projected: { sources: [{ secret: { name: "db" } }] } }] } }),
    kept,
  );
  const part = { volumeMounts: [{ name: "s", mountPath: "/a", subPath: "p" }] };
  assert.equal(said({ container: part, pod: { volumes } }), "needed: none: rolling update, 1 of 1 replicas stay");
  const immutable = { apiVersion: "v1", kind: "Secret", metadata: { name: "db", namespace: "shop" }, immutable: true };
  assert.equal(
    said({ container: {}, pod: { volumes } }, immutable),
    "needed: none: rolling update, 1 of 1 replicas stay",
  );
  assert.equal(
    said({ container: {}, pod: { imagePullSecrets: [{ name: "db" }] } }),
    "not needed: the kubelet reads it at each pull",
  );
  assert.equal(said({ kind: "CronJob" }), "not needed: the next run has the new value");
});

test("who can be restarted without an interruption", () => {
  const interruption = (made: Made, ...others: readonly object[]) => said(made, ...others).replace("needed: ", "");
  assert.equal(
    interruption({ spec: { strategy: { type: "Recreate" } } }),
    "yes: strategy Recreate stops all pods first",
  );
  const rolling = (maxSurge: number, maxUnavailable: number | string) => ({
    replicas: 2,
    strategy: { rollingUpdate: { maxSurge, maxUnavailable } },
  });
  assert.equal(interruption({ spec: rolling(0, 1) }), "none: rolling update, 1 of 2 replicas stay");
  assert.equal(interruption({ spec: rolling(0, "100%") }), "yes: all of its 2 replicas may be away at once");
  assert.equal(interruption({ kind: "StatefulSet" }), "yes: its one replica is stopped before the next starts");
  assert.equal(interruption({ kind: "StatefulSet", spec: { replicas: 3 } }), "none: one of 3 replicas after the other");
  assert.match(
    interruption({ kind: "StatefulSet", spec: { replicas: 3, updateStrategy: { type: "OnDelete" } } }),
    /^unknown/,
  );
  assert.equal(interruption({ kind: "DaemonSet" }), "yes: on one node after the other");
  assert.equal(interruption({ kind: "Pod" }), "yes: a Pod of its own is recreated by nobody");
  assert.match(
    interruption({ container: { ...variable, readinessProbe: null } }),
    /^unknown: without readiness probes/,
  );
  const budget = {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name: "web", namespace: "shop" },
    spec: { minAvailable: "100%", selector: { matchLabels: { app: "web" } } },
  };
  assert.match(interruption({ spec: { replicas: 3 } }, budget), /PodDisruptionBudget web lets none be evicted/);
});

test("an annotation restarts nothing where Reloader does not run", () => {
  const annotations = { "secret.reloader.stakater.com/reload": "mail, db" };
  const reloader = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "reloader", namespace: "reloader" },
    spec: { template: { spec: { containers: [{ name: "r", image: "ghcr.io/stakater/reloader:v1.4.0" }] } } },
  };
  assert.match(said({ annotations }), /^needed/);
  assert.equal(
    said({ annotations }, reloader),
    "by itself: variables are set when a container starts; Reloader restarts it",
  );
  assert.match(said({ annotations: { "secret.reloader.stakater.com/reload": "mail" } }, reloader), /^needed/);
  assert.match(said({ annotations: { "reloader.stakater.com/auto": "true" } }, reloader), /^by itself/);
  const vault = {
    apiVersion: "secrets.hashicorp.com/v1beta1",
    kind: "VaultStaticSecret",
    metadata: { name: "v", namespace: "shop" },
    spec: { destination: { name: "db" }, rolloutRestartTargets: [{ kind: "Deployment", name: "web" }] },
  };
  assert.match(said({}, vault), /^by itself: .*VaultStaticSecret v restarts it/);
  assert.match(said({ podAnnotations: { "checksum/secret": "abc" } }), /^unknown: .*next release of its chart/);
});

test("what is no workload uses Secrets too, and a list that was refused is a gap", () => {
  const ingress = {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name: "edge", namespace: "shop" },
    spec: { tls: [{ secretName: "tls" }] },
  };
  const gateway = {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "Gateway",
    metadata: { name: "gw", namespace: "shop" },
    spec: { listeners: [{ name: "a", tls: { certificateRefs: [{ name: "tls", namespace: "certs" }] } }] },
  };
  const account = {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name: "sa", namespace: "shop" },
    imagePullSecrets: [{ name: "pull" }],
  };
  assert.deepEqual(
    relationsOf(ingress, gateway, account).map(({ from, to, evidence }) => [
      from.kind,
      from.name,
      to.id,
      evidence.restart,
    ]),
    [
      ["account", "ServiceAccount shop/sa", "test/Secret/shop/pull", "not needed"],
      ["object", "Ingress shop/edge", "test/Secret/shop/tls", "not needed"],
      ["object", "Gateway shop/gw", "test/Secret/certs/tls", "not needed"],
    ],
  );
  const reader = manifestReader();
  reader.object(workload(), { kind: "cluster", cluster: "test" });
  reader.gap({ code: "kubernetes.cluster-list", reason: "403", path: "test", lists: ["secrets"] });
  const [relation] = rotationRelations(reader.manifests(), { scope: "test", now });
  assert.deepEqual(
    relation?.gaps.map(({ code }) => code),
    ["kubernetes.cluster-list"],
  );
});

test("the table names one Secret or all, counts, and keeps hostile names in their place", () => {
  const relations = relationsOf(workload({ spec: { strategy: { type: "Recreate" } } }));
  assert.equal(
    rotationTable(relations, "shop/db"),
    [
      "SECRET   USED BY              HOW                     RESTART  INTERRUPTION",
      "shop/db  shop/Deployment/web  env P in container web  needed   yes: strategy Recreate stops all pods first",
      "",
      "1 user, 1 to restart, 1 of them with an interruption",
      "",
    ].join("\n"),
  );
  assert.equal(rotationTable(relations, "db"), rotationTable(relations, "all"));
  assert.equal(rotationTable(relations, "mail\u001b[2J").includes("\u001b"), false);
});

test("no more relations than their bound, and what is over is said", () => {
  const reader = manifestReader();
  const env = Array.from({ length: 5 }, (_, index) => ({
    name: `P${index}`,
    valueFrom: { secretKeyRef: { name: `s${index}`, key: "p" } },
  }));
  reader.object(workload({ container: { env } }), { kind: "cluster", cluster: "test" });
  const relations = rotationRelations(reader.manifests(), { scope: "test", now, most: 2 });
  assert.deepEqual(
    relations.map(({ gaps }) => gaps.map(({ reason }) => reason)),
    [[], ["3 more users of Secrets are not listed"]],
  );
});
