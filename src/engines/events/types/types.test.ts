import assert from "node:assert/strict";
import { test } from "node:test";
import { SyscallEvent } from "../event.ts";
import { codes } from "./codes.ts";
import { encodeParameter, fillEvent, type ParameterValue } from "./encode.ts";
import { errorName, signalName } from "./errors.ts";
import { flag, flagNames, flagTable } from "./flags.ts";
import {
  bigAt,
  bytesAt,
  descriptorListAt,
  dynamicTypeAt,
  numberAt,
  signedAt,
  textAt,
  textsAt,
  u32At,
  unsignedAt,
} from "./parameters.ts";
import { socketAddressAt, socketTupleAt } from "./sockets.ts";
import { syscallById, syscallByName, syscallByNumber, syscalls } from "./syscalls.ts";
import { codesOfName, eventNames, eventType, eventTypes, parameterIndex } from "./table.ts";
import { splitTexts } from "./texts.ts";

function eventOf(code: number, values: Record<string, ParameterValue>): SyscallEvent {
  const event = new SyscallEvent();
  fillEvent(event, code, values);
  return event;
}

test("codes count up, an even and an odd one for each type, and every named code is its name's", () => {
  assert.deepEqual(
    eventTypes.map((type) => type.code),
    eventTypes.map((_, index) => index),
  );
  for (const [name, code] of Object.entries(codes)) {
    const type = eventType(code);
    assert.equal(type?.name, name === "generic" ? "syscall" : name);
    assert.ok(type !== undefined && !type.old && !type.unused, name);
    assert.ok(codesOfName(type.name).includes(code), name);
  }
  assert.equal(new Set(eventNames()).size, [...eventNames()].length);
  assert.equal(eventType(eventTypes.length), undefined);
  assert.deepEqual(codesOfName("no such"), []);
});

test("parameters of an event fit in one, and those that start from a directory name it", () => {
  const room = new SyscallEvent().starts.length;
  for (const { name, parameters, unused } of eventTypes) {
    assert.ok(parameters.length <= room, name);
    assert.equal(new Set(parameters.map((parameter) => parameter.name)).size, parameters.length, name);
    if (unused) assert.equal(parameters.length, 0, name);
    for (const { type, directory, flags } of parameters) {
      assert.equal(type === "relpath", directory !== undefined, name);
      if (directory !== undefined) assert.equal(parameters[directory]?.type, "fd", name);
      if (flags !== undefined && type !== "dynamic") assert.ok(flagTable(flags).length > 0, `${name} ${flags}`);
    }
  }
});

test("what the table says of openat and of the end of a process", () => {
  const openat = eventType(codes.openat);
  assert.deepEqual(
    openat?.parameters.map(({ name }) => name),
    ["fd", "dirfd", "name", "flags", "mode", "dev", "ino"],
  );
  assert.equal(openat.makesDescriptor, true);
  assert.equal(parameterIndex(openat, "flags"), 3);
  assert.equal(parameterIndex(openat, "none"), -1);
  assert.deepEqual([eventType(codes.procexit)?.kind, eventType(codes.procexit)?.exit], ["tracepoint", false]);
});

test("flags are named in Falco's order, each bit once; enumerated values by all their names", () => {
  const flags = { name: "flags", type: "flags32", base: "hexadecimal", flags: "file_flags" } as const;
  assert.equal(flagNames(flags, flag("file_flags", "O_RDWR")), "O_RDWR");
  assert.equal(
    flagNames(flags, flag("file_flags", "O_RDONLY") | flag("file_flags", "O_CLOEXEC")),
    "O_RDONLY|O_CLOEXEC",
  );
  assert.equal(
    flagNames(flags, flag("file_flags", "O_CREAT") | flag("file_flags", "O_TRUNC") | flag("file_flags", "O_WRONLY")),
    "O_TRUNC|O_CREAT|O_WRONLY",
  );
  assert.equal(flagNames(flags, 0), "O_NONE");
  assert.equal(flagNames({ ...flags, type: "enum32", flags: "socket_families" }, 1), "AF_LOCAL|AF_UNIX");
  const mode = { name: "mode", type: "mode", base: "octal", flags: "chmod_mode" } as const;
  assert.equal(flagNames(mode, 0o4001), "S_IXOTH|S_ISUID");
  assert.equal(flagNames(mode, 0o777).includes("S_IRWXU"), false);
  assert.equal(flagNames({ name: "n", type: "u32", base: "decimal" }, 7), "");
  assert.throws(() => flag("file_flags", "O_NOTHING"), /file_flags has no O_NOTHING/);
});

test("system calls are found by id, name and the kernel's numbers", () => {
  assert.equal(syscallByNumber("x86_64", 59)?.name, "execve");
  assert.equal(syscallByNumber("arm64", 221)?.name, "execve");
  assert.equal(syscallByNumber("arm64", 56)?.code, codes.openat);
  assert.equal(syscallByName("uname")?.code, codes.generic);
  assert.equal(syscallById(syscallByName("uname")?.id ?? -1)?.name, "uname");
  assert.equal(syscallByNumber("arm64", 99_999), undefined);
  for (const { name, code } of syscalls) assert.ok(eventType(code) !== undefined && !eventType(code)?.old, name);
});

