import assert from "node:assert/strict";
import { test } from "node:test";
import { appArmorNotStated } from "./app-armor-not-stated.ts";
import { hostUsers } from "./host-users.ts";
import { findingsOf, fixesOf, podText, spotted } from "./kubernetes/workload.fixture.ts";
import { readOnlyRootFilesystem } from "./read-only-root-filesystem.ts";
import { sharedProcessNamespace } from "./shared-process-namespace.ts";

const closed = { readOnlyRootFilesystem: true };

test("a root file system that can be written is found, in every list of containers", () => {
  const text = podText({
    containers: [{ name: "a" }, { name: "b", securityContext: closed }],
    initContainers: [{ name: "c", securityContext: { readOnlyRootFilesystem: false } }],
    ephemeralContainers: [{ name: "d" }],
  });
  assert.deepEqual(
    findingsOf(readOnlyRootFilesystem, text)
      .map(({ subject, severity }) => `${subject} ${severity}`)
      .sort(),
    [
      "container a: securityContext.readOnlyRootFilesystem high",
      "ephemeral container d: securityContext.readOnlyRootFilesystem low",
      "init container c: securityContext.readOnlyRootFilesystem high",
    ],
  );
  assert.deepEqual(
    spotted(readOnlyRootFilesystem, podText({ containers: [{ name: "b", securityContext: closed }] })),
    [],
  );
  assert.deepEqual(
    spotted(readOnlyRootFilesystem, podText({ os: { name: "windows" }, containers: [{ name: "b" }] })),
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
  const [nginx, shop] = findingsOf(readOnlyRootFilesystem, text);
  assert.equal(nginx?.evidence["writable mounts"], "/var/cache");
  assert.equal(nginx?.evidence["its image also writes to"], "/var/run, /tmp");
  assert.equal(nginx?.fix?.text, "set readOnlyRootFilesystem: true, and mount an emptyDir at /var/run, /tmp");
  assert.equal(shop?.evidence["it may also write to"], "/tmp");
});

test("a service of a Compose file is held against read_only", () => {
  const files = { "compose.yaml": "services:\n  a:\n    image: b\n  c:\n    image: d\n    read_only: true\n" };
  assert.deepEqual(
    findingsOf(readOnlyRootFilesystem, files).map(({ fix }) => fix?.text),
    ["set read_only: true, and mount a tmpfs where it writes, /tmp most likely: the manifest does not tell"],
  );
});

test("a pod without a user namespace is told, but not one that cannot have one", () => {
  const containers = [{ name: "a" }];
  assert.equal(spotted(hostUsers, podText({ containers })).length, 1);
  assert.equal(spotted(hostUsers, podText({ containers, hostUsers: true })).length, 1);
  for (const other of [{ hostUsers: false }, { hostNetwork: true }, { hostPID: true }, { os: { name: "windows" } }]) {
    assert.deepEqual(spotted(hostUsers, podText({ containers, ...other })), []);
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
  assert.deepEqual(spotted(sharedProcessNamespace, podText({ containers: [{ name: "a" }, { name: "b" }] })), []);
});

test("an AppArmor profile may be stated by field, by annotation, or be SELinux's business", () => {
  const containers = [{ name: "a" }];
  assert.equal(spotted(appArmorNotStated, podText({ containers })).length, 1);
  assert.deepEqual(
    spotted(
      appArmorNotStated,
      podText({ containers, securityContext: { appArmorProfile: { type: "RuntimeDefault" } } }),
    ),
    [],
  );
  assert.deepEqual(
    spotted(appArmorNotStated, podText({ containers, securityContext: { seLinuxOptions: { level: "s0" } } })),
    [],
  );
  const annotation = { "container.apparmor.security.beta.kubernetes.io/a": "runtime/default" };
  assert.deepEqual(spotted(appArmorNotStated, podText({ containers }, annotation)), []);
});
