import assert from "node:assert/strict";
import { test } from "node:test";
import { buildPrivileges } from "./build-privileges.ts";
import { deviceCgroupRules } from "./device-cgroup-rules.ts";
import { hookPrivileges } from "./hook-privileges.ts";
import { detected, findingsOf, verdictsOf } from "./kubernetes/workload.fixture.ts";
import { procMount } from "./proc-mount.ts";
import { runtimeSocket } from "./runtime-socket.ts";
import { selinux } from "./selinux.ts";
import { sensitiveHostPath } from "./sensitive-host-path.ts";
import { serviceNamespaces } from "./service-namespaces.ts";

/** § stands for the dollar of a variable. */
const service = (fields: string, rest = "") =>
  `services:\n  web:\n    image: x\n${fields.replace(/^/gm, "    ")}\n${rest}`.replaceAll("§", "$");

test("namespaces of the host that pods have no field for", () => {
  assert.deepEqual(detected(serviceNamespaces, service("uts: §{U:-host}\ncgroup: host\nuserns_mode: host")), [
    "4:5 uts | uts: host shares the host's UTS namespace",
    "5:5 cgroup | cgroup: host shares the host's cgroup namespace",
    "6:5 userns_mode | userns_mode: host shares the host's user namespace",
  ]);
  assert.deepEqual(verdictsOf(serviceNamespaces, service("cgroup: private")), ["ComposeService/web pass"]);
});

test("hooks with rights of their own", () => {
  const hooks = service(
    "post_start:\n  - { command: [id], privileged: yes }\n  - { command: id, user: '+0:1' }\npre_stop: [{ command: id }]",
  );
  assert.deepEqual(
    findingsOf(hookPrivileges, hooks).map(({ subject, severity, locations }) => [subject, severity, locations[0]]),
    [
      ["post_start[0]", "critical", { kind: "file", path: "manifest.yaml", line: 5, column: 9 }],
      ["post_start[1]", "medium", { kind: "file", path: "manifest.yaml", line: 6, column: 9 }],
    ],
  );
  assert.deepEqual(verdictsOf(hookPrivileges, service("pre_stop: [{ command: id, user: '1000' }]")), [
    "ComposeService/web pass",
  ]);
});

test("builds that are not confined", () => {
  const build = service(
    "build:\n  context: .\n  privileged: true\n  network: §{N:-host}\n  entitlements: [security.insecure]",
  );
  assert.deepEqual(
    findingsOf(buildPrivileges, build).map(({ subject, severity }) => [subject, severity]),
    [
      ["build.privileged", "high"],
      ["build.network", "medium"],
      ["build.entitlements security.insecure", "high"],
    ],
  );
  assert.deepEqual(verdictsOf(buildPrivileges, service("build: { context: ., network: none }")), [
    "ComposeService/web pass",
  ]);
});

test("devices by their numbers", () => {
  const rules = service("device_cgroup_rules: ['a *:* rwm', 'b 8:* r', 'c 1:* r', 'c 1:3 mr']");
  assert.deepEqual(
    findingsOf(deviceCgroupRules, rules).map(({ subject, severity }) => [subject, severity]),
    [
      ["device_cgroup_rules a *:* rwm", "high"],
      ["device_cgroup_rules b 8:* r", "high"],
      ["device_cgroup_rules c 1:* r", "medium"],
    ],
  );
  assert.deepEqual(verdictsOf(deviceCgroupRules, service("device_cgroup_rules: ['c 1:3 mr']")), [
    "ComposeService/web pass",
  ]);
});

test("paths of the system and labels that are lifted", () => {
  const lifted = service("security_opt: [systempaths=unconfined, 'label:disable']");
  assert.equal(findingsOf(procMount, lifted).length, 1);
  assert.equal(findingsOf(selinux, lifted).length, 1);
  assert.equal(findingsOf(selinux, service("security_opt: [label=level:s0]")).length, 0);
});

test("the host behind named volumes, configs, secrets and the engine's own socket", () => {
  const volume = (options: string) =>
    service("volumes: ['data:/d']", `volumes: { data: { driver_opts: ${options} } }\n`);
  assert.equal(findingsOf(sensitiveHostPath, volume("{ type: none, o: bind, device: / }")).length, 1);
  assert.equal(
    findingsOf(sensitiveHostPath, volume("{ type: overlay, device: overlay, o: 'lowerdir=/etc,upperdir=/tmp/u' }"))
      .length,
    1,
  );
  assert.equal(findingsOf(runtimeSocket, volume("{ type: none, o: bind, device: '§{D:-/run}' }")).length, 1);
  assert.deepEqual(verdictsOf(sensitiveHostPath, volume("{ type: nfs, o: addr=10.0.0.1, device: ':/x' }")), [
    "ComposeService/web pass",
  ]);
  assert.deepEqual(verdictsOf(sensitiveHostPath, volume("{ type: none, o: bind, device: '§{D}' }")), [
    "ComposeService/web unknown",
  ]);
  assert.deepEqual(verdictsOf(sensitiveHostPath, volume("{ type: odd, device: odd }")), ["ComposeService/web unknown"]);
  const files = service(
    "configs: [c]\nsecrets: [s]",
    "configs: { c: { file: /var/run/docker.sock } }\nsecrets: { s: { file: /etc/shadow } }\n",
  );
  assert.equal(findingsOf(runtimeSocket, files).length, 1);
  assert.equal(findingsOf(sensitiveHostPath, files).length, 1);
  assert.equal(findingsOf(runtimeSocket, service("use_api_socket: true")).length, 1);
  const away = service("volumes: ['../../../../../../var/run/docker.sock:/t', '~/../../etc/shadow:/s']");
  assert.deepEqual([findingsOf(runtimeSocket, away).length, findingsOf(sensitiveHostPath, away).length], [1, 1]);
});
