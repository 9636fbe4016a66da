/**
 * Random events, and a model of what they do that shares no code with the state: plain maps that every fork copies. Both must
 * say the same of each process's descriptors, parent and working directory.
 */
import assert from "node:assert/strict";
import { Bench, clone, exec } from "./machine.fixture.ts";

interface NaiveProcess {
  parent: number;
  cwd: string;
  comm: string;
  open: Map<number, { name: string; closing: boolean }>;
}

/** The same numbers for the same seed. */
export function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** @returns how many processes there were at the end */
export function compareWithNaive(seed: number, events: number): number {
  const random = randomOf(seed);
  const bench = new Bench();
  const all = new Map<number, NaiveProcess>();
  bench.process(1, 0, { comm: "init" });
  all.set(1, { parent: 0, cwd: "/", comm: "init", open: new Map() });
  let nextPid = 2;
  for (let count = 0; count < events; count++) {
    bench.seconds += random(2);
    const pids = [...all.keys()];
    const pid = pids[random(pids.length)] ?? 1;
    const own = all.get(pid);
    assert.ok(own !== undefined);
    const fd = random(12);
    switch (random(9)) {
      case 0: {
        if (all.size > 40) break;
        const child = nextPid++;
        const order = random(3);
        if (order !== 2) bench.on(pid, "clone", clone(child, pid, own.parent));
        if (order !== 1) bench.on(child, "clone", clone(0, child, pid, { vtid: child, vpid: child }));
        if (order === 2) bench.on(pid, "clone", clone(child, pid, own.parent));
        const open = new Map([...own.open].map(([number, file]) => [number, { ...file }]));
        all.set(child, { parent: pid, cwd: own.cwd, comm: "sh", open });
        break;
      }
      case 1: {
        bench.on(pid, "execve", exec(pid, own.parent, `/bin/x${count}`));
        own.comm = `x${count}`;
        for (const [number, { closing }] of own.open) if (closing) own.open.delete(number);
        break;
      }
      case 2: {
        if (pid === 1) break;
        bench.on(pid, "procexit", { status: 0 });
        for (const other of all.values()) if (other.parent === pid) other.parent = 1;
        all.delete(pid);
        break;
      }
      case 3:
      case 4: {
        const closing = random(2) === 1;
        bench.on(pid, "openat", { fd, dirfd: -100, name: `f${count}`, flags: closing ? 0x1000 : 0 });
        own.open.set(fd, { name: `${own.cwd === "/" ? "" : own.cwd}/f${count}`, closing });
        break;
      }
      case 5: {
        const there = own.open.has(fd);
        bench.on(pid, "close", { res: there ? 0 : -9, fd });
        own.open.delete(fd);
        break;
      }
      case 6: {
        const to = random(12);
        const file = own.open.get(fd);
        bench.on(pid, "dup2", { res: file === undefined ? -9 : to, oldfd: fd, newfd: to });
        if (file !== undefined && to !== fd) own.open.set(to, { name: file.name, closing: false });
        break;
      }
      case 7: {
        bench.on(pid, "chdir", { res: 0, path: `/d${count}` });
        own.cwd = `/d${count}`;
        break;
      }
      default: {
        const seen = bench.on(pid, "read", { res: 0, data: "", fd, size: 0 });
        assert.equal(seen.descriptor?.name, own.open.get(fd)?.name);
      }
    }
  }
  assert.equal(bench.machine.threads.size, all.size);
  for (const [pid, own] of all) {
    const thread = bench.thread(pid);
    assert.equal(thread.parent?.process.pid ?? 0, own.parent, `parent of ${pid}`);
    assert.equal(thread.comm, own.comm);
    assert.equal(thread.process.cwd, own.cwd === "/" ? "/" : `${own.cwd}/`);
    assert.deepEqual(bench.open(pid), Object.fromEntries([...own.open].map(([number, { name }]) => [number, name])));
    for (const [number, { closing }] of own.open) {
      assert.equal(thread.process.descriptors.closesOnExec(number), closing, `${pid}: ${number}`);
    }
  }
  const held = new Set<unknown>();
  let entries = 0;
  for (const thread of bench.machine.threads.values()) {
    const table = Reflect.get(thread.process.descriptors, "low");
    if (!held.has(table)) entries += thread.process.descriptors.size;
    held.add(table);
  }
  assert.equal(bench.machine.threads.budget.held, entries, "descriptors that are counted");
  return all.size;
}

/** Events without order or sense: any code, any thread, parameters cut anywhere. Returns what is held at the end. */
export function feedNonsense(bench: Bench, seed: number, events: number): void {
  const random = randomOf(seed);
  const { event } = bench;
  const bytes = Buffer.alloc(2_048);
  for (let at = 0; at < bytes.length; at++) bytes[at] = random(4) === 0 ? random(256) : 0;
  event.bytes = bytes;
  for (let count = 0; count < events; count++) {
    event.code = random(460);
    event.tid = random(400);
    event.parameters = random(32);
    event.seconds = 1_700_000_000 + (count >> 10);
    let at = random(64);
    for (let index = 0; index < event.parameters; index++) {
      const length = [8, 8, 8, 4, 4, 2, 1, 0, 19, 37, 30][random(11)] ?? 0;
      event.starts[index] = at;
      event.lengths[index] = length;
      at += length;
    }
    // Results that make sense now and then: a small number of eight bytes in front.
    if (random(3) !== 0) bytes.fill(0, event.starts[0] ?? 0, (event.starts[0] ?? 0) + 8);
    bytes[event.starts[0] ?? 0] = random(200);
    bench.machine.event(event);
  }
}
