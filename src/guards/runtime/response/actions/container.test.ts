import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { madeHost, serveCri, serveEngine } from "../../../../collect/runtime/containers/made-host.fixture.ts";
import { id, message } from "../../../../engines/events/containers/documents.fixture.ts";
import type { ContainerFacts } from "../../../../engines/events/containers/model.ts";
import { prepareContainer, undoContainer } from "./container.ts";
import { engineRuntime } from "./engine.ts";

const facts = (runtime: ContainerFacts["runtime"]): ContainerFacts => ({
  id: id.slice(0, 12),
  fullId: id,
  runtime,
  details: { name: "api", image: "", mounts: [], labels: {} },
});

/** As dockerd answers: 204 for what it did, 304 and 409 for what is so or cannot be. */
async function docker(t: TestContext, options: { readonly ignores?: boolean; readonly name?: string } = {}) {
  const host = madeHost(t);
  const asked: string[] = [];
  let state = "running";
  const becomes: Readonly<Record<string, string>> = {
    pause: "paused",
    unpause: "running",
    stop: "exited",
    kill: "exited",
    start: "running",
  };
  await serveEngine(t, host, "run/docker.sock", ({ method, url = "" }, response) => {
    const [, of, what = ""] = /^\/containers\/([^/]+)\/([a-z]+)/.exec(url) ?? [];
    if (of !== id) return void response.writeHead(404).end('{"message":"No such container"}');
    if (method === "GET") {
      return void response.end(JSON.stringify({ Id: options.name ?? id, State: { Status: state } }));
    }
    asked.push(url.replace(id, "ID"));
    const next = becomes[what] ?? state;
    if (what === "pause" && state === "paused") return void response.writeHead(409).end('{"message":"already paused"}');
    if (next === state) return void response.writeHead(304).end();
    if (options.ignores !== true) state = next;
    response.writeHead(204).end();
  });
  return { host, asked, set: (next: string) => (state = next), state: () => state };
}

test("docker's answers are taken for what they are: its state afterwards tells", async (t) => {
  const { host, asked, state } = await docker(t);
  const pause = await prepareContainer("pause", facts("docker"), host.root);
  assert.deepEqual([pause.target, asked], ["container 3e6a75783e6a (api)", []]);
  const acted = await pause.act();
  assert.equal(acted.undoCommand, `docker unpause ${id}`);
  assert.equal((await prepareContainer("pause", facts("docker"), host.root)).settled, "unchanged");
  // Somebody else did it meanwhile: 409, and it is so.
  await pause.act();
  assert.equal(state(), "paused");
  assert.ok(acted.undo?.kind === "container");
  await undoContainer(acted.undo);
  await undoContainer(acted.undo);
  const kill = await prepareContainer("stop", facts("docker"), host.root);
  await kill.act();
  assert.equal((await prepareContainer("killContainer", facts("docker"), host.root)).settled, "gone");
  assert.deepEqual(asked, [...["pause", "pause", "unpause", "stop?t=5"].map((what) => `/containers/ID/${what}`)]);
  await assert.rejects(undoContainer(acted.undo), /has ended meanwhile/);
});

test("a paused container cannot end itself: it is killed", async (t) => {
  const { host, asked, set } = await docker(t);
  set("paused");
  const stop = await prepareContainer("stop", facts("docker"), host.root);
  await stop.act();
  assert.deepEqual(asked, ["/containers/ID/kill?signal=KILL"]);
});

test("an engine that says it did and did not is not believed", async (t) => {
  const { host } = await docker(t, { ignores: true });
  const engine = engineRuntime(join(host.root, "run/docker.sock"), "docker", [0, 1]);
  t.after(engine.close);
  await assert.rejects(engine.pause(id), /pause was answered 204 and nothing came of it/);
});

test("a container whose name is like the id is another one", async (t) => {
  const { host } = await docker(t, { name: "b".repeat(64) });
  assert.equal((await prepareContainer("pause", facts("docker"), host.root)).settled, "gone");
});

const RUNNING = 1;
const EXITED = 2;

test("by CRI a container is stopped with its time, killed without any, and never paused", async (t) => {
  const host = madeHost(t);
  const stops: Buffer[] = [];
  let state = RUNNING;
  await serveCri(t, host, "run/containerd/containerd.sock", (method, sent) => {
    if (method === "ContainerStatus") return message([1, message([1, id], [3, state])]);
    if (method !== "StopContainer") return 12;
    stops.push(sent);
    state = EXITED;
    return Buffer.alloc(0);
  });
  const pause = await prepareContainer("pause", facts("containerd"), host.root);
  await assert.rejects(pause.act(), /CRI\) cannot pause containers/);
  const stop = await prepareContainer("stop", facts("containerd"), host.root);
  assert.deepEqual(await stop.act(), { reason: "the kubelet starts it again, by the pod's restart policy" });
  state = RUNNING;
  await (await prepareContainer("killContainer", facts("containerd"), host.root)).act();
  assert.deepEqual(stops, [message([1, id], [2, 5]), message([1, id], [2, 0])]);
  assert.equal((await prepareContainer("stop", facts("containerd"), host.root)).settled, "gone");
});

test("a runtime that refuses to stop, or leaves it running, is told", async (t) => {
  const host = madeHost(t);
  let answer: Buffer | number = 7;
  await serveCri(t, host, "run/crio/crio.sock", (method) =>
    method === "ContainerStatus" ? message([1, message([1, id], [3, RUNNING])]) : answer,
  );
  const stop = await prepareContainer("stop", facts("cri-o"), host.root);
  await assert.rejects(stop.act(), /refuses StopContainer \(gRPC status 7\)/);
  for (answer of [12, 5, Buffer.alloc(0)]) await assert.rejects(stop.act(), /still runs/);
});

test("where no socket is there, it is said what would serve one", async (t) => {
  const { root } = madeHost(t);
  await assert.rejects(prepareContainer("stop", facts("containerd"), root), {
    code: "response.failed",
    remedy: "mount /run/containerd/containerd.sock for it",
  });
});
