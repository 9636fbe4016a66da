/** What runtimes say of one container, in the form of each; for tests. */
import { protobufMessage } from "../../../formats/protobuf/message.ts";

export const id = "3e6a7578".repeat(8);
export const sandboxId = "abf74c58".repeat(8);
export const imageId = `sha256:${"1d".repeat(32)}`;
export const manifest = `sha256:${"2e".repeat(32)}`;
export const podUid = "9a1f6c1e-3c9d-4c5f-8f0b-2f1f6f1f0001";

type Document = Readonly<Record<string, unknown>>;

/** Docker's `GET /containers/{id}/json`. */
export function dockerInspected(more: Document = {}): Document {
  return {
    Id: id,
    Name: "/api",
    Image: imageId,
    State: { StartedAt: "2026-11-28T04:20:18.559474733Z" },
    HostConfig: { NetworkMode: "host", PidMode: "host", IpcMode: "private", Privileged: true },
    Mounts: [{ Source: "/srv/data", Destination: "/data", Mode: "ro", RW: false, Propagation: "rprivate" }],
    Config: {
      Image: "shop/api:2.0",
      Env: ["TOKEN=x"],
      Labels: { tier: "front" },
      Healthcheck: { Test: ["CMD-SHELL", "test -e /bin/sh"] },
    },
    NetworkSettings: { IPAddress: "", Networks: { shop: { IPAddress: "172.18.0.3" } } },
    ...more,
  };
}

/** The same as docker keeps it: `config.v2.json`, `hostconfig.json`, `repositories.json`. */
export const dockerConfig: Document = {
  ID: id,
  Name: "/api",
  Driver: "overlay2",
  Image: imageId,
  State: { StartedAt: "2026-11-28T04:20:18.559474733Z" },
  Config: dockerInspected().Config,
  NetworkSettings: dockerInspected().NetworkSettings,
  MountPoints: {
    "/data": { Source: "/srv/data", Destination: "/data", RW: false, Relabel: "ro", Propagation: "rprivate" },
  },
};
export const dockerHost = dockerInspected().HostConfig as Document;
export const dockerRepositories: Document = {
  Repositories: {
    "shop/api": { "shop/api:2.0": imageId, [`shop/api@${manifest}`]: imageId },
    other: { "other:1": `sha256:${"00".repeat(32)}`, [`other@${imageId}`]: `sha256:${"00".repeat(32)}` },
  },
};

/** Podman's `GET /libpod/containers/{id}/json`. */
export const podmanInspected: Document = {
  ...dockerInspected(),
  Name: "api",
  Image: imageId.slice("sha256:".length),
  ImageDigest: manifest,
  ImageName: "localhost/shop/api:2.0",
  NetworkSettings: { IPAddress: "10.88.0.2" },
};

/** A specification of the OCI runtime, as runtimes write it for a container that nothing opens. */
export function spec(more: Document = {}): Document {
  return {
    ociVersion: "1.2.0",
    process: { env: ["TOKEN=x"], capabilities: { bounding: ["CAP_CHOWN"] } },
    mounts: [
      { destination: "/proc", type: "proc", source: "proc", options: ["nosuid"] },
      { destination: "/sys", type: "sysfs", source: "sysfs", options: ["nosuid", "ro"] },
      { destination: "/data", type: "bind", source: "/srv/data", options: ["rbind", "rslave", "ro"] },
    ],
    linux: {
      namespaces: [
        { type: "pid" },
        { type: "ipc", path: "/proc/7/ns/ipc" },
        { type: "network", path: "/proc/7/ns/net" },
        { type: "mount" },
      ],
      maskedPaths: ["/proc/kcore"],
      readonlyPaths: ["/proc/sys"],
      seccomp: { defaultAction: "SCMP_ACT_ERRNO" },
    },
    ...more,
  };
}

/** Of a container that everything is open to. */
export function openSpec(more: Document = {}): Document {
  return spec({
    process: { capabilities: { bounding: ["CAP_CHOWN", "CAP_SYS_ADMIN"] } },
    mounts: [{ destination: "/sys", type: "sysfs", source: "sysfs", options: ["nosuid", "rw"] }],
    linux: { namespaces: [{ type: "mount" }] },
    ...more,
  });
}

export const containerdAnnotations: Document = {
  "io.kubernetes.cri.container-name": "api",
  "io.kubernetes.cri.container-type": "container",
  "io.kubernetes.cri.image-name": "registry.example.com/shop/api:2.0",
  "io.kubernetes.cri.sandbox-id": sandboxId,
  "io.kubernetes.cri.sandbox-name": "api-7f9c4-x2x9z",
  "io.kubernetes.cri.sandbox-namespace": "shop",
  "io.kubernetes.cri.sandbox-uid": podUid,
};

