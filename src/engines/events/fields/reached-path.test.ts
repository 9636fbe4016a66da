import { test } from "node:test";
import { makeDescriptor } from "../state/descriptor.ts";
import { codes } from "../types/codes.ts";
import { assertFields, eventOf, open, processOf } from "./event.fixture.ts";

const thread = processOf(10, {});
thread.process.cwd = "/etc/";
open(thread, 5, { kind: "directory", name: "/proc/self/root" });
open(thread, 6, { kind: "file", name: "/etc/shadow" });

/** `O_RDONLY`, `O_WRONLY` and `O_CREAT` as events have them. */
const [READ, WRITE, CREATE] = [1, 2, 4];

test("a path that is opened is read, changed or both", () => {
  const opened = (flags: number) => eventOf("openat", { dirfd: -100, name: "shadow", flags }, { thread, result: 3 });
  assertFields(opened(READ), { "fs.path.read": "/etc/shadow", "fs.path.changed": undefined });
  assertFields(opened(WRITE), { "fs.path.read": undefined, "fs.path.changed": "/etc/shadow" });
  assertFields(opened(READ | WRITE), { "fs.path.read": "/etc/shadow", "fs.path.changed": "/etc/shadow" });
  assertFields(opened(READ | CREATE), { "fs.path.changed": "/etc/shadow" });
  assertFields(eventOf("creat", { name: "shadow" }, { thread, result: -13 }), { "fs.path.changed": "/etc/shadow" });
  assertFields(eventOf("read", {}, { thread, result: 1 }), { "fs.path.read": undefined, "fs.path.changed": undefined });
});

test("other names of a file are ways to it", () => {
  const renamed = { olddirfd: -100, oldpath: "shadow", newdirfd: -100, newpath: "/tmp/s" };
  assertFields(eventOf("renameat2", renamed, { thread, result: 0 }), {
    "fs.path.read": "/etc/shadow",
    "fs.path.changed": "/tmp/s",
  });
  assertFields(eventOf("symlink", { target: "../etc/shadow", linkpath: "/tmp/s" }, { thread, result: 0 }), {
    "fs.path.read": "/etc/shadow",
    "fs.path.changed": "/tmp/s",
  });
  assertFields(eventOf("mount", { dev: "/tmp/s", dir: "shadow" }, { thread, result: 0 }), {
    "fs.path.read": "/tmp/s",
    "fs.path.changed": "/etc/shadow",
  });
  assertFields(eventOf("mknodat", { dirfd: -100, path: "n" }, { thread, result: 0 }), { "fs.path.changed": "/etc/n" });
});

test("magic links are followed where it is known what they lead to", () => {
  const read = (name: string, dirfd = -100) => eventOf("openat", { dirfd, name, flags: READ }, { thread, result: 3 });
  for (const name of [
    "/proc/self/root/etc/shadow",
    "/proc/thread-self/root/proc/1/root/etc/shadow",
    "//proc/./self//root/etc/../etc/shadow",
    "/host/proc/1/task/1/root/etc/shadow",
    "/proc/self/cwd/shadow",
    "/proc/10/cwd/../etc/shadow",
    "/proc/self/fd/6",
    "/dev/fd/6",
    "/dev/fd/5/etc/shadow",
  ])
    assertFields(read(name), { "fs.path.read": "/etc/shadow" });
  assertFields(read("etc/shadow", 5), { "fs.path.read": "/etc/shadow" });
  assertFields(read("/proc/self/root"), { "fs.path.read": "/" });
  assertFields(read("/proc/77/cwd/shadow"), { "fs.path.read": "/proc/77/cwd/shadow" });
  assertFields(read("/proc/77/fd/6"), { "fs.path.read": "/proc/77/fd/6" });
  assertFields(read("/proc/self/fd/9"), { "fs.path.read": "/proc/self/fd/9" });
  assertFields(read("/proc/meminfo"), { "fs.path.read": "/proc/meminfo" });
});

test("a link of procfs that leads to itself ends", () => {
  open(thread, 7, { kind: "file", name: "/proc/self/fd/7" });
  open(thread, 8, { kind: "directory", name: "/dev/fd/9" });
  open(thread, 9, { kind: "directory", name: "/dev/fd/8/x" });
  const read = (name: string) => eventOf("open", { name, flags: READ }, { thread, result: 3 });
  assertFields(read("/proc/self/fd/7"), { "fs.path.read": "/proc/self/fd/7" });
  assertFields(read("/dev/fd/9"), { "fs.path.read": "/dev/fd/9/x/x/x/x" });
});

test("the path that an open reached is told where the sensor knows it", () => {
  const event = eventOf("openat", { dirfd: -100, name: "/tmp/l", flags: READ }, { thread, result: 3 });
  assertFields(event, { "fs.path.reached": undefined });
  event.descriptor = Object.assign(makeDescriptor("file", "/tmp/l"), { reached: "/etc/shadow" });
  assertFields(event, { "fs.path.reached": "/etc/shadow", "fs.path.read": "/tmp/l" });
  event.code = codes.read;
  assertFields(event, { "fs.path.reached": undefined });
});