test("names of errors and signals", () => {
  assert.deepEqual(
    [errorName(-2), errorName(13), errorName(0), signalName(9), signalName(64)],
    ["ENOENT", "EACCES", undefined, "SIGKILL", undefined],
  );
});

test("numbers, texts and lists are read as they were written", () => {
  const event = eventOf(codes.openat, {
    fd: -2,
    dirfd: -100,
    name: "/etc/p\xff",
    flags: 4097,
    mode: 0,
    ino: 2n ** 63n,
  });
  assert.equal(signedAt(event, 0), -2);
  assert.equal(numberAt(event, 1, "fd"), -100);
  assert.equal(textAt(event, 2), "/etc/p\xff");
  assert.equal(u32At(event, 3), 4097);
  assert.equal(unsignedAt(event, 3, 4), 4097);
  assert.equal(u32At(event, 5), undefined);
  assert.equal(bigAt(event, 6, false), 2n ** 63n);
  assert.equal(numberAt(event, 6, "u64"), 2n ** 63n);
  assert.equal(signedAt(event, 7), undefined);
  const exec = eventOf(codes.execve, { res: 0, exe: "", args: ["-c", "", "id"] });
  assert.equal(textAt(exec, 1), "");
  assert.equal(textAt(exec, 6), undefined);
  assert.deepEqual(textsAt(exec, 2), ["-c", "", "id"]);
  assert.equal(bytesAt(exec, 2), "-c\0\0id\0");
  assert.deepEqual(splitTexts("a\0b"), ["a", "b"]);
  assert.deepEqual(splitTexts(""), []);
});

test("a parameter shorter than its type is absent, not read into its neighbor", () => {
  const event = eventOf(codes.openat, { fd: 3, dirfd: 4, name: "x", flags: 1 });
  event.lengths[0] = 7;
  event.lengths[3] = 3;
  assert.deepEqual(
    [signedAt(event, 0), bigAt(event, 0, true), u32At(event, 3), numberAt(event, 3, "flags32")],
    [undefined, undefined, undefined, undefined],
  );
});

test("addresses and pairs of them, of each family", () => {
  const v4 = { kind: "ipv4", address: "\x0a\x00\x00\x01", port: 443 } as const;
  const unix = { kind: "unix", path: "\0abstract" } as const;
  assert.deepEqual(socketAddressAt(eventOf(codes.connect, { addr: v4 }), 3), v4);
  assert.deepEqual(socketAddressAt(eventOf(codes.connect, { addr: unix }), 3), unix);
  const tuple = {
    kind: "ipv6",
    source: `${"\0".repeat(15)}\x01`,
    sourcePort: 40_000,
    destination: "\xff".repeat(16),
    destinationPort: 80,
  } as const;
  const event = eventOf(codes.connect, { tuple });
  assert.deepEqual(socketTupleAt(event, 1), tuple);
  event.lengths[1] = 36;
  assert.equal(socketTupleAt(event, 1), undefined);
  const ends = { kind: "unix", source: 1n, destination: 2n ** 64n - 1n, path: "/run/x.sock" } as const;
  assert.deepEqual(socketTupleAt(eventOf(codes.connect, { tuple: ends }), 1), ends);
  assert.equal(socketTupleAt(eventOf(codes.connect, {}), 1), undefined);
});

test("a list of descriptors says no more than there is", () => {
  const event = new SyscallEvent();
  event.code = codes.poll;
  event.parameters = 2;
  event.bytes = Buffer.from("ffff0300000000000000010004000000000000000200", "hex");
  event.starts[1] = 0;
  event.lengths[1] = event.bytes.length;
  assert.deepEqual(descriptorListAt(event, 1), [
    { fd: 3, flags: 1 },
    { fd: 4, flags: 2 },
  ]);
});

test("a parameter whose type varies names it by its first byte", () => {
  const event = eventOf(codes.ptrace, { addr: "\x01\x09", data: "\x07" });
  const type = eventType(codes.ptrace);
  assert.equal(dynamicTypeAt(event, type === undefined ? -1 : parameterIndex(type, "addr"), "ptrace")?.type, "signal");
  assert.equal(dynamicTypeAt(event, type === undefined ? -1 : parameterIndex(type, "data"), "ptrace"), undefined);
});

test("a value that does not fit its parameter is refused", () => {
  const number = { name: "mode", type: "u32", base: "octal" } as const;
  assert.throws(() => encodeParameter(number, "x"), /mode is not a number/);
  assert.throws(() => encodeParameter(number, 2 ** 32), /mode is over 4 bytes/);
  assert.throws(() => encodeParameter(number, 0.5), /mode is not a whole number/);
  assert.throws(() => encodeParameter({ ...number, type: "text" }, ["a"]), /mode is not of type text/);
  assert.throws(() => eventOf(codes.openat, { path: "/" }), /openat has no parameter path/);
  assert.throws(() => eventOf(9999, {}), /no event has the code 9999/);
});
