import assert from "node:assert/strict";
import { test } from "node:test";
import type { ContainerFacts } from "../containers/model.ts";
import { SyscallEvent } from "../event.ts";
import { Descriptors, newBudget } from "../state/descriptors.ts";
import { Process, Thread } from "../state/thread.ts";
import { codes } from "../types/codes.ts";
import { createContainerSessions } from "./container-sessions.ts";

const container: ContainerFacts = {
  id: "34df34df34df",
  fullId: "34df".repeat(16),
  runtime: "containerd",
  podUid: "u-1",
};
const other: ContainerFacts = { ...container, id: "aaaaaaaaaaaa" };
const budget = newBudget(100);

/** A process and the words that it runs. */
function processOf(
  pid: number,
  parent: Thread | undefined,
  inside: ContainerFacts | "host",
  ...words: string[]
): Thread {
  const thread = new Thread(pid, new Process(pid, new Descriptors(budget)));
  thread.setParent(parent);
  thread.container = inside;
  run(thread, ...words);
  return thread;
}

function run(thread: Thread, ...words: string[]): void {
  const [exe = "", ...args] = words;
  thread.exe = exe;
  thread.args = args;
}

function eventOf(thread: Thread, code: number, seconds = 5): SyscallEvent {
  const event = new SyscallEvent();
  return Object.assign(event, { thread, code, seconds, nanoseconds: 7, result: 0 });
}

function world() {
  const sessions = createContainerSessions();
  const shim = processOf(10, undefined, "host", "containerd-shim");
  const exec = (thread: Thread, seconds?: number) => sessions.event(eventOf(thread, codes.execve, seconds));
  const fork = (thread: Thread) => sessions.event(eventOf(thread, codes.clone));
  return { sessions, shim, exec, fork };
}

const bash = { pid: 20, isMain: false, command: ["bash", "-i"], started: 5_000_000_007n, podUid: "u-1" };

test("what enters a container from outside is a session, and so is all that comes of it", () => {
  const { sessions, shim, exec, fork } = world();
  const runc = processOf(20, shim, container, "runc", "init");
  exec(runc, 4);
  run(runc, "bash", "-i");
  exec(runc);
  assert.deepEqual(sessions.of(runc), bash);
  const child = processOf(21, runc, container, "curl");
  fork(child);
  exec(child);
  assert.equal(sessions.of(child), sessions.of(runc));
  // It executes another program itself.
  run(runc, "python3");
  exec(runc, 9);
  assert.deepEqual(sessions.of(runc), bash);
  assert.equal(sessions.of(shim), undefined);
});

test("a process stays in its session whoever its parent becomes", () => {
  const { sessions, shim, exec, fork } = world();
  const init = processOf(11, shim, container, "node");
  init.vpid = 1;
  exec(init);
  const shell = processOf(20, shim, container, "bash", "-i");
  exec(shell);
  const middle = processOf(21, shell, container, "bash", "-i");
  fork(middle);
  const late = processOf(22, middle, container, "bash", "-i");
  fork(late);
  late.setParent(init);
  run(late, "nc", "-e", "sh");
  exec(late);
  assert.deepEqual(sessions.of(late), bash);
  assert.equal(sessions.of(init)?.isMain, true);
});

test("what was there before is told by what is known of it, and what nobody knows by nothing", () => {
  const { sessions, shim } = world();
  const init = processOf(11, shim, container, "node", "server.js");
  init.vpid = 1;
  init.started = 3n;
  const child = processOf(12, init, container, "sh");
  assert.deepEqual(sessions.of(child), {
    pid: 11,
    isMain: true,
    command: ["node", "server.js"],
    started: 3n,
    podUid: "u-1",
  });
  const unknown = processOf(30, undefined, container);
  unknown.known = false;
  assert.equal(sessions.of(unknown), undefined);
  const host = processOf(31, undefined, "host", "sshd");
  assert.equal(sessions.of(host), undefined);
});

test("a container in a container, and an exec that failed, begin no session of the one above", () => {
  const { sessions, shim, exec } = world();
  const outer = processOf(20, shim, container, "bash", "-i");
  sessions.event(Object.assign(eventOf(outer, codes.execve, 2), { result: -2 }));
  exec(outer);
  assert.deepEqual(sessions.of(outer), bash);
  const inner = processOf(40, outer, other, "sh");
  exec(inner, 6);
  assert.deepEqual([sessions.of(inner)?.pid, sessions.of(inner)?.started], [40, 6_000_000_007n]);
});
