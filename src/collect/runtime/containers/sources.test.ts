import assert from "node:assert/strict";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "node:test";
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
  podmanInspected,
  sandboxId,
  spec,
} from "../../../engines/events/containers/documents.fixture.ts";
import { containerdFiles } from "./containerd-files.ts";
import { criSource } from "./cri-source.ts";
import { dockerFiles, dockerRoot } from "./docker-files.ts";
import { dockerSource, podmanSource } from "./engine-source.ts";
import { hostSources } from "./host.ts";
import { hostFiles } from "./host-files.ts";
import { madeHost, serveCri, serveEngine } from "./made-host.fixture.ts";
import { storageFiles } from "./storage-files.ts";

const { signal } = new AbortController();
const short = id.slice(0, 12);
const other = "b".repeat(64);

describe("engines on sockets", () => {
  test("docker lists, finds by a short id, and asks once what an image is called", async (t) => {
    const host = madeHost(t);
    const asked: string[] = [];
    await serveEngine(t, host, "docker.sock", (request, response) => {
      const path = request.url ?? "";
      asked.push(path);
      const answers: Readonly<Record<string, unknown>> = {
        "/containers/json?all=true": [{ Id: id }, { Id: "../x" }, { Id: other }],
        [`/containers/${id}/json`]: dockerInspected(),
        [`/containers/${short}/json`]: dockerInspected(),
        // A container that is called so, and is another.
        "/containers/deadbeef0000/json": dockerInspected(),
        [`/images/${encodeURIComponent(imageId)}/json`]: { RepoTags: [], RepoDigests: [`shop/api@${manifest}`] },
      };
      const body = answers[path];
      response.writeHead(body === undefined ? 404 : 200).end(JSON.stringify(body ?? { message: "no such container" }));
    });
    const source = dockerSource(join(host.root, "docker.sock"), "docker", 2_000);
    t.after(() => source.close());
    const listed = await source.list(signal);
    assert.deepEqual(
      listed.map((facts) => [facts.fullId, facts.details?.imageDigest]),
      [[id, manifest]],
    );
    assert.equal((await source.find(short, signal))?.fullId, id);
    assert.equal(await source.find("deadbeef0000", signal), undefined);
    assert.equal(await source.find("a/../b", signal), undefined);
    assert.equal(asked.filter((path) => path.startsWith("/images/")).length, 1);
  });

  test("podman is asked by its own API, and tells of what starts", async (t) => {
    const host = madeHost(t);
    await serveEngine(t, host, "podman.sock", (request, response) => {
      if (request.url?.startsWith("/v4.0.0/libpod/events?")) {
        response.write(
          `{"Type":"container","Action":"start","Actor":{"ID":"${id}"}}\nnot JSON\n{"Actor":{"ID":"../x"}}\n`,
        );
        response.write(`{"Type":"container","Action":"create","Actor":{"ID":"${other}"}}\n`);
      } else response.end(JSON.stringify(podmanInspected));
    });
    const source = podmanSource(join(host.root, "podman.sock"), "podman", 2_000, 1_000);
    t.after(() => source.close());
    assert.equal(source.uid, 1_000);
    assert.equal((await source.find(id, signal))?.runtime, "podman");
    const ended = new AbortController();
    const seen: string[] = [];
    await assert.rejects(
      source.follow((each) => {
        if (seen.push(each) === 2) ended.abort();
      }, ended.signal),
      { name: "AbortError" },
    );
    assert.deepEqual(seen, [id, other]);
  });

  test("what an engine answers that is none of this is one problem with its place", async (t) => {
    const host = madeHost(t);
    let answer = "<html>";
    let status = 200;
    await serveEngine(t, host, "d.sock", (_, response) => void response.writeHead(status).end(answer));
    const source = dockerSource(join(host.root, "d.sock"), "docker (d.sock)", 2_000);
    t.after(() => source.close());
    const problem = { code: "events.container-answer", place: "docker (d.sock)" };
    await assert.rejects(source.list(signal), problem);
    status = 500;
    await assert.rejects(source.find(id, signal), problem);
    [status, answer] = [200, "7"];
    assert.deepEqual(await source.list(signal), []);
    assert.equal(await source.find(id, signal), undefined);
    const none = dockerSource(join(host.root, "none.sock"), "docker (none.sock)", 2_000);
    await assert.rejects(none.list(signal), { code: "events.container-runtime", place: "docker (none.sock)" });
  });
});

