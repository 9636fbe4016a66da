import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { Problem } from "../../../core/problem.ts";
import { runs } from "../../../core/runs.fixture.ts";
import { bounds } from "./bounds.ts";
import { criFacts, eventContainer, listedContainers, sandboxFacts } from "./cri.ts";
import {
  containerdAnnotations,
  criList,
  crioAnnotations,
  crioSandboxAnnotations,
  criSandboxStatus,
  criStatus,
  dockerConfig,
  dockerHost,
  dockerInspected,
  dockerRepositories,
  id,
  imageId,
  manifest,
  message,
  openSpec,
  podmanInspected,
  podUid,
  sandboxId,
  spec,
} from "./documents.fixture.ts";
import { dockerFacts, dockerFileFacts, imageNamesOf, podmanFacts } from "./inspect.ts";
import type { ContainerFacts } from "./model.ts";
import { podmanFileFacts, storedDigests } from "./podman-files.ts";
import { containerdFacts, crioFacts } from "./spec.ts";

/** Without what tells null prototypes from others. */
function plain(facts: ContainerFacts | undefined): unknown {
  return JSON.parse(JSON.stringify(facts ?? null, (_, value) => (typeof value === "bigint" ? `${value}n` : value)));
}

const mount = { source: "/srv/data", destination: "/data", mode: "ro", writable: false, propagation: "rprivate" };

const ofDocker = {
  id: id.slice(0, 12),
  fullId: id,
  runtime: "docker",
  details: {
    name: "api",
    image: "shop/api:2.0",
    imageId,
    privileged: true,
    hostPid: true,
    hostIpc: false,
    hostNetwork: true,
    healthProbe: "/bin/sh -c test -e /bin/sh",
    started: "1795839618559474733n",
    ip: "172.18.0.3",
    mounts: [mount],
    labels: { tier: "front" },
  },
};

describe("docker", () => {
  test("tells of a container by its API, and of no environment", () => {
    assert.deepEqual(plain(dockerFacts(dockerInspected())), ofDocker);
    assert.ok(!JSON.stringify(plain(dockerFacts(dockerInspected()))).includes("TOKEN"));
  });

  test("tells the same by its files, with the digest that belongs to the name", () => {
    assert.deepEqual(plain(dockerFileFacts(dockerConfig, dockerHost)), ofDocker);
    assert.deepEqual(plain(dockerFileFacts(dockerConfig, dockerHost, dockerRepositories)), {
      ...ofDocker,
      details: { ...ofDocker.details, imageDigest: manifest },
    });
  });

  test("names an image that the container was started from by its id", () => {
    const names = imageNamesOf({
      RepoTags: ["registry:5000/shop/api:2.0"],
      RepoDigests: [`registry:5000/shop/api@${manifest}`],
    });
    const details = dockerFacts(dockerInspected({ Config: { Image: imageId } }), names)?.details;
    assert.equal(details?.imageRepository, "registry:5000/shop/api");
    assert.equal(details?.imageTag, "2.0");
    assert.equal(details?.imageDigest, manifest);
  });

  test("takes no digest of another name's where there are several", () => {
    const names = imageNamesOf({ RepoTags: [], RepoDigests: [`other@${manifest}`, `third@${imageId}`] });
    assert.equal(dockerFacts(dockerInspected(), names)?.details?.imageDigest, undefined);
  });

  test("tells of a pod where the kubelet labelled the container", () => {
    const labels = {
      "io.kubernetes.pod.name": "api-1",
      "io.kubernetes.pod.namespace": "shop",
      "io.kubernetes.pod.uid": podUid,
    };
    const inspected = dockerInspected({ Name: "/k8s_POD_api-1", Config: { Labels: labels } });
    const { pod, sandbox } = dockerFacts(inspected)?.details ?? {};
    assert.deepEqual(pod, { name: "api-1", namespace: "shop", uid: podUid, labels: {} });
    assert.equal(sandbox, true);
  });

  test("texts are the bytes of their UTF-8", () => {
    const { name, labels } =
      dockerFacts(dockerInspected({ Name: "/ä", Config: { Labels: { k: "€" } } }))?.details ?? {};
    assert.equal(name, "\u00c3\u00a4");
    assert.equal(labels?.k, "\u00e2\u0082\u00ac");
  });

  test("what is over a bound is left out, and nothing of a prototype is a label", () => {
    const labels = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`k${index}`, "v"]));
    const inspected = dockerInspected({
      Name: `/${"a".repeat(5_000)}`,
      Config: { Labels: { ...labels, long: "x".repeat(5_000) } },
    });
    const details = dockerFacts(inspected)?.details;
    assert.equal(details?.name, "");
    assert.equal(Object.keys(details?.labels ?? {}).length, bounds.labels);
    assert.equal(details?.labels.constructor, undefined);
  });

  test("an id that could lead elsewhere is none", () => {
    for (const bad of ["../../etc", "", "a/b", ".", 7, undefined]) {
      assert.equal(dockerFacts(dockerInspected({ Id: bad })), undefined);
    }
  });
});

