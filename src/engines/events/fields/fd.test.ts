import assert from "node:assert/strict";
import { test } from "node:test";
import type { Descriptor } from "../state/thread.ts";
import { assertFields, eventOf, fieldValue, open, processOf, shownOf } from "./event.fixture.ts";

const thread = processOf(10, { comm: "sh", container: { id: "abc", fullId: "abc", runtime: "docker" } });
thread.process.cwd = "/srv/";

function reads(descriptor: Descriptor | undefined, fd = 3) {
  return eventOf("read", { fd }, { thread, descriptor, fd });
}

test("a file has a name, a directory and what the filesystem says of it", () => {
  assertFields(
    reads({
      kind: "file",
      name: "/etc/ssh/sshd_config",
      nameRaw: "ssh//sshd_config",
      device: 0x801,
      inode: 12n,
      overlay: "upper",
    }),
    {
      "fd.num": 3,
      "fd.name": "/etc/ssh/sshd_config",
      "fd.nameraw": "ssh/sshd_config",
      "fd.directory": "/etc/ssh",
      "fd.filename": "sshd_config",
      "fd.type": "file",
      "fd.typechar": "f",
      "fd.l4proto": "<NA>",
      "fd.sockfamily": undefined,
      "fd.uid": "103",
      "fd.containername": "abc:/etc/ssh/sshd_config",
      "fd.containerdirectory": "abc:/etc/ssh",
      "fd.dev": 0x801,
      "fd.dev.major": 8,
      "fd.dev.minor": 1,
      "fd.ino": 12n,
      "fd.is_upper_layer": true,
      "fd.is_lower_layer": false,
      "fd.connected": false,
      "fd.name_changed": false,
      "fd.ip": undefined,
    },
  );
  assert.equal(shownOf("fd.dev", reads({ kind: "file", name: "/x", device: 0x801 })), "801");
});

test("directories of files, of directories and of what has no slash", () => {
  const cases: readonly [Descriptor["kind"], string, string | undefined, string | undefined][] = [
    ["file", "/passwd", "/", "passwd"],
    ["file", "passwd", "/", "/"],
    ["file", "/a/b/", "/a/b/", "/a/b/"],
    ["directory", "/a/b", "/a/b", undefined],
    ["pipe", "pipe:[1]", undefined, undefined],
  ];
  for (const [kind, name, directory, file] of cases) {
    assertFields(reads({ kind, name }), { "fd.directory": directory, "fd.filename": file });
  }
});

test("every kind has a type and a character", () => {
  const cases: Partial<Record<Descriptor["kind"], readonly [string, string]>> = {
    ipv4: ["ipv4", "4"],
    unix: ["unix", "u"],
    memfd: ["memfd", "m"],
    userfault: ["userfaultfd", "u"],
    iouring: ["io_uring", "r"],
    unknown: ["<NA>", "o"],
  };
  for (const [kind, [type, character]] of Object.entries(cases)) {
    assertFields(reads({ kind: kind as Descriptor["kind"], name: "" }), { "fd.type": type, "fd.typechar": character });
  }
});

const here = { address: "\x0a\0\0\x01", port: 40_000 };
const there = { address: "\x0a\0\0\x02", port: 443 };

test("of a connection each end is told, whoever asked", () => {
  const connection = {
    kind: "ipv4",
    name: "10.0.0.1:40000->10.0.0.2:443",
    local: here,
    remote: there,
    protocol: "tcp",
  } as const;
  assertFields(reads({ ...connection, role: "client", connected: true }), {
    "fd.cip": here.address,
    "fd.cport": 40_000,
    "fd.sip": there.address,
    "fd.sport": 443,
    "fd.lip": here.address,
    "fd.lport": 40_000,
    "fd.rip": there.address,
    "fd.rport": 443,
    "fd.snet": there.address,
    "fd.rnet": there.address,
    "fd.sproto": "443",
    "fd.ip": [here.address, there.address],
    "fd.port": [40_000, 443],
    "fd.net": [here.address, there.address],
    "fd.proto": [40_000, 443],
    "fd.is_server": false,
    "fd.connected": true,
    "fd.l4proto": "tcp",
    "fd.sockfamily": "ip",
    "fd.sip.name": undefined,
  });
  assertFields(reads({ ...connection, role: "server" }), {
    "fd.cip": there.address,
    "fd.sip": here.address,
    "fd.sport": 40_000,
    "fd.lip": here.address,
    "fd.rip": there.address,
    "fd.is_server": true,
  });
  assertFields(reads(connection), {
    "fd.cip": undefined,
    "fd.sip": undefined,
    "fd.lport": undefined,
    "fd.l4proto": "<NA>",
    "fd.ip": [here.address, there.address],
    "fd.is_server": false,
  });
  assertFields(reads({ ...connection, protocol: "raw" }), { "fd.l4proto": "raw" });
  assert.equal(shownOf("fd.sip", reads({ ...connection, role: "client" })), "10.0.0.2");
});