describe("runtimes of Kubernetes on sockets", () => {
  test("a container with its pod, a sandbox, and what starts", async (t) => {
    const host = madeHost(t);
    await serveCri(t, host, "c.sock", (method, sent) => {
      if (method === "Version") return message([2, "cri-o"]);
      if (method === "ListContainers") return sent.includes(sandboxId.slice(0, 12)) ? Buffer.alloc(0) : criList();
      if (method === "ContainerStatus") return criStatus();
      if (method === "PodSandboxStatus") return sent.includes(other) ? 5 : criSandboxStatus();
      return message([1, id], [2, 1]);
    });
    const source = criSource(join(host.root, "c.sock"), "CRI", 2_000);
    t.after(() => source.close());
    const [facts] = await source.list(signal);
    assert.equal(facts?.runtime, "cri-o");
    assert.equal(facts?.details?.pod?.name, "api-7f9c4-x2x9z");
    assert.equal((await source.find(short, signal))?.fullId, id);
    assert.equal((await source.find(sandboxId, signal))?.details?.sandbox, true);
    assert.equal(await source.find(other, signal), undefined);
    const ended = new AbortController();
    const seen: string[] = [];
    const follow = source.follow((each) => {
      seen.push(each);
      ended.abort();
    }, ended.signal);
    await assert.rejects(follow, { name: "AbortError" });
    assert.deepEqual(seen, [id]);
  });

  test("one that has no such methods has no containers of Kubernetes; a refusal is a problem", async (t) => {
    const host = madeHost(t);
    let status = 12;
    await serveCri(t, host, "c.sock", () => status);
    const source = criSource(join(host.root, "c.sock"), "CRI", 2_000);
    t.after(() => source.close());
    assert.deepEqual(await source.list(signal), []);
    await source.follow(() => undefined, signal);
    status = 7;
    await assert.rejects(source.list(signal), { code: "events.container-answer", place: "CRI" });
    await assert.rejects(
      source.follow(() => undefined, signal),
      { code: "events.container-answer" },
    );
  });
});

describe("files", () => {
  test("docker's are below its data root, wherever that is configured", async (t) => {
    const host = madeHost(t);
    const files = hostFiles(host.root);
    assert.equal(await dockerRoot(files), "/var/lib/docker");
    host.write("etc/docker/daemon.json", { "data-root": "/srv/docker" });
    assert.equal(await dockerRoot(files), "/srv/docker");
    host.write(`srv/docker/containers/${id}/config.v2.json`, dockerConfig);
    host.write(`srv/docker/containers/${id}/hostconfig.json`, dockerHost);
    host.write(`srv/docker/containers/${other}/config.v2.json`, "{");
    host.write("srv/docker/image/overlay2/repositories.json", dockerRepositories);
    const source = dockerFiles(files, "/srv/docker");
    const listed = await source.list(signal);
    assert.deepEqual(
      listed.map(({ fullId, details }) => [fullId, details?.privileged, details?.imageDigest]),
      [[id, true, manifest]],
    );
    assert.equal((await source.find(short, signal))?.fullId, id);
    assert.equal(await source.find(id.slice(0, 5), signal), undefined);
    await assert.rejects(source.find(other, signal), { code: "events.container-file" });
  });

  test("containerd's are by namespace, docker's own left out, with the sandbox beside", async (t) => {
    const host = madeHost(t);
    const tasks = "run/containerd/io.containerd.runtime.v2.task";
    host.write(`${tasks}/k8s.io/${id}/config.json`, spec({ annotations: containerdAnnotations }));
    host.write(`${tasks}/k8s.io/${sandboxId}/config.json`, spec({ linux: { namespaces: [] } }));
    host.write(`${tasks}/default/redis/config.json`, spec());
    host.write(`${tasks}/moby/${other}/config.json`, spec());
    const source = containerdFiles(hostFiles(host.root), "/run/containerd");
    const listed = await source.list(signal);
    assert.deepEqual(listed.map(({ fullId }) => fullId).sort(), [id, sandboxId, "redis"].sort());
    assert.equal((await source.find(short, signal))?.details?.hostNetwork, true);
    assert.equal((await source.find("redis", signal))?.details?.name, "redis");
    assert.equal(await source.find(other, signal), undefined);
  });

  test("podman and CRI-O share theirs, and podman's database is read by our own reader", async (t) => {
    const host = madeHost(t);
    const graph = "var/lib/containers/storage";
    const folder = `${graph}/overlay-containers`;
    host.write(`${folder}/${id}/userdata/config.json`, spec({ annotations: { "io.container.manager": "libpod" } }));
    host.write(`${folder}/containers.json`, [{ id, names: ["api"], image: imageId.slice(7) }]);
    host.write(`${graph}/overlay-images/images.json`, [{ id: imageId.slice(7), digest: manifest }]);
    host.write(`${folder}/${other}/userdata/config.json`, spec({ annotations: crioAnnotations }));
    host.write(`${folder}/${sandboxId}/userdata/config.json`, spec({ annotations: crioSandboxAnnotations }));
    const source = storageFiles(hostFiles(host.root), `/${graph}`);
    const without = await source.find(id, signal);
    assert.deepEqual({ ...without?.details?.labels }, {});
    assert.equal(without?.details?.imageDigest, manifest);

    const database = new DatabaseSync(join(host.root, graph, "db.sql"));
    database.exec(
      "CREATE TABLE ContainerConfig(ID TEXT PRIMARY KEY NOT NULL, Name TEXT, PodID TEXT, JSON TEXT NOT NULL)",
    );
    database.exec("CREATE TABLE ContainerState(ID TEXT PRIMARY KEY NOT NULL, State INTEGER, JSON TEXT NOT NULL)");
    const config = JSON.stringify({ id, name: "web", labels: { tier: "front" } });
    // As bytes, as podman does.
    database.prepare("INSERT INTO ContainerConfig VALUES (?, ?, ?, ?)").run(id, "web", null, Buffer.from(config));
    database
      .prepare("INSERT INTO ContainerState VALUES (?, ?, ?)")
      .run(id, 3, '{"startedTime":"2026-11-28T04:20:14Z"}');
    database.close();
    const facts = await source.find(short, signal);
    assert.equal(facts?.runtime, "podman");
    assert.equal(facts?.details?.name, "web");
    assert.deepEqual({ ...facts?.details?.labels }, { tier: "front" });
    assert.equal(facts?.details?.started, 1_795_839_614_000_000_000n);

    const crio = await source.find(other, signal);
    assert.equal(crio?.runtime, "cri-o");
    assert.deepEqual({ ...crio?.details?.pod?.labels }, { app: "api" });
    assert.equal((await source.list(signal)).length, 3);
    // What a user has is podman's, whatever its annotations say.
    const ofUser = storageFiles(hostFiles(host.root), `/${graph}`, 1_000);
    assert.deepEqual(
      (await ofUser.list(signal)).map(({ runtime }) => runtime),
      ["podman"],
    );
  });

  test("a broken database costs what it says and nothing else", async (t) => {
    const host = madeHost(t);
    host.write("s/overlay-containers/containers.json", [{ id, names: ["api"] }]);
    host.write(`s/overlay-containers/${id}/userdata/config.json`, spec());
    host.write("s/db.sql", "SQLite format 3\0 cut");
    const facts = await storageFiles(hostFiles(host.root), "/s").find(id, signal);
    assert.equal(facts?.details?.name, "api");
  });

  test("a directory is watched, before and after it is there", async (t) => {
    const host = madeHost(t);
    mkdirSync(join(host.root, "run/containerd/io.containerd.runtime.v2.task/k8s.io"), { recursive: true });
    const source = containerdFiles(hostFiles(host.root), "/run/containerd");
    const ended = new AbortController();
    const { promise, resolve } = Promise.withResolvers<string>();
    const follow = source.follow(resolve, ended.signal);
    // Whenever the watch begins: what is made once is seen once it is, and what is made again too.
    const making = setInterval(() => {
      host.write(`run/containerd/io.containerd.runtime.v2.task/k8s.io/${id}`, "");
    }, 20);
    assert.equal(await promise, id);
    clearInterval(making);
    ended.abort();
    await follow;
  });
});