describe("podman", () => {
  const ofPodman = {
    ...ofDocker,
    runtime: "podman",
    details: { ...ofDocker.details, image: "localhost/shop/api:2.0", imageDigest: manifest, ip: "10.88.0.2" },
  };

  test("tells of a container by its API", () => {
    assert.deepEqual(plain(podmanFacts(podmanInspected)), ofPodman);
  });

  test("says nothing of pods of Kubernetes: its containers' labels are any user's", () => {
    const labels = {
      "io.kubernetes.pod.name": "coredns",
      "io.kubernetes.pod.namespace": "kube-system",
      "io.kubernetes.pod.uid": podUid,
    };
    assert.equal(podmanFacts({ ...podmanInspected, Config: { Labels: labels } })?.details?.pod, undefined);
    assert.equal(podmanFileFacts(id, { config: { id, labels } })?.details?.pod, undefined);
  });

  test("tells what it can by each of its files", () => {
    const stored = {
      id,
      names: ["api"],
      image: imageId.slice(7),
      metadata: JSON.stringify({ "image-name": "localhost/shop/api:2.0", name: "api" }),
    };
    const digests = storedDigests([{ id: imageId.slice(7), digest: manifest }, { id: "x" }, null]);
    assert.deepEqual(plain(podmanFileFacts(id, { stored, digests })), {
      id: id.slice(0, 12),
      fullId: id,
      runtime: "podman",
      details: { mounts: [], name: "api", image: "localhost/shop/api:2.0", imageId, imageDigest: manifest, labels: {} },
    });
    const config = {
      id,
      name: "api",
      rootfsImageID: imageId.slice(7),
      rootfsImageName: "localhost/shop/api:2.0",
      labels: { tier: "front" },
      privileged: false,
      healthcheck: { Test: ["CMD", "/bin/check", "-v"] },
    };
    const networkStatus = { podman: { interfaces: { eth0: { subnets: [{ ipnet: "10.88.0.2/16" }] } } } };
    const state = { startedTime: "2026-11-28T04:20:14Z", networkStatus };
    const facts = podmanFileFacts(id, { config, state, stored, digests, spec: openSpec() });
    assert.equal(facts?.details?.healthProbe, "/bin/check -v");
    assert.equal(facts?.details?.ip, "10.88.0.2");
    assert.equal(facts?.details?.privileged, false);
    assert.equal(facts?.details?.hostNetwork, true);
    assert.deepEqual({ ...facts?.details?.labels }, { tier: "front" });
    assert.equal(podmanFileFacts(id, { stored: { id: "0".repeat(64) } }), undefined);
  });
});

