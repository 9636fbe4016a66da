import assert from "node:assert/strict";
import { test } from "node:test";
import { Bench } from "./machine.fixture.ts";

const cloexec = 0x1000;

function shell(): Bench {
  const bench = new Bench();
  bench.process(1, 0, { comm: "init" });
  bench.process(10, 1, { comm: "sh", cwd: "/home/shop" });
  return bench;
}

test("names are joined to the working directory, and to the directory that they were opened below", () => {
  const bench = shell();
  assert.equal(bench.on(10, "open", { fd: 3, name: "notes", flags: 1, mode: 0 }).descriptor?.name, "/home/shop/notes");
  const directory = bench.on(10, "openat", { fd: 4, dirfd: -100, name: "/etc", flags: 0x400, mode: 0 });
  assert.equal(directory.descriptor?.kind, "directory");
  const shadow = bench.on(10, "openat2", {
    fd: 5,
    dirfd: 4,
    name: "../etc/./shadow",
    flags: 1,
    mode: 0,
    dev: 8,
    ino: 77n,
  });
  assert.equal(shadow.descriptor?.name, "/etc/shadow");
  assert.equal(shadow.descriptor?.nameRaw, "../etc/./shadow");
  assert.equal(shadow.descriptor?.device, 8);
  assert.equal(shadow.descriptor?.inode, 77n);
  assert.equal(shadow.descriptor?.nameChanged, true);
  assert.equal(shadow.fd, 5);
  assert.equal(bench.thread(10).process.descriptors.get(5)?.nameChanged, false);
  assert.equal(bench.on(10, "openat", { fd: 6, dirfd: 99, name: "x", flags: 1 }).descriptor?.name, "<UNKNOWN>x");
  assert.equal(bench.on(10, "openat", { fd: 7, dirfd: 99, name: "/x", flags: 0x8001 }).descriptor?.overlay, "upper");
  assert.equal(bench.on(10, "creat", { fd: 8, name: "y", mode: 0, creat_flags: 2 }).descriptor?.overlay, "lower");
  assert.equal(
    bench.on(10, "open_by_handle_at", { fd: 9, mountfd: 4, flags: 1, path: "/a/b" }).descriptor?.name,
    "/a/b",
  );
  const failed = bench.on(10, "openat", { fd: -2, dirfd: -100, name: "none", flags: 1 });
  assert.equal(failed.descriptor, undefined);
  assert.equal(failed.result, -2);
});

test("the path that an open reached is the one that was told of the same file right before", () => {
  const bench = shell();
  const told = (name: string, inode: bigint) =>
    bench.machine.descriptor(10, 3, { kind: "file", name, device: 8, inode });
  const open = () =>
    bench.on(10, "openat", { fd: 3, dirfd: -100, name: "/tmp/l", flags: 1, dev: 8, ino: 77n }).descriptor;
  told("/etc/shadow", 77n);
  assert.equal(open()?.reached, "/etc/shadow");
  assert.equal(open()?.name, "/tmp/l");
  assert.equal(open()?.reached, undefined);
  told("/etc/shadow", 78n);
  assert.equal(open()?.reached, undefined);
  told("/tmp/l", 77n);
  assert.equal(open()?.reached, undefined);
  // Inodes come again once their file is gone.
  told("/etc/shadow", 77n);
  bench.on(10, "unlink", { res: 0, path: "/etc/shadow" });
  assert.equal(open()?.reached, undefined);
});

test("the working directory follows chdir, fchdir and getcwd; a failed one changes nothing", () => {
  const bench = shell();
  bench.on(10, "chdir", { res: 0, path: "work" });
  assert.equal(bench.thread(10).process.cwd, "/home/shop/work/");
  bench.on(10, "chdir", { res: -2, path: "nowhere" });
  assert.equal(bench.thread(10).process.cwd, "/home/shop/work/");
  bench.on(10, "open", { fd: 3, name: "/var/log", flags: 0x400 });
  bench.on(10, "fchdir", { res: 0, fd: 3 });
  assert.equal(bench.on(10, "open", { fd: 4, name: "auth.log", flags: 1 }).descriptor?.name, "/var/log/auth.log");
  bench.on(10, "getcwd", { res: 5, path: "/srv" });
  assert.equal(bench.thread(10).process.cwd, "/srv/");
  bench.on(10, "chroot", { res: 0, path: "jail" });
  assert.equal(bench.thread(10).process.root, "/srv/jail");
});

