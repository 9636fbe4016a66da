import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { runs } from "../../core/runs.fixture.ts";
import { mutatedBytes } from "../contents/mutated-bytes.fixture.ts";
import { bounds } from "./bounds.ts";
import { manifestReader, readManifests } from "./manifests.ts";
import { containersOf, formatFieldPath, locationOf, type Manifests, rawOf } from "./model.ts";

function read(text: string, path = "a.yaml"): Manifests {
  return readManifests([{ path, text }]);
}

const told = ({ gaps }: Manifests) => gaps.map(({ code, line, column, reason }) => [code, line, column, reason]);

const POD_SPEC = `containers:
- name: web
  image: shop/web:1
  securityContext:
    privileged: true
    capabilities: { add: [SYS_ADMIN], drop: [ALL] }
    seccompProfile: { type: Unconfined }
    windowsOptions: { hostProcess: true }
  ports: [{ containerPort: 80, hostPort: 8080 }]
  env:
  - { name: A, value: b }
  - name: C
    valueFrom: { secretKeyRef: { name: s, key: k } }
  livenessProbe:
    httpGet: { host: example.com, port: http }
  lifecycle: { preStop: { exec: { command: [sh] } } }
  resources: { limits: { cpu: 1, memory: 1Gi } }
initContainers: [{ name: first }]
ephemeralContainers: [{ name: debug, targetContainerName: web }]
volumes:
- name: host
  hostPath: { path: /var/run/docker.sock }
- { name: keys, secret: { secretName: s, defaultMode: 0400 } }
- { name: odd, quobyte: { volume: v } }
hostNetwork: true
hostUsers: false
serviceAccount: builder
securityContext: { runAsUser: 0, sysctls: [{ name: kernel.msgmax, value: "1" }] }
`;

const indented = (text: string, by: number) => text.replace(/^(?=.)/gm, " ".repeat(by));

