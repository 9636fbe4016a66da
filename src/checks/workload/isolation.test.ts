import assert from "node:assert/strict";
import { test } from "node:test";
import { apparmorNotSet } from "./apparmor-not-set.ts";
import { detected, findingsOf, fixesOf, podText } from "./kubernetes/workload.fixture.ts";
import { noUserNamespace } from "./no-user-namespace.ts";
import { sharedProcessNamespace } from "./shared-process-namespace.ts";
import { writableRootFilesystem } from "./writable-root-filesystem.ts";

const closed = { readOnlyRootFilesystem: true };

test("a root file system that can be written is found, in every list of containers", () => {
  const text = podText({
    containers: [{ name: "a" }, { name: "b", securityContext: closed }],
    initContainers: [{ name: "c", securityContext: { readOnlyRootFilesystem: false } }],
    ephemeralContainers: [{ name: "d" }],
  });
  assert.deepEqual(
    findingsOf(writableRootFilesystem, text)
      .map(({ subject, severity }) => `${subject} ${severity}`)
      .sort(),
    [
      "container a: securityContext.readOnlyRootFilesystem high",
      "ephemeral container d: securityContext.readOnlyRootFilesystem low",
      "init container c: securityContext.readOnlyRootFilesystem high",
    ],
  );
  assert.deepEqual(
    detected(writableRootFilesystem, podText({ containers: [{ name: "b", securityContext: closed }] })),
    [],
  );
  assert.deepEqual(
    detected(writableRootFilesystem, podText({ os: { name: "windows" }, containers: [{ name: "b" }] })),
    [],
  );
});

test("it tells what the container can write to, and what its image would want", () => {
  const text = podText({
    containers: [
      {
        name: "a",
        image: "docker.io/library/nginx:1",
        volumeMounts: [
          { name: "cache", mountPath: "/var/cache" },
          { name: "settings", mountPath: "/etc/nginx" },
          { name: "data", mountPath: "/data", readOnly: true },
        ],
      },
      { name: "b", image: "shop" },
    ],
    volumes: [
      { name: "cache", emptyDir: {} },
      { name: "settings", configMap: { name: "x" } },
      { name: "data", emptyDir: {} },
    ],
  });
  const [nginx, shop] = findingsOf(writableRootFilesystem, text);
  assert.equal(nginx?.evidence["writable mounts"], "/var/cache");
  assert.equal(nginx?.evidence["its image also writes to"], "/var/run, /tmp");
  assert.equal(nginx?.fix?.text, "set readOnlyRootFilesystem: true; mount an emptyDir at /var/run, /tmp");
  assert.equal(shop?.evidence["it may also write to"], "/tmp");
});

test("a service of a Compose file is held against read_only", () => {
  const files = { "compose.yaml": "services:\n  a:\n    image: b\n  c:\n    image: d\n    read_only: true\n" };
  assert.deepEqual(
    findingsOf(writableRootFilesystem, files).map(({ fix }) => fix?.text),
    ["set read_only: true; mount a tmpfs at likely write paths: /tmp"],
  );
});

test("a pod without a user namespace is told, but not one that cannot have one", () => {
  const containers = [{ name: "a" }];
  assert.equal(detected(noUserNamespace, podText({ containers })).length, 1);
  assert.equal(detected(noUserNamespace, podText({ containers, hostUsers: true })).length, 1);
  for (const other of [{ hostUsers: false }, { hostNetwork: true }, { hostPID: true }, { os: { name: "windows" } }]) {
    assert.deepEqual(detected(noUserNamespace, podText({ containers, ...other })), []);
  }
});

test("a shared process namespace counts by who is in it", () => {
  const rated = (...containers: object[]) =>
    findingsOf(sharedProcessNamespace, podText({ shareProcessNamespace: true, containers })).map(
      ({ severity }) => severity,
    );
  const tracer = { name: "b", securityContext: { capabilities: { add: ["SYS_PTRACE"] } } };
  assert.deepEqual(rated({ name: "a" }, { name: "b" }), ["low"]);
  assert.deepEqual(rated({ name: "a" }, tracer), ["medium"]);
  assert.deepEqual(rated({ name: "a" }), ["negligible"]);
  assert.deepEqual(
    fixesOf(sharedProcessNamespace, podText({ shareProcessNamespace: true, containers: [{ name: "a" }] })),
    [[["remove", "spec.shareProcessNamespace"]]],
  );
  assert.deepEqual(detected(sharedProcessNamespace, podText({ containers: [{ name: "a" }, { name: "b" }] })), []);
});

test("an AppArmor profile may be stated by field, by annotation, or be SELinux's business", () => {
  const containers = [{ name: "a" }];
  assert.equal(detected(apparmorNotSet, podText({ containers })).length, 1);
  assert.deepEqual(
    detected(apparmorNotSet, podText({ containers, securityContext: { appArmorProfile: { type: "RuntimeDefault" } } })),
    [],
  );
  assert.deepEqual(
    detected(apparmorNotSet, podText({ containers, securityContext: { seLinuxOptions: { level: "s0" } } })),
    [],
  );
  const annotation = { "container.apparmor.security.beta.kubernetes.io/a": "runtime/default" };
  assert.deepEqual(detected(apparmorNotSet, podText({ containers }, annotation)), []);
});
