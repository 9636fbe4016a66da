import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { syscallByName } from "../../src/engines/events/types/syscalls.ts";
import { buildConverter, type Converter, type ReadFrames, readFrames, withoutCompiler } from "./convert.ts";
import {
  cgroupRecord,
  descriptorText,
  processRecord,
  recordKinds,
  roles,
  type SyscallRecord,
  states,
  syscallRecord,
} from "./record.ts";

const architecture = process.arch === "arm64" ? "arm64" : "x86_64";
const AT_FDCWD = -100;
const id = "3ad7b26ded6d8e7b23da7d48fe889434573036c27ae5a74837233de441c3601e";

/** The kernel's number of a call. */
function call(name: string): number {
  return syscallByName(name)?.[architecture] ?? assert.fail(`no ${name} here`);
}

suite("the sensor's encoder", { skip: withoutCompiler }, () => {
  let converter: Converter;
  before(async () => {
    converter = await buildConverter();
  });
  after(() => converter[Symbol.asyncDispose]());

  async function read(...records: Buffer[]): Promise<ReadFrames> {
    const frames = readFrames(await converter.convert(Buffer.concat(records)));
    return frames;
  }

  async function one(record: SyscallRecord): Promise<ReadFrames["events"][number]> {
    const { events, lost } = await read(syscallRecord(record));
    assert.deepEqual(lost, {});
    assert.equal(events.length, 1);
    return events[0] ?? assert.fail();
  }

  test("an open has the flags of events, the device as programs see it, and the layer", async () => {
    const event = await one({
      ...{
        number: call("openat"),
        result: 3,
        arguments: [AT_FDCWD, 0, 0o100 | 0o1 | 0o2000000, 0o644],
        tid: 7,
        pid: 5,
      },
      ...{ fd: 3, device: (259 << 20) | 300, inode: 77n, mode: 0o100644, layer: 1 },
      texts: [{ argument: 1, bytes: "/srv/a" }],
    });
    assert.equal(event.tid, 7);
    const flags = 2 | 4 | 0x1000 | 0x8000;
    const dev = 44 | (259 << 8) | (1 << 20);
    assert.deepEqual(event.values, { fd: 3, dirfd: AT_FDCWD, name: "/srv/a", flags, mode: 0o644, dev, ino: 77 });
  });

  test("a mode that the kernel does not look at is none; a failed open has no file", async () => {
    const event = await one({
      ...{ number: call("openat"), result: -2, arguments: [AT_FDCWD, 0, 0, 0o777] },
      texts: [{ argument: 1, bytes: "none" }],
    });
    assert.deepEqual(event.values, { fd: -2, dirfd: AT_FDCWD, name: "none", flags: 1, mode: 0 });
  });

  test("what could not be read is absent, what was cut is there", async () => {
    const unlink = { number: call("unlinkat"), result: -14, arguments: [AT_FDCWD, 1, 0x200] };
    const unreadable = await one({ ...unlink, texts: [{ argument: 1, bytes: "", state: states.unreadable }] });
    assert.deepEqual(unreadable.values, { res: -14, dirfd: AT_FDCWD, flags: 0x200 });
    const cut = await one({ ...unlink, texts: [{ argument: 1, bytes: "x".repeat(4095), state: states.cut }] });
    assert.equal(cut.values.name, "x".repeat(4095));
    const bytes = "\xff\xfe\n\x1b[31m";
    assert.equal((await one({ ...unlink, texts: [{ argument: 1, bytes }] })).values.name, bytes);
  });

  test("openat2 takes flags, mode and how it resolves out of its structure", async () => {
    const how = Buffer.alloc(24);
    how.writeBigUInt64LE(2n, 0);
    how.writeBigUInt64LE(0x10n | 0x04n, 16);
    const event = await one({
      ...{ number: call("openat2"), result: 4, arguments: [9, 0, 0, 24] },
      texts: [
        { argument: 1, bytes: "b" },
        { argument: 2, bytes: how.toString("latin1") },
      ],
    });
    assert.deepEqual(event.values, { fd: 4, dirfd: 9, name: "b", flags: 3, mode: 0, resolve: 2 | 8 });
  });

  test("a connect has both ends and the address that was asked for", async () => {
    const address = "\x02\x00\x1f\x90\x0a\x00\x00\x02".padEnd(16, "\0");
    const event = await one({
      ...{ number: call("connect"), result: -115, arguments: [5, 0, 16], fd: 5, family: 2, protocol: 6, type: 1 },
      ...{ local: "\x0a\x00\x00\x01", localPort: 40000, remote: "\x0a\x00\x00\x02", remotePort: 8080 },
      texts: [{ argument: 1, bytes: address }],
    });
    const destination = "\x0a\x00\x00\x02";
    assert.deepEqual(event.values, {
      ...{ res: -115, fd: 5, addr: { kind: "ipv4", address: destination, port: 8080 } },
      tuple: { kind: "ipv4", source: "\x0a\x00\x00\x01", sourcePort: 40000, destination, destinationPort: 8080 },
    });
  });

  test("a datagram's destination is that of the call where the socket has none; an abstract name keeps its zero", async () => {
    const address = "\x0a\x00\x00\x35\0\0\0\0".padEnd(24, "\xfd").padEnd(28, "\0");
    const sent = await one({
      ...{
        number: call("sendto"),
        result: 3,
        arguments: [5, 0, 3, 0, 0, 28],
        fd: 5,
        family: 10,
        protocol: 17,
        type: 2,
      },
      texts: [
        { argument: 1, bytes: "abc" },
        { argument: 4, bytes: address },
      ],
    });
    const nowhere = "\0".repeat(16);
    assert.equal(sent.values.data, "abc");
    assert.deepEqual(sent.values.tuple, {
      ...{ kind: "ipv6", source: nowhere, sourcePort: 0, destination: "\xfd".repeat(16), destinationPort: 53 },
    });
    const bound = await one({
      ...{ number: call("bind"), result: 0, arguments: [5, 0, 7], fd: 5, family: 1 },
      texts: [{ argument: 1, bytes: "\x01\x00\0name" }],
    });
    assert.deepEqual(bound.values.addr, { kind: "unix", path: "\0name" });
  });

  test("a call without an event of its own is told by its number, one that nobody knows as well", async () => {
    const { number, event } = {
      number: call("kexec_load"),
      event: await one({ number: call("kexec_load"), result: -1 }),
    };
    assert.equal(event.name, "syscall");
    assert.deepEqual(event.values, { ID: syscallByName("kexec_load")?.id, nativeID: number });
    assert.deepEqual((await one({ number: 65_000, result: 0 })).values, { ID: 0, nativeID: 65_000 });
  });

  test("an operation of io_uring is the call of its name with a descriptor that no process has", async () => {
    const open = {
      number: 18,
      result: 0,
      arguments: [AT_FDCWD, 0, 0, 0],
      texts: [{ argument: 1, bytes: "/etc/shadow" }],
    };
    const { events } = await read(
      syscallRecord(open, recordKinds.uring),
      syscallRecord({ ...open, number: 0 }, recordKinds.uring),
    );
    assert.equal(events.length, 1);
    assert.deepEqual([events[0]?.name, events[0]?.values.fd], ["openat", 2147483647]);
  });

  test("a descriptor is told before the event that uses it, once, and again when it is another file", async () => {
    const chmod = (inode: bigint, path: string) =>
      syscallRecord({
        ...{ number: call("fchmod"), result: 0, arguments: [4, 0o755], fd: 4, inode, device: 8 << 20, mode: 0o100644 },
        texts: [{ argument: roles.resolved, bytes: path }],
      });
    const { order, descriptors } = await read(chmod(1n, "/a"), chmod(1n, "/a"), chmod(2n, "/b"));
    assert.deepEqual(order, ["descriptor", "fchmod", "fchmod", "descriptor", "fchmod"]);
    assert.deepEqual(
      descriptors.map(({ fd, descriptor: { kind, name, inode, device } }) => [fd, kind, name, inode, device]),
      [
        [4, "file", "/a", 1n, 8 << 8],
        [4, "file", "/b", 2n, 8 << 8],
      ],
    );
  });

  test("what an open reached is told before it where it is not what was passed", async () => {
    const open = (passed: string, reached: string) =>
      syscallRecord({
        ...{
          number: call("openat"),
          result: 3,
          arguments: [AT_FDCWD, 0, 0, 0],
          fd: 3,
          inode: 9n,
          device: 1,
          mode: 0o100644,
        },
        texts: [
          { argument: 1, bytes: passed },
          { argument: roles.resolved, bytes: reached },
        ],
      });
    const { order, descriptors } = await read(
      open("/etc/a", "/etc/a"),
      open("/tmp/l", "/etc/shadow"),
      open("nsfs", ""),
    );
    assert.deepEqual(order, ["openat", "descriptor", "openat", "openat"]);
    assert.equal(descriptors[0]?.descriptor.name, "/etc/shadow");
  });

  test("further descriptors of a call are told by what the kernel has open there", async () => {
    const { order, descriptors } = await read(
      syscallRecord({
        ...{ number: call("openat"), result: 3, arguments: [6, 0, 0, 0], fd: 3, inode: 9n, mode: 0o100644 },
        texts: [
          { argument: 1, bytes: "shadow" },
          { argument: roles.resolved, bytes: "/etc/shadow" },
          descriptorText(6, 0, { inode: 5n, mode: 0o40755 }),
          { argument: roles.descriptorPath, bytes: "/etc" },
        ],
      }),
    );
    assert.deepEqual(order, ["descriptor", "descriptor", "openat"]);
    assert.deepEqual(
      descriptors.map(({ fd, descriptor: { kind, name } }) => [fd, kind, name]),
      [
        [6, "directory", "/etc"],
        [3, "file", "/etc/shadow"],
      ],
    );
  });

  test("the two ends of a pipe are those that the call gave back", async () => {
    const event = await one({
      ...{ number: call("pipe2"), result: 0, arguments: [0, 0o2000000], fd: -1 },
      texts: [
        descriptorText(7, 6, { inode: 3n, mode: 0o10600 }),
        { argument: roles.descriptorPath, bytes: "" },
        descriptorText(8, 6, { inode: 3n, mode: 0o10600 }),
        { argument: roles.descriptorPath, bytes: "" },
      ],
    });
    assert.deepEqual([event.values.fd1, event.values.fd2, event.values.flags], [7, 8, 0x1000]);
  });

  test("a program's start has its arguments, who runs it and in which cgroup", async () => {
    const { events, lost } = await read(
      cgroupRecord(42n, `/docker/${id}`),
      processRecord(recordKinds.exec, {
        ...{ tid: 200, pid: 200, parent: 100, cgroup: 42n, uid: 33, exeInode: 1234n, exeFlags: 1 | 4, vtid: 5 },
        texts: [
          { argument: roles.comm, bytes: "sh" },
          { argument: roles.exePath, bytes: "/usr/bin/dash" },
          { argument: 0, bytes: "/bin/sh" },
          { argument: roles.cwd, bytes: "/" },
          { argument: roles.arguments, bytes: "sh\0-c\0id; x\0" },
          { argument: roles.environment, bytes: "A=1\0B=2\0" },
        ],
      }),
    );
    assert.deepEqual(lost, {});
    const { name, values } = events[0] ?? assert.fail();
    assert.equal(name, "execve");
    const told = { exe: "sh", args: "-c\0id; x\0", pid: 200, ptid: 100, comm: "sh", env: "A=1\0B=2\0", uid: 33 };
    for (const [parameter, value] of Object.entries(told)) assert.equal(values[parameter], value, parameter);
    assert.equal(values.cgroups, `unified=/docker/${id}\0`);
    assert.equal(values.flags, 1 | 8);
    assert.deepEqual([values.trusted_exepath, values.filename], ["/usr/bin/dash", "/bin/sh"]);
    assert.equal(values.loginuid, 0xffff_ffff);
  });

  test("a start that failed is told with what it was given; one that did not fail is told once", async () => {
    const execve = {
      ...{ number: call("execve"), arguments: [1, 2, 3] },
      texts: [
        { argument: 0, bytes: "/bin/none" },
        { argument: 1, bytes: "none\0-x\0" },
      ],
    };
    const { events } = await read(syscallRecord({ ...execve, result: -2 }), syscallRecord({ ...execve, result: 0 }));
    assert.equal(events.length, 1);
    assert.deepEqual(events[0]?.values, { res: -2, exe: "none", args: "-x\0", filename: "/bin/none" });
  });

  test("a fork is told by the child and by its maker, with the number that each of them sees", async () => {
    const fork = { tid: 200, pid: 200, parent: 100, child: 300, childSeen: 9, vtid: 4, childVtid: 9, uid: 1000 };
    const { events } = await read(
      processRecord(recordKinds.fork, { ...fork, texts: [{ argument: roles.comm, bytes: "sh" }] }),
    );
    const [child, maker] = events;
    assert.deepEqual([child?.tid, child?.values.res, child?.values.ptid, child?.values.vtid], [300, 0, 200, 9]);
    assert.deepEqual([maker?.tid, maker?.values.res, maker?.values.ptid, maker?.values.vtid], [200, 9, 100, 4]);
    assert.equal(child?.values.flags, 0x2000_0000);
    assert.equal(child?.values.exe, undefined);
  });

  test("an end has its status, its signal and who takes the children", async () => {
    const exit = (status: number) => processRecord(recordKinds.exit, { tid: 200, status, reaper: 1 });
    const { events } = await read(exit(3 << 8), exit(9 | 0x80));
    assert.deepEqual(events[0]?.values, { status: 768, ret: 3, sig: 0, core: 0, reaper_tid: 1 });
    assert.deepEqual(events[1]?.values, { status: 137, ret: 0, sig: 9, core: 1, reaper_tid: 1 });
  });

  test("records of no known form are counted, and those behind them are told", async () => {
    const good = syscallRecord({ number: call("getpid"), result: 1 });
    const unknown = Buffer.from(good);
    unknown.writeUInt16LE(99, 4);
    const short = good.subarray(0, 80);
    short.writeUInt32LE(80, 0);
    const beyond = syscallRecord({ number: 1, result: 0, texts: [{ argument: 0, bytes: "abcd" }] });
    beyond.writeUInt16LE(5000, 184);
    const { events, lost } = await read(
      unknown,
      Buffer.from(short),
      beyond,
      syscallRecord({ number: call("getpid"), result: 1 }),
    );
    assert.deepEqual(lost, { "records of no known form": 3 });
    assert.equal(events.length, 1);
  });
});