describe("workloads of all kinds", () => {
  const cases: readonly [string, string, readonly string[]][] = [
    ["v1", "Pod", []],
    ["v1", "PodTemplate", ["template"]],
    ["v1", "ReplicationController", ["spec", "template"]],
    ["apps/v1", "Deployment", ["spec", "template"]],
    ["apps/v1", "ReplicaSet", ["spec", "template"]],
    ["apps/v1", "StatefulSet", ["spec", "template"]],
    ["apps/v1", "DaemonSet", ["spec", "template"]],
    ["batch/v1", "Job", ["spec", "template"]],
    ["batch/v1", "CronJob", ["spec", "jobTemplate", "spec", "template"]],
  ];
  for (const [apiVersion, kind, templatePath] of cases) {
    test(kind, () => {
      const steps = [...templatePath, "spec"];
      const above = steps.map((step, depth) => `${" ".repeat(depth * 2)}${step}:\n`).join("");
      const text = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: x }\n${above}${indented(POD_SPEC, steps.length * 2)}`;
      const found = read(text);
      assert.deepEqual(told(found), []);
      assert.equal(found.unknownKinds.size, 0);
      const [workload] = found.workloads;
      assert.ok(workload);
      assert.deepEqual(workload.templatePath, templatePath);
      const { pod } = workload;
      assert.deepEqual(
        containersOf(pod).map(({ kind, container, path }) => [kind, container.name, formatFieldPath(path)]),
        [
          ["init", "first", "initContainers[0]"],
          ["container", "web", "containers[0]"],
          ["ephemeral", "debug", "ephemeralContainers[0]"],
        ],
      );
      const [web] = pod.containers;
      assert.deepEqual(web?.securityContext, {
        privileged: true,
        capabilities: { add: ["SYS_ADMIN"], drop: ["ALL"] },
        seccompProfile: { type: "Unconfined" },
        windowsOptions: { hostProcess: true },
      });
      assert.deepEqual(web?.resources, { limits: { cpu: "1", memory: "1Gi" }, requests: {} });
      assert.equal(web?.livenessProbe?.host, "example.com");
      assert.equal(web?.ports[0]?.hostPort, 8080);
      assert.deepEqual(web?.env[1], { name: "C", secretKeyRef: { name: "s", key: "k" } });
      assert.deepEqual(
        pod.volumes.map(({ types }) => types),
        [["hostPath"], ["secret"], ["quobyte"]],
      );
      assert.equal(pod.volumes[1]?.secret?.defaultMode, 0o400);
      assert.equal(pod.serviceAccountName, "builder");
      assert.equal(pod.securityContext?.runAsUser, 0);
      const field = [...workload.podPath, "containers", 0, "securityContext", "privileged"];
      const line = text.split("\n").findIndex((each) => each.includes("privileged")) + 1;
      const column = (text.split("\n")[line - 1] ?? "").indexOf("privileged") + 1;
      assert.deepEqual(locationOf(workload.object, field), { kind: "file", path: "a.yaml", line, column });
    });
  }

  test("a custom resource of the same name is none", () => {
    const found = read("apiVersion: example.com/v1\nkind: Deployment\nmetadata: { name: x }\n");
    assert.equal(found.workloads.length, 0);
    assert.deepEqual([...found.unknownKinds], [["example.com/Deployment", 1]]);
  });

  test("one without a pod is told", () => {
    assert.deepEqual(told(read("apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: x }\n")), [
      ["kubernetes.type", 1, 1, "spec.template.spec: no pod"],
    ]);
  });
});

describe("what is wrong is told with its place, and the rest is read", () => {
  test("types", () => {
    const found = read(
      "apiVersion: v1\nkind: Pod\nmetadata: { name: x, labels: { a: 1 } }\nspec:\n  hostPID: 'true'\n  containers:\n  - image: [a]\n    name: web\n  - text\n  - name: last\n",
    );
    assert.deepEqual(told(found), [
      ["kubernetes.type", 3, 32, "metadata.labels.a: expected a string"],
      ["kubernetes.type", 5, 3, "spec.hostPID: expected true or false"],
      ["kubernetes.type", 7, 5, "spec.containers[0].image: expected a string"],
      ["kubernetes.type", 9, 5, "spec.containers[1]: expected a map"],
    ]);
    assert.deepEqual(
      found.workloads[0]?.pod.containers.map(({ name }) => name),
      ["web", "", "last"],
    );
  });

  test("a key twice: the last counts", () => {
    const found = read("apiVersion: v1\nkind: Pod\nmetadata: { name: x }\nspec:\n  hostPID: false\n  hostPID: true\n");
    assert.equal(found.workloads[0]?.pod.hostPID, true);
    const [gap, ...more] = told(found);
    assert.deepEqual([gap?.slice(0, 3), more.length], [["kubernetes.duplicate-key", 6, 3], 0]);
    const [object] = found.objects;
    assert.ok(object);
    assert.deepEqual(locationOf(object, ["spec", "hostPID"]), { kind: "file", path: "a.yaml", line: 6, column: 3 });
  });

  test("a tab, and the document behind it", () => {
    const found = read(
      "apiVersion: v1\nkind: Pod\nspec:\n\thostPID: true\n---\napiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n",
    );
    assert.deepEqual(
      told(found).map((gap) => gap.slice(0, 3)),
      [["kubernetes.yaml", 4, 1]],
    );
    assert.equal(found.namespaces.length, 1);
  });

  test("templates", () => {
    const found = read("apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Values.name }}\n");
    assert.deepEqual(
      told(found).map(([code]) => code),
      ["kubernetes.template"],
    );
  });

  test("what is not an object", () => {
    for (const text of [
      "[a]",
      "text",
      "a: b",
      "kind: Deployment",
      "apiVersion: 1\nkind: Pod",
      "kind: List\napiVersion: v1\nitems: [1]",
    ]) {
      assert.equal(read(text).gaps.length, 1, text);
    }
    for (const text of ["", "# c", "---\n---\n"]) assert.equal(read(text).gaps.length, 0, text);
  });

  test("a line separator that only Kubernetes knows", () => {
    const found = read("apiVersion: v1\nkind: Pod\nmetadata: { name: x }\n# c\u2028hidden\nspec: {}\n");
    assert.deepEqual(
      told(found).map(([code, line]) => [code, line]),
      [["kubernetes.line-separator", 4]],
    );
  });

  test("a stream of 100,000 documents is read up to its bound", () => {
    const found = read("apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {}\n---\n".repeat(100_000));
    assert.equal(found.workloads.length, bounds.kubernetesDocuments);
    assert.deepEqual(
      told(found).map(([code]) => code),
      ["kubernetes.bound"],
    );
  });

  test("objects of one reading over their bound", () => {
    const items = Array.from({ length: 101 }, () => ({}));
    const reader = manifestReader(100);
    reader.object({ apiVersion: "v1", kind: "EventList", items }, { kind: "cluster", cluster: "test" });
    const found = reader.manifests();
    assert.equal(found.objects.length, 100);
    assert.deepEqual(
      told(found).map(([code]) => code),
      ["kubernetes.bound"],
    );
  });

  test("lists within lists", () => {
    const text = `${'{"apiVersion":"v1","kind":"List","items":['.repeat(10)}${"]}".repeat(10)}`;
    assert.deepEqual(
      told(read(text)).map(([code]) => code),
      ["kubernetes.bound"],
    );
  });

  test("an object of 1 MB", () => {
    const big = "x".repeat(1_000_000);
    const found = read(
      `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\ndata:\n  a: ${big}\n  b: |\n    ${big}\n`,
    );
    assert.deepEqual(told(found), []);
    assert.equal(found.configMaps[0]?.data.b?.length, 1_000_001);
  });
});

describe("whatever it is given, it reads", () => {
  const POD = `apiVersion: v1\nkind: Pod\nmetadata: { name: x }\nspec:\n${indented(POD_SPEC, 2)}`;

  test("any bytes", () => {
    fc.assert(
      fc.property(mutatedBytes(Buffer.from(POD)), (bytes) => {
        const found = read(bytes.toString("utf8"));
        assert.ok(found.objects.length + found.gaps.length > 0 || /^[\s#-]*$/.test(bytes.toString("utf8")));
        for (const { object, podPath } of found.workloads) locationOf(object, [...podPath, "containers", 0, "image"]);
      }),
      runs(500),
    );
  });

  test("any type in any field: told once, and the others stay", () => {
    const [whole] = read(POD).objects;
    assert.ok(whole);
    const paths: (string | number)[][] = [];
    const walk = (value: unknown, path: (string | number)[]) => {
      if (path.length > 1) paths.push(path);
      if (typeof value !== "object" || value === null) return;
      for (const [key, inner] of Object.entries(value))
        walk(inner, [...path, Array.isArray(value) ? Number(key) : key]);
    };
    walk(rawOf(whole), []);
    const wrong = fc.oneof(fc.jsonValue(), fc.constantFrom<unknown>(1, 1.5, "a", true, [], {}, [[]], [1], { a: [] }));
    fc.assert(
      fc.property(fc.constantFrom(...paths), wrong, (path, value) => {
        const raw = structuredClone(rawOf(whole));
        let at = raw as Record<string | number, unknown>;
        for (const step of path.slice(0, -1)) at = at[step] as Record<string | number, unknown>;
        at[path.at(-1) as string] = value;
        const found = read(JSON.stringify(raw));
        assert.equal(found.workloads.length, 1);
        for (const { field } of found.gaps) {
          assert.deepEqual(field?.slice(0, path.length), path, formatFieldPath(field ?? []));
        }
      }),
      runs(2_000),
    );
  });
});

test("whatever has items is a list of them, and told where it says that it is something else", () => {
  const text =
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\nitems:\n- {apiVersion: v1, kind: Pod, metadata: {name: evil}}\n";
  const { objects, gaps } = readManifests([{ path: "x.yaml", text }]);
  assert.deepEqual(
    objects.map(({ kind, name }) => `${kind} ${name}`),
    ["ConfigMap x", "Pod evil"],
  );
  assert.deepEqual(
    gaps.filter(({ code }) => code !== "kubernetes.type").map(({ code, line }) => [code, line]),
    [["kubernetes.list", 4]],
  );
});

test("what names no apiVersion is of v1 to kubectl, and told", () => {
  for (const version of ["", 'apiVersion: ""\n', "apiVersion: null\n"]) {
    const { objects, gaps } = readManifests([{ path: "x.yaml", text: `${version}kind: Pod\nmetadata: {name: a}\n` }]);
    assert.deepEqual(
      objects.map(({ kind, apiVersion }) => [kind, apiVersion]),
      [["Pod", "v1"]],
    );
    assert.deepEqual(
      gaps.filter(({ object }) => object === undefined).map(({ code }) => code),
      ["kubernetes.version"],
    );
  }
});

test("keys that Go takes for another are told, each with its place", () => {
  for (const key of ["Kind", "KIND", "\u212aind", "apiversion", "\u017fpec", "Items"]) {
    const text = `apiVersion: v1\nkind: Pod\n"${key}": Namespace\n`;
    const { gaps } = readManifests([{ path: "x.yaml", text }]);
    assert.deepEqual(
      gaps.filter(({ code }) => code !== "kubernetes.type").map(({ code, line }) => [code, line]),
      [["kubernetes.folded-key", 3]],
      key,
    );
  }
});

test("a policy of ours is no object, and one with any of an object's keys is not passed over", () => {
  const gapsOf = (text: string) => readManifests([{ path: "bulkhead.yaml", text }]).gaps.map(({ code }) => code);
  assert.deepEqual(gapsOf("apiVersion: bulkhead/v1\nbases: {kinds: [slim]}\n"), []);
  for (const key of ["Kind: Pod", "ApiVersion: v1", "ITEMS: []", "kind: 1"]) {
    assert.notDeepEqual(gapsOf(`apiVersion: bulkhead/v1\n${key}\n`), [], key);
  }
});
