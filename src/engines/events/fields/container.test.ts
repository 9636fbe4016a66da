import assert from "node:assert/strict";
import { test } from "node:test";
import type { ContainerDetails, ContainerFacts } from "../containers/model.ts";
import { assertFields, eventOf, fieldValue, processOf } from "./event.fixture.ts";
import { syscallFields } from "./syscall.ts";

const details: ContainerDetails = {
  name: "shop_api_1",
  image: "registry.example.com:5000/shop/api:2.0.1",
  imageId: `sha256:${"ab".repeat(32)}`,
  imageDigest: `sha256:${"cd".repeat(32)}`,
  privileged: true,
  hostPid: false,
  hostNetwork: true,
  mounts: [
    { source: "/var/run/docker.sock", destination: "/sock", mode: "", writable: true, propagation: "rprivate" },
    { source: "/etc", destination: "/host/etc", mode: "ro", writable: false, propagation: "rslave" },
  ],
  labels: { tier: "front", app: "api", empty: "", "io.kubernetes.pod.name": "api-1", "annotation.x": "y" },
  ip: "10.0.0.5",
  healthProbe: "curl localhost",
  pod: {
    namespace: "shop",
    name: "api-1",
    uid: "0b1c",
    labels: { app: "api", "app.kubernetes.io/name": "api" },
    sandboxId: "fedcba9876543210",
    ip: "10.0.0.5",
    owner: { kind: "Deployment", name: "api" },
  },
};

function inside(container: ContainerFacts | "host" | undefined) {
  return eventOf("open", {}, { thread: processOf(5, { container }) });
}

const facts: ContainerFacts = { id: "0123456789ab", fullId: "0123456789abcdef", runtime: "containerd", details };

test("a container is told as its runtime tells it", () => {
  assertFields(inside(facts), {
    "container.id": "0123456789ab",
    "container.full_id": "0123456789abcdef",
    "container.type": "containerd",
    "container.name": "shop_api_1",
    "container.image": "registry.example.com:5000/shop/api:2.0.1",
    "container.image.id": "ab".repeat(32),
    "container.image.repository": "registry.example.com:5000/shop/api",
    "container.image.tag": "2.0.1",
    "container.image.digest": `sha256:${"cd".repeat(32)}`,
    "container.privileged": true,
    "container.host_pid": false,
    "container.host_network": true,
    "container.host_ipc": undefined,
    "container.ip": "10.0.0.5",
    "container.labels": "app:api, empty, tier:front",
    "container.label.app": "api",
    "container.label[tier]": "front",
    "container.label.none": undefined,
    "container.label[__proto__]": undefined,
    "container.healthcheck": "curl localhost",
    "container.liveness_probe": undefined,
  });
});

test("mounts are found by number and by pattern", () => {
  assertFields(inside(facts), {
    "container.mounts": "/var/run/docker.sock:/sock::true:rprivate,/etc:/host/etc:ro:false:rslave",
    "container.mount[1]": "/etc:/host/etc:ro:false:rslave",
    "container.mount[/etc]": "/etc:/host/etc:ro:false:rslave",
    "container.mount.dest[/var/run/docker.sock]": "/sock",
    "container.mount.dest[/var/*]": "/sock",
    "container.mount.dest[*docker?sock]": "/sock",
    "container.mount.dest[/]": undefined,
    "container.mount.dest[/proc*]": undefined,
    "container.mount.source[/host/*]": "/etc",
    "container.mount.mode[1]": "ro",
    "container.mount.rdwr[0]": "true",
    "container.mount.propagation[/etc]": "rslave",
    "container.mount[7]": undefined,
  });
});

test("a pod is told with what made it", () => {
  assertFields(inside(facts), {
    "k8s.ns.name": "shop",
    "k8s.pod.name": "api-1",
    "k8s.pod.uid": "0b1c",
    "k8s.pod.id": "0b1c",
    "k8s.pod.sandbox_id": "fedcba987654",
    "k8s.pod.full_sandbox_id": "fedcba9876543210",
    "k8s.pod.ip": "10.0.0.5",
    "k8s.pod.label.app": "api",
    "k8s.pod.label[app.kubernetes.io/name]": "api",
    "k8s.pod.label.app.kubernetes.io/name": "api",
    "k8s.pod.labels": "app:api, app.kubernetes.io/name:api",
    "k8s.deployment.name": "api",
    "k8s.rs.name": undefined,
    "k8s.svc.name": undefined,
  });
});

test("the host is no container: its id and name say so, and its texts are empty", () => {
  assertFields(inside("host"), {
    "container.id": "host",
    "container.name": "host",
    "container.full_id": "host",
    "container.type": "host",
    "container.image": "",
    "container.image.repository": "",
    "container.privileged": false,
    "container.mount[0]": undefined,
    "container.label.app": undefined,
    "k8s.pod.name": undefined,
    "k8s.pod.labels": undefined,
  });
});

test("what the runtime did not tell yet is absent; the id alone is known", () => {
  const unasked = inside({ id: "0123456789ab", fullId: "0123456789abcdef", runtime: "docker" });
  assertFields(unasked, { "container.id": "0123456789ab", "container.type": "docker" });
  const unknown = inside(undefined);
  for (const { name, argument } of syscallFields.all) {
    if (!/^(?:container|k8s)\./.test(name) || argument !== undefined) continue;
    assert.equal(fieldValue(name, unknown), undefined, name);
    if (!/^container\.(?:id|full_id|type)$/.test(name)) assert.equal(fieldValue(name, unasked), undefined, name);
  }
});

test("an image by id has the name that the runtime knows it by, one without a tag none", () => {
  const named = { ...details, image: "ab12", imageRepository: "docker.io/library/nginx", imageTag: "1.27" };
  assertFields(inside({ ...facts, details: named }), {
    "container.image.repository": "docker.io/library/nginx",
    "container.image.tag": "1.27",
  });
  assertFields(inside({ ...facts, details: { ...details, image: "nginx@sha256:00" } }), {
    "container.image.repository": "nginx",
    "container.image.tag": "",
  });
});
