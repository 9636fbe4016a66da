import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import { readManifests } from "../manifests.ts";
import { locationOf } from "../model.ts";

const COMPOSE = `services:
  web:
    image: shop/web:1
    privileged: true
    read_only: true
    user: "0:10"
    cap_add: [CAP_SYS_ADMIN, net_admin]
    cap_drop:
      - all
    network_mode: host
    pid: host
    ipc: host
    userns_mode: host
    security_opt:
      - no-new-privileges:true
      - seccomp=unconfined
      - apparmor:profile
    volumes:
      - /var/run/docker.sock:/var/run/docker.sock:ro
      - data:/data
      - type: bind
        source: ./src
        target: /src
    tmpfs: /tmp
    secrets: [key, { source: other, target: /o }]
    ports: ["127.0.0.1:8080:80", 9000, "[::1]:53:53/udp", { target: 81, published: "8081" }]
    environment:
      A: b
      NUMBER: 1
    labels: ["tier=front"]
    deploy:
      resources: { limits: { cpus: 0.5, memory: 50M } }
    healthcheck: { test: [CMD, curl] }
    sysctls: [net.core.somaxconn=1024]
  worker:
    build: .
`;

const read = (text: string) => readManifests([{ path: "compose.yaml", text }]);

test("a service is a pod, as far as it states what a pod states", () => {
  const { workloads, gaps } = read(COMPOSE);
  assert.deepEqual(gaps, []);
  const [web, worker] = workloads;
  assert.ok(web !== undefined && worker !== undefined);
  assert.equal(web.origin, "compose");
  assert.deepEqual(web.object.labels, { tier: "front" });
  const { pod } = web;
  assert.deepEqual(
    [pod.hostNetwork, pod.hostPID, pod.hostIPC, pod.hostUsers, pod.securityContext?.sysctls],
    [true, true, true, true, [{ name: "net.core.somaxconn", value: "1024" }]],
  );
  const [container] = pod.containers;
  assert.deepEqual(container?.securityContext, {
    privileged: true,
    readOnlyRootFilesystem: true,
    allowPrivilegeEscalation: false,
    runAsUser: 0,
    runAsGroup: 10,
    seccompProfile: { type: "Unconfined" },
    appArmorProfile: { type: "Localhost", localhostProfile: "profile" },
    capabilities: { add: ["SYS_ADMIN", "NET_ADMIN"], drop: ["ALL"] },
  });
  assert.deepEqual(
    pod.volumes.map(({ types, hostPath }) => hostPath?.path ?? types[0]),
    ["/var/run/docker.sock", "persistentVolumeClaim", "./src", "emptyDir", "secret", "secret"],
  );
  assert.deepEqual(container?.volumeMounts[0], {
    name: "volumes-0",
    mountPath: "/var/run/docker.sock",
    readOnly: true,
  });
  assert.deepEqual(container?.ports, [
    { containerPort: 80, hostPort: 8080, hostIP: "127.0.0.1" },
    { containerPort: 9000 },
    { containerPort: 53, hostPort: 53, hostIP: "::1", protocol: "UDP" },
    { containerPort: 81, hostPort: 8081 },
  ]);
  assert.deepEqual(container?.env, [
    { name: "A", value: "b" },
    { name: "NUMBER", value: "1" },
  ]);
  assert.deepEqual(container?.resources, { limits: { cpu: "0.5", memory: "50M" }, requests: {} });
  assert.deepEqual(worker.pod.containers[0]?.securityContext, {});
});

test("a pod's field has the place of the service's", () => {
  const [web] = read(COMPOSE).workloads;
  assert.ok(web);
  const line = (...field: (string | number)[]) => {
    const location = locationOf(web.object, ["spec", ...field]);
    return location.kind === "file" ? COMPOSE.split("\n")[(location.line ?? 0) - 1]?.trim() : location.kind;
  };
  const container = ["containers", 0];
  assert.equal(line("hostNetwork"), "network_mode: host");
  assert.equal(line(...container, "securityContext", "privileged"), "privileged: true");
  assert.equal(line(...container, "securityContext", "capabilities", "add", 0), "cap_add: [CAP_SYS_ADMIN, net_admin]");
  assert.equal(line("volumes", 0, "hostPath"), "- /var/run/docker.sock:/var/run/docker.sock:ro");
  assert.equal(line(...container, "startupProbe"), "web:");
});

test("aliases and merge keys, as Compose files use them", () => {
  const { workloads, gaps } = read(
    "x-base: &base\n  privileged: true\nservices:\n  a:\n    <<: *base\n    image: x\n  b: *base\n",
  );
  assert.deepEqual(gaps, []);
  assert.deepEqual(
    workloads.map(({ pod }) => pod.containers[0]?.securityContext?.privileged),
    [true, true],
  );
});

test("what is not followed, and wrong types, are told with their places", () => {
  const { gaps, workloads } = read(
    "include: [other.yaml]\nservices:\n  a: { extends: { file: x.yaml }, privileged: [1] }\n  b: 1\n",
  );
  assert.deepEqual(
    gaps.map(({ reason, line, column }) => [reason, line, column]),
    [
      ["services.a.privileged: expected true or false", 3, 35],
      ["services.a.extends: extends was not resolved: names no service", 3, 8],
      ["services.b: expected a map", 4, 3],
      ["included files are not read", 1, 1],
    ],
  );
  assert.equal(workloads.length, 1);
});

test("any type in any field of a service", () => {
  const names = [...COMPOSE.matchAll(/^ {4}([a-z_]+):/gm)].map(([, name]) => name as string);
  const value = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom<unknown>("a:b:c:d", [["a"]], [{}], { a: { b: 1 } }, ":", "[", -1),
  );
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), value), (service) => {
      const { workloads } = read(JSON.stringify({ services: { a: service } }));
      assert.equal(workloads.length, 1);
    }),
    runs(1_000),
  );
});