test("copies of a descriptor are one open file, each with its own number and its own way through execve", () => {
  const bench = shell();
  bench.on(10, "open", { fd: 3, name: "/a", flags: 1 | cloexec });
  const copy = bench.on(10, "dup", { res: 4, oldfd: 3 });
  assert.equal(copy.fd, 4);
  assert.equal(copy.descriptor?.name, "/a");
  bench.on(10, "dup2", { res: 0, oldfd: 3, newfd: 0 });
  bench.on(10, "dup3", { res: 5, oldfd: 3, newfd: 5, flags: cloexec });
  bench.on(10, "fcntl", { res: 6, fd: 3, cmd: 1, arg: 6n });
  bench.on(10, "fcntl", { res: 7, fd: 3, cmd: 26, arg: 7n });
  const { descriptors } = bench.thread(10).process;
  assert.deepEqual(
    [0, 3, 4, 5, 6, 7].map((fd) => descriptors.closesOnExec(fd)),
    [false, true, false, true, false, true],
  );
  bench.on(10, "dup2", { res: 3, oldfd: 3, newfd: 3 });
  assert.equal(descriptors.closesOnExec(3), true);
  bench.on(10, "fcntl", { res: 0, fd: 3, cmd: 3, arg: 0n });
  assert.equal(descriptors.closesOnExec(3), false);
  bench.on(10, "dup2", { res: 3, oldfd: 42, newfd: 3 });
  assert.equal(descriptors.get(3), undefined);
});

test("a closed number is still there while its close is looked at, and gone after", () => {
  const bench = shell();
  bench.on(10, "open", { fd: 3, name: "/a", flags: 1 });
  assert.equal(bench.on(10, "close", { res: 0, fd: 3 }).descriptor?.name, "/a");
  assert.deepEqual(bench.open(10), {});
  bench.on(10, "open", { fd: 3, name: "/a", flags: 1 });
  bench.on(10, "close", { res: -9, fd: 3 });
  assert.deepEqual(bench.open(10), { 3: "/a" });
});

test("close_range closes, or has execve close", () => {
  const bench = shell();
  for (const fd of [3, 4, 5, 6]) bench.on(10, "open", { fd, name: `/${fd}`, flags: 1 });
  bench.on(10, "close_range", { res: 0, first: 5, last: 4294967295, flags: 4 });
  bench.on(10, "close_range", { res: 0, first: 3, last: 3, flags: 0 });
  assert.deepEqual(bench.open(10), { 4: "/4", 5: "/5", 6: "/6" });
  const { descriptors } = bench.thread(10).process;
  assert.deepEqual(
    [4, 5, 6].map((fd) => descriptors.closesOnExec(fd)),
    [false, true, true],
  );
});

test("what is open and no file has its kind", () => {
  const bench = shell();
  const kinds = [
    ["eventfd", { res: 20, initval: 0n, flags: 0 }, "event"],
    ["signalfd4", { res: 20, flags: 0, fd: -1, mask: 0 }, "signalfd"],
    ["timerfd_create", { res: 20, clockid: 0, flags: 0 }, "timerfd"],
    ["inotify_init1", { res: 20, flags: 0 }, "inotify"],
    ["epoll_create1", { res: 20, flags: 0 }, "eventpoll"],
    ["userfaultfd", { res: 20, flags: 0 }, "userfault"],
    ["bpf", { fd: 20, cmd: 0 }, "bpf"],
    ["io_uring_setup", { res: 20, entries: 1 }, "iouring"],
    ["memfd_create", { fd: 20, name: "payload", flags: 1 }, "memfd"],
    ["pidfd_open", { fd: 20, pid: 1, flags: 0 }, "pidfd"],
  ] as const;
  for (const [name, values, kind] of kinds) {
    const seen = bench.on(10, name, values);
    assert.equal(seen.descriptor?.kind, kind, name);
    assert.equal(seen.fd, 20, name);
  }
  bench.on(10, "pipe2", { res: 0, fd1: 30, fd2: 31, ino: 9n, flags: 0 });
  assert.equal(bench.thread(10).process.descriptors.get(30)?.kind, "pipe");
  assert.equal(bench.thread(10).process.descriptors.get(31)?.inode, 9n);
});

test("pidfd_getfd takes what another process has open", () => {
  const bench = shell();
  bench.on(1, "open", { fd: 7, name: "/run/secret", flags: 1 });
  bench.on(10, "pidfd_open", { fd: 5, pid: 1, flags: 0 });
  assert.equal(
    bench.on(10, "pidfd_getfd", { fd: 6, pid_fd: 5, target_fd: 7, flags: 0 }).descriptor?.name,
    "/run/secret",
  );
  assert.equal(bench.on(10, "pidfd_getfd", { fd: 6, pid_fd: 5, target_fd: 8, flags: 0 }).descriptor, undefined);
  assert.equal(bench.thread(10).process.descriptors.get(6), undefined);
});