export const crioAnnotations: Document = {
  "io.container.manager": "cri-o",
  "io.kubernetes.container.name": "api",
  "io.kubernetes.cri-o.ContainerType": "container",
  "io.kubernetes.cri-o.Image": imageId,
  "io.kubernetes.cri-o.ImageName": `registry.example.com/shop/api@${manifest}`,
  "io.kubernetes.cri-o.ImageRef": imageId.slice("sha256:".length),
  "io.kubernetes.cri-o.SomeNameOfTheImage": "registry.example.com/shop/api:2.0",
  "io.kubernetes.cri-o.Labels": JSON.stringify({ "io.kubernetes.container.name": "api" }),
  "io.kubernetes.cri-o.SandboxID": sandboxId,
  "io.kubernetes.pod.name": "api-7f9c4-x2x9z",
  "io.kubernetes.pod.namespace": "shop",
  "io.kubernetes.pod.uid": podUid,
};

export const crioSandboxAnnotations: Document = {
  "io.container.manager": "cri-o",
  "io.kubernetes.cri-o.ContainerType": "sandbox",
  "io.kubernetes.cri-o.SandboxID": sandboxId,
  "io.kubernetes.cri-o.IP.0": "10.0.0.7",
  "io.kubernetes.cri-o.CNIResult": '{"interfaces":[{"name":"eth0"}]}',
  "io.kubernetes.cri-o.Labels": JSON.stringify({ app: "api", "io.kubernetes.pod.name": "api-7f9c4-x2x9z" }),
  "io.kubernetes.pod.name": "api-7f9c4-x2x9z",
  "io.kubernetes.pod.namespace": "shop",
  "io.kubernetes.pod.uid": podUid,
};

/** What a kubelet says of the pod, in `GET /pods`. */
export function pod(more: Document = {}): Document {
  return {
    metadata: {
      name: "api-7f9c4-x2x9z",
      namespace: "shop",
      uid: podUid,
      labels: { app: "api", "pod-template-hash": "7f9c4" },
      ownerReferences: [{ apiVersion: "apps/v1", kind: "ReplicaSet", name: "api-7f9c4", controller: true }],
    },
    spec: {
      hostNetwork: true,
      nodeName: "node-1",
      containers: [
        {
          name: "api",
          image: "shop/api:2.0",
          securityContext: { privileged: true },
          livenessProbe: { exec: { command: ["/bin/check", "--live"] } },
          readinessProbe: { httpGet: { path: "/ready", port: 80 } },
        },
      ],
    },
    status: {
      podIP: "10.0.0.7",
      containerStatuses: [
        {
          name: "api",
          containerID: `containerd://${id}`,
          image: "registry.example.com/shop/api:2.0",
          imageID: `registry.example.com/shop/api@${manifest}`,
          state: { running: { startedAt: "2026-11-28T04:36:24Z" } },
        },
        { name: "late", containerID: "", image: "x", imageID: "" },
      ],
    },
    ...more,
  };
}

type Field = readonly [number, string | Buffer | number | boolean];

export function message(...fields: readonly Field[]): Buffer {
  return protobufMessage(fields);
}

function map(number: number, texts: Readonly<Record<string, string>>): Field[] {
  return Object.entries(texts).map(([key, value]) => [number, message([1, key], [2, value])]);
}

/** CRI's `ContainerStatusResponse`, `PodSandboxStatusResponse`, `ListContainersResponse`. */
export function criStatus(...more: readonly Field[]): Buffer {
  const status = message(
    [1, id],
    [2, message([1, "api"])],
    [3, 1],
    [5, 1_795_840_584],
    [8, message([1, "registry.example.com/shop/api:2.0"])],
    [9, `registry.example.com/shop/api@${manifest}`],
    ...map(12, { "io.kubernetes.container.name": "api" }),
    [14, message([1, "/data"], [2, "/srv/data"], [3, true], [5, 1])],
    [17, imageId],
    ...more,
  );
  const info = { runtimeSpec: spec({ annotations: containerdAnnotations }), config: { linux: {} } };
  return message([1, status], ...map(2, { info: JSON.stringify(info) }));
}

export function criSandboxStatus(): Buffer {
  const status = message(
    [1, sandboxId],
    [2, message([1, "api-7f9c4-x2x9z"], [2, podUid], [3, "shop"])],
    [5, message([1, "10.0.0.7"])],
    [6, message([1, message([2, message([1, 2], [2, 0])])])],
    ...map(7, { app: "api", "io.kubernetes.pod.name": "api-7f9c4-x2x9z" }),
  );
  return message([1, status], ...map(2, { info: JSON.stringify({ cniResult: { Interfaces: { eth0: {} } } }) }));
}

export function criList(): Buffer {
  return message([1, message([1, id], [2, sandboxId])]);
}