describe("specifications of runtimes", () => {
  const pod = { namespace: "shop", name: "api-7f9c4-x2x9z", uid: podUid, labels: {}, sandboxId };
  const bind = { source: "/srv/data", destination: "/data", mode: "", writable: false, propagation: "rslave" };

  test("containerd's name container, image and pod", () => {
    assert.deepEqual(plain(containerdFacts(id, spec({ annotations: containerdAnnotations }))), {
      id: id.slice(0, 12),
      fullId: id,
      runtime: "containerd",
      details: {
        name: "api",
        image: "registry.example.com/shop/api:2.0",
        privileged: false,
        hostPid: false,
        hostIpc: false,
        hostNetwork: false,
        mounts: [bind],
        labels: {},
        pod,
      },
    });
  });

  test("whether a pod is on the host's network says its sandbox alone", () => {
    const own = spec({ annotations: containerdAnnotations });
    const sandbox = spec({ linux: { namespaces: [{ type: "ipc" }, { type: "mount" }] } });
    const details = containerdFacts(id, own, sandbox)?.details;
    assert.equal(details?.hostNetwork, true);
    assert.equal(details?.hostIpc, false);
    // Its own PID namespace is nobody else's, whatever the sandbox has.
    assert.equal(details?.hostPid, false);
  });

  test("a sandbox is named for its pod; a client's container for its id", () => {
    const annotations = { ...containerdAnnotations, "io.kubernetes.cri.container-type": "sandbox" };
    const { "io.kubernetes.cri.container-name": _, ...without } = annotations as Record<string, unknown>;
    const sandbox = containerdFacts(sandboxId, spec({ annotations: without }))?.details;
    assert.equal(sandbox?.name, "api-7f9c4-x2x9z");
    assert.equal(sandbox?.sandbox, true);
    assert.equal(containerdFacts("my-redis.1", spec())?.details?.name, "my-redis.1");
  });

  test("privileged is what nothing confines", () => {
    assert.equal(containerdFacts(id, openSpec())?.details?.privileged, true);
    const confined = [
      openSpec({ linux: { namespaces: [], seccomp: { defaultAction: "SCMP_ACT_ERRNO" } } }),
      openSpec({ linux: { namespaces: [], maskedPaths: ["/proc/kcore"] } }),
      openSpec({ linux: { namespaces: [], readonlyPaths: ["/proc/sys"] } }),
      openSpec({ process: { capabilities: { bounding: ["CAP_CHOWN"] } } }),
      openSpec({
        process: { capabilities: { bounding: ["CAP_SYS_ADMIN"] }, apparmorProfile: "cri-containerd.apparmor.d" },
      }),
      openSpec({ mounts: [{ destination: "/sys", type: "sysfs", options: ["ro"] }] }),
    ];
    for (const each of confined) assert.equal(containerdFacts(id, each)?.details?.privileged, false);
  });

  test("CRI-O's tell digests, and by the sandbox the pod's labels and address", () => {
    const own = spec({ annotations: crioAnnotations });
    const sandbox = spec({ annotations: crioSandboxAnnotations });
    const details = crioFacts(id, own, sandbox)?.details;
    assert.equal(details?.image, "registry.example.com/shop/api:2.0");
    assert.equal(details?.imageId, imageId);
    assert.equal(details?.imageDigest, manifest);
    assert.deepEqual(JSON.parse(JSON.stringify(details?.pod)), {
      ...pod,
      ip: "10.0.0.7",
      network: '{"interfaces":[{"name":"eth0"}]}',
      labels: { app: "api" },
    });
    assert.equal(crioFacts(sandboxId, sandbox)?.details?.sandbox, true);
  });
});