test("a socket that listens has one end, the server's", () => {
  assertFields(reads({ kind: "ipv6", name: ":::80", local: { address: "\0".repeat(16), port: 80 }, protocol: "tcp" }), {
    "fd.sport": 80,
    "fd.sip": "\0".repeat(16),
    "fd.cport": undefined,
    "fd.lport": undefined,
    "fd.port": [80],
    "fd.is_server": true,
    "fd.l4proto": "tcp",
  });
  assertFields(reads({ kind: "ipv4", name: "", protocol: "tcp" }), { "fd.l4proto": "<NA>", "evt.arg.fd": "3" });
  assertFields(reads({ kind: "ipv4", name: "" }), { "fd.ip": undefined, "fd.port": undefined, "fd.is_server": false });
  assertFields(reads({ kind: "unix", name: "/run/x.sock" }), { "fd.sport": undefined, "fd.is_server": false });
});

test("an event that touches no descriptor has no field of one, whatever it was handed", () => {
  const descriptor: Descriptor = { kind: "file", name: "/etc/passwd" };
  const event = eventOf("execve", {}, { thread, descriptor, fd: 3 });
  for (const text of [
    "fd.name",
    "fd.num",
    "fd.typechar",
    "fd.type",
    "fd.directory",
    "fd.types",
    "fd.uid",
    "fd.nameraw",
  ]) {
    assert.equal(fieldValue(text, event), undefined, text);
  }
});

test("a path that could not be opened is told from the parameters", () => {
  open(thread, 5, { kind: "directory", name: "/var/lib" });
  assertFields(eventOf("open", { fd: -13, name: "x/../shadow", flags: 1 }, { thread, result: -13 }), {
    "fd.name": "/srv/shadow",
    "fd.nameraw": "x/../shadow",
    "fd.directory": "/srv",
    "fd.filename": undefined,
    "fd.type": undefined,
    "fd.typechar": "o",
  });
  assertFields(eventOf("openat", { fd: -2, dirfd: 5, name: "dpkg/status" }, { thread, result: -2 }), {
    "fd.name": "/var/lib/dpkg/status",
    "fd.typechar": "f",
  });
  assertFields(eventOf("openat2", { fd: -2, dirfd: 99, name: "x" }, { thread, result: -2 }), {
    "fd.name": "<UNKNOWN>x",
  });
  assertFields(eventOf("openat", { fd: -2, dirfd: 5 }, { thread, result: -2 }), { "fd.name": "" });
  assertFields(eventOf("close", { fd: 99 }, { thread, fd: 99 }), { "fd.name": "", "fd.num": 99, "fd.type": undefined });
  const tuple = {
    kind: "ipv4",
    source: here.address,
    sourcePort: 1,
    destination: there.address,
    destinationPort: 2,
  } as const;
  assertFields(eventOf("accept", { fd: -11, tuple }, { thread, result: -11 }), {
    "fd.name": "10.0.0.1:1->10.0.0.2:2",
    "fd.typechar": "4",
  });
});

test("types of all descriptors are a list, each once", () => {
  const process = processOf(20, {});
  assert.equal(fieldValue("fd.types", eventOf("read", {}, { thread: process })), undefined);
  open(process, 0, { kind: "ipv4", name: "a" });
  open(process, 1, { kind: "ipv4", name: "a" });
  open(process, 2, { kind: "file", name: "/dev/null" });
  const event = eventOf("dup2", {}, { thread: process });
  assertFields(event, { "fd.types": ["ipv4", "file"], "fd.types[1]": ["ipv4"], "fd.types[9]": undefined });
  assert.equal(shownOf("fd.types", event), "(ipv4,file)");
});

test("descriptors that poll waits for are told in a row", () => {
  const process = processOf(30, {});
  open(process, 4, { kind: "file", name: "/a" });
  open(process, 5, { kind: "ipv4", name: "c", local: here, remote: there, role: "server" });
  open(process, 6, { kind: "ipv4", name: "s", local: { address: "\0\0\0\0", port: 80 } });
  const event = eventOf("poll", {}, { thread: process });
  const list = Buffer.alloc(2 + 4 * 10);
  list.writeUInt16LE(4, 0);
  for (const [index, fd] of [4, 5, 6, 9].entries()) list.writeBigInt64LE(BigInt(fd), 2 + index * 10);
  event.bytes = list;
  event.starts[1] = 0;
  event.lengths[1] = list.length;
  assertFields(event, {
    "fdlist.nums": "4,5,6,9",
    "fdlist.names": "/a,c,s,<NA>",
    "fdlist.cips": "10.0.0.2",
    "fdlist.sips": "10.0.0.1,0.0.0.0",
    "fdlist.cports": "443",
    "fdlist.sports": "40000,80",
    "evt.arg.fds": "4:f0 5:40 6:40 9:?0",
  });
  assertFields(reads({ kind: "file", name: "/a" }), { "fdlist.nums": undefined });
});
