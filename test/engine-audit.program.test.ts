/** `workload audit docker: | podman:` over a real podman and a real dockerd, and over answers as the Docker Engine API documents them. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { readEngine } from "../src/collect/kubernetes/engine.ts";
import { defaultPolicy } from "../src/collect/policy/default.ts";
import { hostFiles } from "../src/collect/runtime/containers/host-files.ts";
import type { Relation } from "../src/core/relation.ts";
import { scanEngine } from "../src/scan/engine.ts";
import { dockerMissing, ownDocker } from "./runtime/own-docker.ts";
import { type OwnPodman, ownPodman, podmanMissing } from "./runtime/own-podman.ts";

const now = new Date("2026-11-28T12:00:00Z");
const HIGH = new Set(["critical", "high"]);

async function audited(engine: "docker" | "podman", environment: Record<string, string>, root = "/") {
  const relations: Relation[] = [];
  const { evaluations, notes } = await scanEngine(
    engine,
    ".",
    { policy: defaultPolicy, now, onRelations: (some) => void relations.push(...some) },
    { environment, files: hostFiles(root) },
  );
  const of = (asset: string, verdict: string) =>
    [...evaluations].filter((one) => one.asset.id === asset && one.verdict === verdict).map(({ check }) => check);
  const worst = (asset: string) =>
    [...evaluations]
      .filter((one) => one.asset.id === asset && one.findings.some(({ severity }) => HIGH.has(severity)))
      .map(({ check }) => check)
      .sort();
  return { evaluations, notes, relations, of, worst };
}

describe("podman", { skip: podmanMissing }, () => {
  let podman: OwnPodman;
  before(async () => {
    podman = await ownPodman();
    podman.run(
      ...["run", "--detach", "--name", "open", "--network", "host", "--pid", "host", "--privileged"],
      ...["--security-opt", "seccomp=unconfined", "--volume", "/:/host"],
      ...["--volume", `${join(podman.root, "run/podman/podman.sock")}:/run/podman/podman.sock`, "shop/api:2.0"],
    );
    podman.run(
      ...["run", "--detach", "--name", "closed", "--network", "none", "--user", "1000:1000", "--read-only"],
      ...["--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--memory", "64m", "shop/api:2.0"],
    );
  });
  after(() => podman?.remove());

  test("containers that run are judged as services are", async () => {
    const host = mkdtempSync(join(tmpdir(), "bulkhead-host-"));
    try {
      const file = (path: string, text: string) => {
        mkdirSync(dirname(join(host, path)), { recursive: true });
        writeFileSync(join(host, path), text);
      };
      file("etc/containers/registries.conf", '[[registry]]\nlocation = "r.example.com"\ninsecure = true\n');
      file("etc/containers/policy.json", '{"default": [{"type": "insecureAcceptAnything"}]}');
      const socket = `unix://${join(podman.root, "run/podman/podman.sock")}`;
      const { notes, relations, worst, evaluations } = await audited("podman", { CONTAINER_HOST: socket }, host);
      const [open, closed] = ["open", "closed"].map((name) =>
        relations.find(({ from }) => from.id.endsWith(`/${name}`)),
      );
      assert.ok(open !== undefined && closed !== undefined);
      assert.match(notes[0] ?? "", /^podman [0-9.]+ on .*: 2 containers running$/);
      assert.match(open.to.id, /^sha256:[0-9a-f]{64}$/);
      assert.equal(open.to.kind === "image" && open.to.identifiedBy, "config");
      assert.deepEqual(
        worst(open.from.id).filter((check) => !/writable|capabilities/.test(check)),
        [
          "workload/host-namespaces",
          "workload/privileged",
          "workload/run-as-user",
          "workload/runtime-socket",
          "workload/seccomp-baseline",
          "workload/sensitive-host-path",
        ],
      );
      assert.deepEqual(worst(closed.from.id), []);
      const engine = open.from.id.slice(0, open.from.id.indexOf("/"));
      assert.deepEqual(worst(engine), ["cluster/engine-insecure-registry"]);
      assert.equal(
        [...evaluations].some(({ verdict }) => verdict === "unknown"),
        false,
      );
    } finally {
      rmSync(host, { recursive: true, force: true });
    }
  });
});

describe("dockerd", { skip: dockerMissing }, () => {
  test("containers that run and the engine; what daemon.json would say is unknown of a socket that is not the default one", async () => {
    const docker = await ownDocker({ "insecure-registries": ["r.example.com"], "userland-proxy": false });
    try {
      docker.run(
        ...["run", "--detach", "--name", "open", "--network", "host", "--pid", "host", "--privileged"],
        ...["--security-opt", "seccomp=unconfined", "--volume", "/:/host"],
        ...["--volume", `${docker.socket}:/var/run/docker.sock`, "shop/api:2.0"],
      );
      docker.run(
        ...["run", "--detach", "--name", "closed", "--network", "none", "--user", "1000:1000", "--read-only"],
        ...["--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--memory", "64m", "shop/api:2.0"],
      );
      const environment = { DOCKER_HOST: `unix://${docker.socket}` };
      const { notes, relations, of, worst, evaluations } = await audited("docker", environment, docker.root);
      const [open, closed] = ["open", "closed"].map((name) =>
        relations.find(({ from }) => from.id.endsWith(`/${name}`)),
      );
      assert.ok(open !== undefined && closed !== undefined);
      assert.match(notes[0] ?? "", /^docker [0-9.+a-z]+ on .*: 2 containers running$/);
      assert.deepEqual(open.to.kind === "image" && open.to.identifiedBy, "config");
      assert.deepEqual(
        worst(open.from.id).filter((check) => !/writable|capabilities/.test(check)),
        [
          "workload/host-namespaces",
          "workload/privileged",
          "workload/run-as-user",
          "workload/runtime-socket",
          "workload/seccomp-baseline",
          "workload/sensitive-host-path",
        ],
      );
      assert.deepEqual(worst(closed.from.id), []);
      const engine = open.from.id.slice(0, open.from.id.indexOf("/"));
      assert.deepEqual(worst(engine), ["cluster/engine-insecure-registry"]);
      const failed = [...evaluations].filter(({ asset, findings }) => asset.id === engine && findings.length > 0);
      assert.deepEqual(failed.map(({ check }) => check).sort(), [
        "cluster/engine-insecure-registry",
        "cluster/engine-live-restore",
        "cluster/engine-new-privileges",
        "cluster/engine-no-user-namespace",
      ]);
      assert.deepEqual(of(engine, "unknown").sort(), [
        "cluster/engine-content-trust",
        "cluster/engine-inter-container",
        "cluster/engine-tcp-without-tls",
        "cluster/engine-userland-proxy",
      ]);
    } finally {
      await docker.remove();
    }
  });
});

describe("docker, by its documented answers", () => {
  const answers = new Map<string, unknown>();
  let server: Server;
  let address: string;
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-docker-"));
  const id = "c".repeat(64);

  before(async () => {
    server = createServer(({ url = "" }, response) => {
      const answer = answers.get(url);
      response.statusCode = answer === undefined ? 404 : 200;
      response.end(typeof answer === "string" ? answer : JSON.stringify(answer ?? { message: "no such thing" }));
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    address = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const give = (more: Record<string, unknown> = {}) => {
    answers.clear();
    const given = {
      "/info": {
        ...{ Name: "node-1", ServerVersion: "28.1.0", SecurityOptions: ["name=seccomp,profile=unconfined"] },
        ...{ LiveRestoreEnabled: false, RegistryConfig: { InsecureRegistryCIDRs: ["127.0.0.0/8"], IndexConfigs: {} } },
      },
      "/containers/json?all=0": [{ Id: id }],
      [`/containers/${id}/json`]: {
        Id: id,
        Name: "/web",
        Config: { Image: "web:1" },
        HostConfig: { Privileged: true },
      },
      "/volumes": { Volumes: null },
      "/networks/bridge": { Options: { "com.docker.network.bridge.enable_icc": "true" } },
      ...more,
    };
    for (const [path, answer] of Object.entries(given)) answers.set(path, answer);
  };

  test("settings and containers, over TCP without TLS", async () => {
    give();
    const { worst, of } = await audited("docker", { DOCKER_HOST: address });
    assert.deepEqual(worst("host:node-1"), ["cluster/engine-seccomp-off", "cluster/engine-tcp-without-tls"]);
    assert.ok(worst("host:node-1/Container/web").includes("workload/privileged"));
    // Whose daemon.json is this machine's nobody knows.
    assert.ok(of("host:node-1", "unknown").includes("cluster/engine-userland-proxy"));
    assert.ok(of("host:node-1", "unknown").includes("cluster/engine-content-trust"));
  });

  test("what an engine does not answer is unknown of what it may run", async () => {
    for (const more of [
      { "/containers/json?all=0": { message: "no" } },
      { [`/containers/${id}/json`]: "{" },
      { [`/containers/${id}/json`]: [] },
      { "/containers/json?all=0": [{ Id: "../x" }, null] },
      { "/volumes": "{" },
    ]) {
      give(more);
      const { of } = await audited("docker", { DOCKER_HOST: address });
      assert.ok(of("host:node-1", "unknown").includes("workload/privileged"), JSON.stringify(more));
    }
  });

  test("what is no engine is a problem", async () => {
    for (const answer of ["{", [], { Name: 1 }, "x".repeat(1_000)]) {
      give({ "/info": answer });
      await assert.rejects(readEngine("docker", { environment: { DOCKER_HOST: address } }), {
        code: /^(?:daemon\.answer|events\.container-answer)$/,
      });
    }
    const environment = { DOCKER_HOST: `unix://${join(folder, "none.sock")}` };
    await assert.rejects(readEngine("docker", { environment }), { code: "events.container-runtime" });
  });

  test("daemon.json and the command line are the default socket's", async () => {
    const { dockerFiles } = await import("../src/collect/kubernetes/engine-files.ts");
    const file = (path: string, text: string) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    };
    const info = { ...{ engine: "docker" as const, host: "a", rootless: false, remapsUsers: false } };
    const rest = { noNewPrivileges: false, liveRestore: false, swarm: false };
    const asked = {
      info: { ...info, ...rest },
      address: { socketPath: "/var/run/docker.sock" },
      environment: {},
      files: hostFiles(folder),
    };
    file("etc/docker/daemon.json", '{"icc": false}');
    const without = await dockerFiles(asked);
    assert.deepEqual(
      without.listeners.gaps.map(({ code }) => code),
      ["engine.configuration"],
    );
    file("var/run/docker.pid", "7\n");
    file("proc/7/cmdline", "/usr/bin/dockerd\0-H\0tcp://0.0.0.0:2375\0");
    const { listeners, configuration } = await dockerFiles(asked);
    assert.deepEqual(listeners.gaps, []);
    assert.equal(listeners.facts[0]?.address, "tcp://0.0.0.0:2375");
    assert.equal(configuration.facts.interContainer, false);
    file("etc/docker/daemon.json", "{");
    assert.equal((await dockerFiles(asked)).configuration.gaps.length, 1);
  });
});
