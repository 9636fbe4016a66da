import { test } from "node:test";
import { assertFields, eventOf, open, processOf } from "./event.fixture.ts";

const thread = processOf(10, {});
thread.process.cwd = "/srv/";
open(thread, 5, { kind: "directory", name: "/var/lib" });

test("the path of an event is told whole and as it was passed", () => {
  assertFields(eventOf("unlinkat", { dirfd: 5, name: "../log/auth.log" }, { thread, result: 0 }), {
    "fs.path.name": "/var/log/auth.log",
    "fs.path.nameraw": "../log/auth.log",
    "fs.path.source": undefined,
    "evt.abspath": "/var/log/auth.log",
  });
  assertFields(eventOf("mkdir", { path: "a" }, { thread, result: 0 }), { "fs.path.name": "/srv/a" });
  assertFields(eventOf("unlinkat", { dirfd: -100, name: "a" }, { thread, result: 0 }), { "fs.path.name": "/srv/a" });
  assertFields(eventOf("unlinkat", { dirfd: 99, name: "a" }, { thread, result: 0 }), { "fs.path.name": "<UNKNOWN>a" });
  assertFields(eventOf("umount2", { name: "/mnt//x/" }, { thread, result: 0 }), {
    "fs.path.name": "/mnt/x",
    "fs.path.nameraw": "/mnt//x/",
  });
  const descriptor = { kind: "file", name: "/etc/shadow" } as const;
  assertFields(eventOf("fchmod", { fd: 3 }, { thread, descriptor, result: 0 }), { "fs.path.name": "/etc/shadow" });
});

test("what failed has no such path, save an attempt to open, and where it is asked for the parameters", () => {
  const event = eventOf("unlinkat", { dirfd: 5, name: "x" }, { thread, result: -2 });
  assertFields(event, { "fs.path.name": undefined, "fs.path.nameraw": undefined, "evt.abspath": "/var/lib/x" });
  assertFields(eventOf("open", { name: "x" }, { thread, result: -13 }), { "fs.path.name": "/srv/x" });
  assertFields(eventOf("open", { name: "x" }, { thread, result: -1 }), { "fs.path.name": undefined });
  assertFields(eventOf("read", {}, { thread, result: 1 }), { "fs.path.name": undefined, "evt.abspath": undefined });
  assertFields(eventOf("mkdir", {}, { thread, result: 0 }), { "fs.path.name": undefined });
});

test("of two paths one is the source and one the target", () => {
  const renamed = { olddirfd: 5, oldpath: "a", newdirfd: -100, newpath: "b" };
  assertFields(eventOf("renameat2", renamed, { thread, result: 0 }), {
    "fs.path.name": undefined,
    "fs.path.source": "/var/lib/a",
    "fs.path.sourceraw": "a",
    "fs.path.target": "/srv/b",
    "fs.path.targetraw": "b",
    "evt.abspath": "/var/lib/a",
    "evt.abspath.src": "/var/lib/a",
    "evt.abspath.dst": "/srv/b",
  });
  assertFields(
    eventOf("linkat", { olddir: -100, oldpath: "/etc/shadow", newdir: 5, newpath: "s" }, { thread, result: 0 }),
    {
      "fs.path.source": "/var/lib/s",
      "fs.path.target": "/etc/shadow",
    },
  );
  assertFields(eventOf("mount", { dev: "/dev/sda1", dir: "mnt" }, { thread, result: 0 }), {
    "fs.path.source": "/dev/sda1",
    "fs.path.target": "/srv/mnt",
  });
});

test("what a link leads to starts from the link, not from where the process works", () => {
  assertFields(
    eventOf("symlinkat", { target: "../../etc/shadow", linkdirfd: 5, linkpath: "s" }, { thread, result: 0 }),
    {
      "fs.path.source": "/var/lib/s",
      "fs.path.target": "/etc/shadow",
      "fs.path.targetraw": "../../etc/shadow",
    },
  );
  assertFields(eventOf("symlink", { target: "passwd", linkpath: "/etc/x" }, { thread, result: 0 }), {
    "fs.path.target": "/etc/passwd",
  });
});
