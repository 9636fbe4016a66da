import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { Problem } from "../../../core/problem.ts";
import { id, pod, podUid } from "../../../engines/events/containers/documents.fixture.ts";
import type { ContainerFacts } from "../../../engines/events/containers/model.ts";
import { readPod } from "../../../engines/events/containers/pods.ts";
import { factsOf } from "../../../engines/events/containers/values.ts";
import type { PodSource } from "./pod-source.ts";
import type { ContainerSource } from "./source.ts";
import { type ContainerWatchOptions, watchContainers } from "./watch.ts";

const tries = [0, 1, 1, 1];
const one = "1".repeat(64);
const two = "2".repeat(64);

function facts(fullId: string, name: string, runtime: ContainerFacts["runtime"] = "containerd"): ContainerFacts {
  return factsOf(fullId, runtime, { name, image: "shop/api:2.0", mounts: [], labels: {} });
}

function inPod(fullId: string): ContainerFacts {
  const known = facts(fullId, "api");
  const details = { ...known.details, pod: { name: "x", namespace: "shop", uid: podUid, labels: {} } };
  return { ...known, details } as ContainerFacts;
}

function unknown(fullId: string, runtime: ContainerFacts["runtime"] = "containerd"): ContainerFacts {
  return factsOf(fullId, runtime, undefined);
}

interface Fake extends ContainerSource {
  readonly known: Map<string, ContainerFacts>;
  readonly asked: string[];
  broken: boolean;
  changed: (id: string) => void;
}

function fake(place: string, known: readonly ContainerFacts[] = [], more: Partial<ContainerSource> = {}): Fake {
  const source: Fake = {
    place,
    runtimes: ["containerd"],
    known: new Map(known.map((each) => [each.fullId, each])),
    asked: [],
    broken: false,
    changed: () => undefined,
    async list() {
      refuse();
      return [...source.known.values()];
    },
    async find(asked) {
      source.asked.push(asked);
      refuse();
      return source.known.get(asked);
    },
    async follow(changed, signal) {
      source.changed = changed;
      await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    },
    close() {},
    ...more,
  };
  const refuse = () => {
    if (source.broken)
      throw new Problem({ kind: "unavailable", code: "events.container-runtime", place, cause: "gone" });
  };
  return source;
}

function watching(t: TestContext, options: Omit<ContainerWatchOptions, "onFacts">) {
  const told: string[] = [];
  const problems: string[] = [];
  const watch = watchContainers({
    tries,
    onProblem: (problem) => void problems.push(problem.line()),
    ...options,
    onFacts: (known, settled) =>
      void told.push(
        `${known.id.slice(0, 1)} ${known.details?.name} ${known.runtime}${known.uid === undefined ? "" : ` of ${known.uid}`}${settled ? "" : " …"}`,
      ),
  });
  t.after(() => watch.close());
  const until = async (is: () => boolean) => {
    while (!is()) await setTimeout(1);
  };
  return { watch, told, problems, until };
}

describe("what is known of containers", () => {
  test("first what there is, each by the source that knows the most", async (t) => {
    const socket = fake("socket", [facts(one, "by-socket")]);
    const files = fake("files", [facts(one, "by-files"), facts(two, "alone")]);
    const { watch, told } = watching(t, { sources: [socket, files] });
    await watch.begun;
    assert.deepEqual(told, ["1 by-socket containerd", "2 alone containerd"]);
  });

  test("then what starts, and what an event names, once it is written down", async (t) => {
    const source = fake("socket");
    const { watch, told, until } = watching(t, { sources: [source], tries: [0, 1, 1, 100_000] });
    await watch.begun;
    watch.ask(unknown(one));
    watch.ask(unknown(one));
    assert.equal(watch.counts().asked, 1);
    await until(() => source.asked.length === 2);
    source.known.set(one, facts(one, "late"));
    await until(() => told.length === 1);
    source.known.set(two, facts(two, "started"));
    source.changed(two);
    await until(() => told.length === 2);
    assert.deepEqual(told, ["1 late containerd", "2 started containerd"]);
  });

  test("whom nobody knows is given up, until somebody tells of it", async (t) => {
    const source = fake("socket");
    const { watch, told, until } = watching(t, { sources: [source] });
    watch.ask(unknown(one));
    await until(() => watch.counts().given === 1);
    assert.equal(source.asked.length, tries.length);
    watch.ask(unknown(one));
    assert.equal(watch.counts().asked, 0);
    source.known.set(one, facts(one, "api"));
    source.changed(one);
    await until(() => told.length === 1);
    assert.equal(watch.counts().given, 0);
  });

  test("those of its runtime are asked first, and the others too", async (t) => {
    const docker = fake("docker", [], { runtimes: ["docker"] });
    const podman = fake("podman", [], { runtimes: ["podman"] });
    const { watch, told, until } = watching(t, { sources: [docker, podman] });
    await watch.begun;
    podman.known.set(one, facts(one, "a", "podman"));
    watch.ask(unknown(one, "podman"));
    await until(() => told.length === 1);
    assert.deepEqual([docker.asked.length, podman.asked.length], [0, 1]);
    // A path that names no runtime.
    podman.known.set(two, facts(two, "b", "podman"));
    watch.ask(unknown(two, "docker"));
    await until(() => told.length === 2);
    assert.deepEqual(told, ["1 a podman", "2 b podman"]);
  });

  test("one that breaks is told once, the others go on, and it counts again", async (t) => {
    const socket = fake("socket", [facts(one, "by-socket")]);
    const files = fake("files", [facts(one, "by-files")]);
    socket.broken = true;
    const { watch, told, problems, until } = watching(t, { sources: [socket, files] });
    await watch.begun;
    watch.ask(unknown(two));
    await until(() => watch.counts().given === 1);
    assert.deepEqual(problems, ["events.container-runtime: socket: gone"]);
    assert.deepEqual(told, ["1 by-files containerd"]);
    socket.broken = false;
    socket.changed(one);
    await until(() => told.length === 2);
    assert.deepEqual(told[1], "1 by-socket containerd");
  });
});