test("a host's sources are those whose sockets are there, and files always; links lead to one", async (t) => {
  const host = madeHost(t);
  await serveEngine(t, host, "run/podman/podman.sock", (_, response) => void response.end("[]"));
  symlinkSync("/run/podman/podman.sock", join(host.root, "run/docker.sock"));
  await serveCri(t, host, "run/crio/crio.sock", () => 12);
  await serveEngine(t, host, "run/user/1000/podman/podman.sock", (_, response) => void response.end("[]"));
  host.write("etc/passwd", "root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\nno:line\n");
  host.write("etc/docker/daemon.json", "{");
  const { sources, sourcesOf } = await hostSources(hostFiles(host.root));
  t.after(() => [...sources, ...sourcesOf(1_000)].forEach((source) => void source.close()));
  assert.deepEqual(
    sources.map(({ place }) => place),
    [
      "CRI (/run/crio/crio.sock)",
      "podman (/run/podman/podman.sock)",
      "containerd's files (/run/containerd/io.containerd.runtime.v2.task)",
      "containerd's files (/run/k3s/containerd/io.containerd.runtime.v2.task)",
      "containerd's files (/var/snap/microk8s/common/run/containerd/io.containerd.runtime.v2.task)",
      "docker's files (/var/lib/docker/containers)",
      "files of podman and CRI-O (/var/lib/containers/storage)",
    ],
  );
  assert.deepEqual(
    sourcesOf(1_000).map(({ place, uid }) => [place, uid]),
    [
      ["podman (/run/user/1000/podman/podman.sock)", 1_000],
      ["files of podman and CRI-O (/home/ann/.local/share/containers/storage)", 1_000],
    ],
  );
  assert.deepEqual(sourcesOf(1_001), []);
});
