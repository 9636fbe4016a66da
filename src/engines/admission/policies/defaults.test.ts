import assert from "node:assert/strict";
import { test } from "node:test";
import { withDefaults } from "./defaults.ts";
import { bindingOf, decide, linesOf, policyOf, requestOf } from "./policies.fixture.ts";

type Fields = Readonly<Record<string, unknown>>;

const pod: Fields = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "web" },
  spec: {
    hostNetwork: false,
    nodeName: "",
    tolerations: [],
    volumes: [{ name: "a" }, { name: "b", configMap: { name: "b" } }, { name: "c", hostPath: { path: "/" } }],
    containers: [
      {
        name: "web",
        image: "registry.example.com:5000/web",
        resources: { limits: { memory: "1Gi" } },
        ports: [{ containerPort: 80 }],
        livenessProbe: { httpGet: { port: 80 } },
      },
    ],
  },
};

test("a Pod has the defaults that policies see", async () => {
  const holds = [
    "object.spec.restartPolicy == 'Always' && object.spec.dnsPolicy == 'ClusterFirst' && object.spec.securityContext == {}",
    "object.spec.serviceAccountName == 'default' && object.spec.enableServiceLinks && object.spec.schedulerName == 'default-scheduler'",
    "!has(object.spec.hostNetwork) && !has(object.spec.nodeName) && !has(object.spec.tolerations)",
    "object.spec.volumes[0].emptyDir == {} && object.spec.volumes[1].configMap.defaultMode == 420 && object.spec.volumes[2].hostPath.type == ''",
    "object.spec.containers[0].imagePullPolicy == 'Always' && object.spec.containers[0].resources.requests.memory == '1Gi'",
    "object.spec.containers[0].ports[0].protocol == 'TCP' && !has(object.spec.containers[0].ports[0].hostPort)",
    "object.spec.containers[0].livenessProbe.httpGet.scheme == 'HTTP' && object.spec.containers[0].livenessProbe.failureThreshold == 3",
  ];
  const policy = policyOf({ validations: holds.map((expression) => ({ expression })) });
  assert.deepEqual(linesOf(await decide([policy, bindingOf()], requestOf({ object: withDefaults(pod) }))), []);
});

test("an object that has its defaults stays as it is", () => {
  const once = withDefaults(pod);
  assert.deepEqual(withDefaults(once), once);
});

test("templates have those of templates, wherever they stand", () => {
  const spec = {
    containers: [{ name: "web", image: "web:1", resources: { limits: { cpu: "1" } } }],
    restartPolicy: "Never",
  };
  const template = { metadata: {}, spec };
  const of = (kind: string, own: Fields) => withDefaults({ apiVersion: "x", kind, spec: own }).spec as Fields;
  const deployment = of("Deployment", { template });
  assert.equal(deployment.replicas, 1);
  const made = (deployment.template as { spec: Fields }).spec;
  assert.deepEqual(
    [made.restartPolicy, made.dnsPolicy, made.serviceAccountName, made.enableServiceLinks],
    [...["Never", "ClusterFirst", undefined, undefined]],
  );
  assert.deepEqual((made.containers as Fields[])[0]?.resources, { limits: { cpu: "1" } });
  assert.equal((made.containers as Fields[])[0]?.imagePullPolicy, "IfNotPresent");
  const cron = of("CronJob", { jobTemplate: { spec: { template } } }) as {
    jobTemplate: { spec: Fields };
    suspend: boolean;
  };
  assert.deepEqual([cron.suspend, cron.jobTemplate.spec.backoffLimit], [false, 6]);
  for (const kind of ["ReplicaSet", "StatefulSet", "DaemonSet", "Job", "ReplicationController"])
    assert.equal(
      ((of(kind, { template }).template as { spec: Fields }).spec as Fields).dnsPolicy,
      "ClusterFirst",
      kind,
    );
});

test("an image is pulled always where its tag is the latest", () => {
  const digest = `@sha256:${"a".repeat(64)}`;
  const policies = ["web", "web:latest", `web:latest${digest}`, "web:1", `web${digest}`, "host:5000/web"].map(
    (image) => {
      const { spec } = withDefaults({ kind: "Pod", spec: { containers: [{ image }] } }) as {
        spec: { containers: Fields[] };
      };
      return spec.containers[0]?.imagePullPolicy === "Always";
    },
  );
  assert.deepEqual(policies, [true, true, true, false, false, true]);
});

test("what is no workload, and what is none by its form, stays as it is", () => {
  for (const object of [
    { kind: "ConfigMap", data: {} },
    { kind: "Pod", spec: 1 },
    { kind: "Widget", spec: { template: {} } },
    { kind: "__proto__", spec: {} },
    {},
  ])
    assert.equal(withDefaults(object), object);
  assert.doesNotThrow(() => withDefaults({ kind: "Pod", spec: { containers: [1, null], volumes: "x" } }));
});
