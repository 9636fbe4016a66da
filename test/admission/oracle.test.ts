import assert from "node:assert/strict";
import { test } from "node:test";
import { CONTROLS, violationsOf } from "./oracle/pod-security.ts";
import { imagesOf, parseImage, podsOf } from "./oracle/pods.ts";
import { randomCase, type Universe } from "./oracle/random-requests.ts";
import { expected, type Intent, isPinnedAs, type Truth } from "./oracle/verdict.ts";

const universe: Universe = {
  images: ["registry.test/shop/api:1", "registry.test/shop/web:2", "nginx", "ghcr.io/a/b:latest", "down.test/x:1"],
  places: ["registry.test/shop", "docker.io", "ghcr.io", "down.test"],
};
const truthOf = (reference: string): Truth =>
  reference.startsWith("down") ? "unreachable" : reference.includes("api") ? "signed" : "unsigned";

const cases = Array.from({ length: 3_000 }, (_, seed) => randomCase(seed, universe));

test("a seed makes one case", () => {
  assert.deepEqual(randomCase(5, universe), cases[5]);
  assert.notDeepEqual(randomCase(6, universe), cases[5]);
});

test("each answer, each control, each kind and each operation occurs", () => {
  const seen = new Set<string>();
  const answers = { allowed: 0, refused: 0 };
  let open = 0;
  for (const { asked, intent } of cases) {
    const { allowed, denied, warned } = expected(asked, intent, truthOf);
    if (allowed === undefined) open += 1;
    else answers[allowed ? "allowed" : "refused"] += 1;
    for (const check of denied) seen.add(`deny ${check}`);
    for (const check of warned) seen.add(`warn ${check}`);
    seen.add(`${asked.operation} ${asked.subResource ?? ""}`.trim());
    seen.add(String((asked.object ?? asked.oldObject)?.kind));
  }
  assert.ok(open > 0 && open < cases.length / 20, `${open} are left open`);
  assert.ok(Math.min(answers.allowed, answers.refused) > cases.length / 10, JSON.stringify(answers));
  const checks = [
    ...CONTROLS.map(({ check }) => check),
    ...["workload/image-latest-tag", "workload/registry-not-allowed"],
    "registry/unsigned-image",
  ];
  const wanted = [
    ...checks.flatMap((check) => [`deny ${check}`, `warn ${check}`]),
    ...["CREATE", "UPDATE", "DELETE", "UPDATE ephemeralcontainers", "UPDATE resize", "UPDATE status"],
    ...["Pod", "PodTemplate", "ReplicationController", "ReplicaSet", "Deployment", "DaemonSet", "StatefulSet"],
    ...["Job", "CronJob", "Rollout", "Service", "Fleet"],
  ];
  assert.deepEqual(
    wanted.filter((each) => !seen.has(each)),
    [],
  );
});

const intent: Intent = {
  default: "audit",
  checks: { "workload/privileged": "deny", "registry/unsigned-image": "warn" },
  unknown: "deny",
  namespaces: { "sandbox-*": "warn" },
  registries: [],
  signed: ["registry.test/shop"],
};
const pod = (image: string, privileged = false) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "a", namespace: "shop" },
  spec: { containers: [{ name: "a", image, securityContext: { privileged } }] },
});

test("what is said of a namespace counts before a check, that before the rest, and what is unknown has its own", () => {
  const ask = (object: object, namespace = "shop") =>
    expected({ operation: "CREATE", namespace, object: object as never }, intent, truthOf);
  assert.deepEqual(ask(pod("other.test/a:1", true)).denied, ["workload/privileged"]);
  assert.deepEqual(ask(pod("other.test/a:1", true), "sandbox-1").denied, []);
  assert.deepEqual(ask(pod("other.test/a:1", true), "sandbox-1").warned, ["workload/privileged"]);
  assert.deepEqual(ask(pod("registry.test/shop/web:1")).warned, ["registry/unsigned-image"]);
  assert.equal(ask(pod("registry.test/shop/api:1")).allowed, true);
  assert.equal(
    expected(
      { operation: "CREATE", namespace: "shop", object: pod("down.test/x:1") },
      { ...intent, checks: { "registry/unsigned-image": "deny" }, signed: ["down.test"] },
      truthOf,
    ).allowed,
    false,
  );
});

test("an update is refused for what it brings, and for nothing that was there", () => {
  const ask = (object: object, oldObject: object) =>
    expected(
      { operation: "UPDATE", namespace: "shop", object: object as never, oldObject: oldObject as never },
      intent,
      truthOf,
    );
  const old = pod("other.test/a:1", true);
  assert.equal(ask({ ...old, metadata: { ...old.metadata, labels: { a: "b" } } }, old).allowed, true);
  assert.equal(ask(old, pod("other.test/a:1")).allowed, false);
});

test("images are read as containerd reads them", () => {
  const repositories = ["nginx", "a/b", "localhost/a", "registry.test:5000/a", "a.b/c/d:1"].map(
    (each) => parseImage(each)?.repository,
  );
  assert.deepEqual(repositories, [
    "docker.io/library/nginx",
    "docker.io/a/b",
    "localhost/a",
    "registry.test:5000/a",
    "a.b/c/d",
  ]);
  for (const wrong of ["", "UPPER/case", "a@sha256:1", "a b", "a:", "münchen.test/a", "a@@b"]) {
    assert.equal(parseImage(wrong)?.repository.startsWith("docker.io") ?? false, false, wrong);
  }
});

test("pods of custom kinds are found wherever they stand, and of Kubernetes' own nowhere else", () => {
  const template = { spec: { containers: [{ name: "a", image: "b" }] } };
  const fleet = { apiVersion: "tests.example/v1", kind: "Fleet", spec: { groups: [{ podTemplate: template }] } };
  assert.deepEqual(
    imagesOf(podsOf(fleet)).map(({ path }) => path),
    ["spec.groups[0].podTemplate.spec.containers[0].image"],
  );
  assert.deepEqual(podsOf({ apiVersion: "v1", kind: "ConfigMap", data: { template } }), []);
});

test("of a level the baseline's controls are a part", () => {
  for (const { asked } of cases.slice(0, 300)) {
    for (const each of podsOf(asked.object)) {
      const restricted = new Set(violationsOf(each, "restricted", 34).map((one) => JSON.stringify(one)));
      for (const one of violationsOf(each, "baseline", 34)) assert.ok(restricted.has(JSON.stringify(one)));
      assert.deepEqual(violationsOf(each, "privileged"), []);
    }
  }
});

test("a pod is pinned where each image has its digest and nothing else is other", () => {
  const digest = `sha256:${"a".repeat(64)}`;
  const digestOf = (reference: string) => (reference === "registry.test/shop/api:1" ? digest : undefined);
  const before = pod("registry.test/shop/api:1");
  assert.equal(isPinnedAs(before, pod(`registry.test/shop/api:1@${digest}`), digestOf), true);
  assert.equal(isPinnedAs(before, before, digestOf), false);
  assert.equal(isPinnedAs(before, pod(`registry.test/shop/api:1@${digest}`, true), digestOf), false);
  assert.equal(isPinnedAs(pod("nginx:1"), pod("nginx:1"), digestOf), true);
});