describe("users", () => {
  const of = (uid: number, container: ContainerFacts): ContainerFacts => ({ ...container, uid });

  function users(t: TestContext, root: Fake) {
    const asked: number[] = [];
    const sourcesOf = (uid: number) => {
      asked.push(uid);
      return uid === 1_000 ? [fake("ann's", [facts(one, "ann", "podman")], { runtimes: ["podman"], uid })] : [];
    };
    return { ...watching(t, { sources: [root], sourcesOf }), asked };
  }

  test("speak for containers of their own slice alone", async (t) => {
    const { watch, told, until, asked } = users(t, fake("socket"));
    watch.ask(unknown(one, "podman"));
    await until(() => watch.counts().given === 1);
    watch.ask(of(1_001, unknown(one, "podman")));
    await until(() => watch.counts().given === 2);
    // Of another runtime they have none.
    watch.ask(of(1_000, unknown(one, "docker")));
    await until(() => watch.counts().given === 3);
    assert.deepEqual(told, []);
    assert.deepEqual([...new Set(asked)], [1_001, 1_000]);
  });

  test("are believed of theirs, and root's runtimes are not: a cgroup of that slice may have any name", async (t) => {
    const root = fake("socket", [facts(one, "root's")]);
    const { watch, told, until } = users(t, root);
    await watch.begun;
    watch.ask(of(1_000, unknown(one, "podman")));
    await until(() => told.length === 2);
    watch.ask(of(1_000, unknown(two, "podman")));
    await until(() => watch.counts().given === 1);
    assert.deepEqual(told, ["1 root's containerd", "1 ann podman of 1000"]);
    assert.deepEqual(root.asked, []);
  });
});

describe("pods", () => {
  function pods(known: boolean): PodSource & { known: boolean } {
    const source = {
      place: "kubelet",
      known,
      find: async () => (source.known ? readPod(pod()) : undefined),
      close() {},
    };
    return source;
  }

  test("what the kubelet does not know yet is told without, and again", async (t) => {
    const kubelet = pods(false);
    const options = { sources: [fake("socket", [inPod(id)])], pods: kubelet, tries: [0, 1, 1, 100_000] };
    const { watch, told, until } = watching(t, options);
    await until(() => told.length === 2);
    kubelet.known = true;
    await until(() => told.length === 3 || told.length === 4);
    await watch.begun;
    assert.equal(told[0], "3 api containerd …");
    assert.equal(told.at(-1), "3 api containerd");
  });

  test("what it never knows is settled as it is, and what is in no pod at once", async (t) => {
    const { watch, told, until } = watching(t, {
      sources: [fake("socket", [inPod(id), facts(one, "alone")])],
      pods: pods(false),
    });
    await until(() => watch.counts().asked === 0 && told.length > tries.length);
    assert.equal(told.at(-1), "3 api containerd");
    assert.ok(told.includes("1 alone containerd"));
  });

  test("a container that no runtime tells of is told by its pod", async (t) => {
    const { watch, told, until } = watching(t, { sources: [], pods: pods(true) });
    watch.ask(unknown(id));
    await until(() => told.length === 1);
    assert.deepEqual(told, ["3 api containerd"]);
  });
});
