/** Whatever hostile events hold in texts, the state stays within its bytes, and what is forgotten is counted. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { bounds } from "../bounds.ts";
import { Bench, clone, exec, smallBounds } from "./machine.fixture.ts";

const long = (start: string | number, length = 60_000): string => `${start}`.padEnd(length, "x");
const roomy = { ...smallBounds, threads: 10_000, descriptors: 100_000, descriptorsOfOne: 1_000, containers: 10_000 };

function bench(stateBytes = roomy.stateBytes): Bench {
  const made = new Bench({ bounds: { ...roomy, stateBytes } });
  made.process(1, 0);
  return made;
}

suite("bytes of the state", () => {
  const bytesOf = (of: Bench): number => of.machine.threads.budget.bytes;
  const floods: Readonly<Record<string, (of: Bench, at: number) => void>> = {
    "arguments and environments of processes": (of, at) => {
      of.on(at, "execve", exec(at, 1, "/bin/x", { args: [long(at)], env: [long("A=")] }));
    },
    "arguments of threads of one process": (of, at) => {
      of.on(9, "clone", clone(at, 9, 1, { flags: 0x1_0000 }));
      of.on(at, "clone", clone(0, 9, 1, { tid: at, vtid: at, flags: 0x1_0000, args: [long(at)] }));
    },
    "threads of the first process": (of, at) => {
      of.on(at, "clone", clone(0, 1, 0, { tid: at, vtid: at, flags: 0x1_0000, args: [long(at)] }));
    },
    "environments of processes whose parents are gone": (of, at) => {
      of.on(at, "execve", exec(at, 1, "/bin/x", { env: [long(at)] }));
      of.on(at + 100_000, "clone", clone(0, at + 100_000, at, { vtid: at + 100_000, vpid: at + 100_000 }));
      of.on(at, "procexit", { status: 0, reaper_tid: 1 });
    },
    "names of files": (of, at) => {
      of.on(at % 500, "openat", { fd: at, dirfd: -100, name: `/${long(at, 4_000)}`, flags: 1 });
    },
    "names of memory": (of, at) => {
      of.on(at % 500, "memfd_create", { fd: at, name: long(at), flags: 0 });
    },
    "working directories": (of, at) => {
      of.on(at, "chdir", { res: 0, path: `/${long(at, 8_000)}` });
    },
    "threads that are told of": (of, at) => {
      of.process(at, 1, { args: [long(at)], environment: [long("A=")], cwd: `/${long(at, 5_000)}` });
    },
    "lists of short arguments that fields ask for": (of, at) => {
      of.on(at, "execve", exec(at, 1, "/bin/x", { args: new Array<string>(2_000).fill("") }));
      assert.equal(of.thread(at).args.length, 2_000);
    },
  };
  for (const [what, flood] of Object.entries(floods)) {
    test(what, () => {
      const of = bench();
      for (let at = 1_000; at < 3_000; at++) {
        flood(of, at);
        assert.ok(bytesOf(of) <= roomy.stateBytes + 1_000_000, `${bytesOf(of)} at ${at}`);
      }
      assert.ok(Object.keys(of.machine.evicted).length > 0);
      for (const thread of [...of.machine.threads.values()])
        of.on(thread.tid, "procexit", { status: 0, reaper_tid: 0 });
      assert.equal(of.machine.threads.size, 0);
      assert.equal(bytesOf(of), 0);
    });
  }
});

test("cgroups, users and containers are bounded by their bytes", () => {
  const of = bench(bounds.stateBytes);
  for (let at = 0; at < 3_000; at++) {
    of.on(1_000 + at, "execve", exec(1_000 + at, 1, "/bin/x", { cgroups: [`cpuset=/${long(at, 30_000)}`] }));
    of.machine.user({ id: at, name: long(at), home: long("/") });
  }
  const { evicted } = of.machine;
  assert.ok((evicted.cgroups ?? 0) > 0 && (evicted.users ?? 0) > 0, JSON.stringify(evicted));
  const distinct = new Set([...of.machine.threads.values()].flatMap(({ cgroups }) => cgroups));
  assert.ok([...distinct].reduce((sum, { length }) => sum + length, 0) <= 1.1 * bounds.cgroupBytes);
  for (let at = 0; at < 3_000; at++) {
    const id = at.toString(16).padStart(12, "0").padEnd(64, "0");
    of.on(10_000 + at, "execve", exec(10_000 + at, 1, "/bin/x", { cgroups: [`cpuset=/docker/${id}`] }));
    const details = { name: "c", image: "i", mounts: [], labels: { a: long(at) } };
    of.machine.container({ id: id.slice(0, 12), fullId: id, runtime: "docker", details });
  }
  assert.ok((of.machine.evicted.containers ?? 0) > 0);
  let held = 0;
  for (const { container } of of.machine.threads.values()) {
    if (typeof container === "object") held += container.details?.labels.a?.length ?? 0;
  }
  assert.ok(held <= bounds.containersBytes, String(held));
});

test("users that were removed take no room, and those of another container are others", () => {
  const of = bench();
  for (let at = 0; at < 250_000; at++) {
    const container = `c${at}`;
    of.machine.user({ id: 7, name: "u" }, container);
    of.on(1, "userdeleted", { uid: 7, gid: 7, name: "u", home: "", shell: "", container_id: container });
  }
  assert.deepEqual(of.machine.evicted, {});
  of.machine.user({ id: 7, name: "u" }, "one");
  assert.equal(of.machine.userOf(7, "one")?.name, "u");
  assert.equal(of.machine.userOf(7, undefined), undefined);
});

test("a process that has the id of a main thread that is over outlives the other threads of that one", () => {
  const of = bench();
  of.process(20, 1);
  of.on(20, "clone", clone(0, 20, 1, { tid: 21, vtid: 21, flags: 0x1_0000 }));
  of.on(20, "procexit", { status: 0, reaper_tid: 1 });
  of.process(20, 1, { comm: "other" });
  const { process } = of.thread(20);
  of.seconds += 10;
  of.on(20, "clone", clone(0, 20, 1, { vtid: 20, vpid: 20, comm: "third" }));
  assert.notEqual(of.thread(20).process, process);
  of.on(21, "procexit", { status: 0, reaper_tid: 1 });
  assert.equal(of.machine.threadOf(20)?.comm, "third");
  assert.equal(of.machine.threadOf(21), undefined);
});