describe("CRI", () => {
  const read = (status: Buffer, sandbox?: Buffer) => criFacts(status, sandbox, "containerd", "here");

  test("tells of a container and its pod", () => {
    assert.deepEqual(plain(read(criStatus(), criSandboxStatus())), {
      id: id.slice(0, 12),
      fullId: id,
      runtime: "containerd",
      details: {
        name: "api",
        image: "registry.example.com/shop/api:2.0",
        imageId,
        imageDigest: manifest,
        privileged: false,
        hostPid: false,
        hostIpc: false,
        hostNetwork: true,
        mounts: [{ source: "/srv/data", destination: "/data", mode: "", writable: false, propagation: "rslave" }],
        labels: { "io.kubernetes.container.name": "api" },
        started: "1795840584n",
        ip: "10.0.0.7",
        pod: {
          namespace: "shop",
          name: "api-7f9c4-x2x9z",
          uid: podUid,
          labels: { app: "api" },
          sandboxId,
          ip: "10.0.0.7",
          network: '{"eth0":{}}',
        },
      },
    });
    assert.equal(sandboxFacts(criSandboxStatus(), "cri-o", "here")?.fullId, sandboxId);
    assert.equal(sandboxFacts(criSandboxStatus(), "cri-o", "here")?.details?.sandbox, true);
  });

  test("an image that the runtime names by its id has the name of the annotations", () => {
    const details = read(criStatus([8, message([1, imageId])], [9, imageId]))?.details;
    assert.equal(details?.image, "registry.example.com/shop/api:2.0");
    assert.equal(details?.imageDigest, undefined);
    assert.equal(details?.imageId, imageId);
  });

  test("lists, and events", () => {
    assert.deepEqual(listedContainers(criList(), "here"), [{ id, sandboxId }]);
    assert.deepEqual(listedContainers(message([1, message([1, "../x"])]), "here"), []);
    assert.equal(eventContainer(message([1, id], [2, 1]), "here"), id);
  });

  test("whatever bytes come are facts, nothing, or one problem", () => {
    const mutated = fc
      .record({
        seed: fc.constantFrom(criStatus(), criSandboxStatus(), criList()),
        at: fc.nat(),
        byte: fc.nat(255),
        cut: fc.nat(),
      })
      .map(({ seed, at, byte, cut }) => {
        const bytes = Buffer.from(seed);
        bytes[at % bytes.length] = byte;
        return bytes.subarray(0, cut % 3 === 0 ? cut % bytes.length : bytes.length);
      });
    fc.assert(
      fc.property(
        fc.oneof(
          mutated,
          fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
        ),
        (bytes) => {
          for (const use of [
            () => read(bytes, bytes),
            () => sandboxFacts(bytes, "other", "here"),
            () => listedContainers(bytes, "here"),
            () => eventContainer(bytes, "here"),
          ]) {
            try {
              use();
            } catch (error) {
              assert.ok(error instanceof Problem, String(error));
              assert.equal(error.code, "events.container-answer");
            }
          }
        },
      ),
      runs(500),
    );
  });
});

test("whatever JSON comes is facts or nothing", () => {
  const names = [
    "Id",
    "Config",
    "HostConfig",
    "Mounts",
    "Labels",
    "linux",
    "mounts",
    "annotations",
    "options",
    "NetworkSettings",
  ];
  const json = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: "small" },
      fc.constantFrom<unknown>(null, true, 1, "", "x", id, imageId),
      fc.array(tie("any"), { maxLength: 4 }),
      fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string({ maxLength: 5 })), tie("any"), { maxKeys: 5 }),
    ),
  })).any;
  fc.assert(
    fc.property(json, json, (one, two) => {
      const document = { ...dockerInspected(), ...(typeof one === "object" ? one : {}) };
      dockerFacts(document, imageNamesOf(two));
      dockerFacts(one);
      podmanFacts(document);
      dockerFileFacts(one, two, two);
      podmanFileFacts(id, { config: one, stored: two, spec: one, state: two, digests: storedDigests(one) });
      containerdFacts(id, one, two);
      crioFacts(id, spec({ annotations: one, linux: two }), one);
    }),
    runs(300),
  );
});
