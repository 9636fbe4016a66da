import assert from "node:assert/strict";
import { test } from "node:test";
import { Bench, ip, tuple } from "./machine.fixture.ts";

function host(): Bench {
  const bench = new Bench();
  bench.process(1, 0);
  return bench;
}

const tcp = { domain: 2, type: 1, proto: 0, flags: 0 };
const udp = { domain: 2, type: 2, proto: 0, flags: 0 };

test("a connection names who asked first, from the side that asks and from the side that serves", () => {
  const bench = host();
  assert.equal(bench.on(1, "socket", { fd: 3, ...tcp }).descriptor?.protocol, "tcp");
  const refused = bench.on(1, "connect", { res: -111, tuple: tuple("10.0.0.1", 4000, "10.0.0.2", 80), fd: 3 });
  assert.equal(refused.descriptor?.name, "");
  const asked = bench.on(1, "connect", { res: -115, tuple: tuple("10.0.0.1", 4000, "10.0.0.2", 80), fd: 3 }).descriptor;
  assert.deepEqual([asked?.name, asked?.role, asked?.nameChanged], ["10.0.0.1:4000->10.0.0.2:80", "client", true]);
  assert.deepEqual(asked?.remote, { address: ip("10.0.0.2"), port: 80 });
  const served = bench.on(1, "accept4", { fd: 5, tuple: tuple("10.9.9.9", 5000, "10.0.0.1", 443), flags: 0x1000 });
  assert.deepEqual(
    [served.descriptor?.name, served.descriptor?.role, served.fd],
    [...["10.9.9.9:5000->10.0.0.1:443", "server", 5]],
  );
  assert.deepEqual(served.descriptor?.local, { address: ip("10.0.0.1"), port: 443 });
  assert.equal(bench.thread(1).process.descriptors.closesOnExec(5), true);
});

test("a socket stays what it is over dup2 to the standard descriptors, as reversed shells have it", () => {
  const bench = host();
  bench.on(1, "socket", { fd: 3, ...tcp });
  bench.on(1, "dup2", { res: 0, oldfd: 3, newfd: 0 });
  bench.on(1, "connect", { res: 0, tuple: tuple("10.0.0.1", 4000, "10.0.0.2", 4444), fd: 3 });
  bench.on(1, "close", { res: 0, fd: 3 });
  assert.deepEqual(bench.open(1), { 0: "10.0.0.1:4000->10.0.0.2:4444" });
});

test("who binds serves; who then connects a stream asks all the same", () => {
  const bench = host();
  bench.on(1, "socket", { fd: 3, ...tcp });
  const bound = bench.on(1, "bind", { res: 0, addr: { kind: "ipv4", address: ip("0.0.0.0"), port: 9000 }, fd: 3 });
  assert.deepEqual(
    [bound.descriptor?.name, bound.descriptor?.role, bound.descriptor?.remote],
    [...["0.0.0.0:9000", "server", undefined]],
  );
  const asked = bench.on(1, "connect", { res: 0, tuple: tuple("10.0.0.1", 9000, "10.0.0.2", 80), fd: 3 });
  assert.equal(asked.descriptor?.role, "client");
});

test("datagrams tell the peer as they go, and the name follows the peer", () => {
  const bench = host();
  bench.on(1, "socket", { fd: 3, ...udp });
  const first = bench.on(1, "sendto", { res: 1, fd: 3, size: 1, tuple: tuple("10.0.0.1", 4000, "10.0.0.2", 53) });
  assert.deepEqual([first.descriptor?.name, first.descriptor?.role], ["10.0.0.1:4000->10.0.0.2:53", "client"]);
  const answer = bench.on(1, "recvfrom", { res: 1, tuple: tuple("10.0.0.2", 53, "10.0.0.1", 4000), fd: 3, size: 1 });
  assert.deepEqual([answer.descriptor?.name, answer.descriptor?.nameChanged], ["10.0.0.1:4000->10.0.0.2:53", false]);
  const other = bench.on(1, "sendto", { res: 1, fd: 3, size: 1, tuple: tuple("10.0.0.1", 4000, "8.8.8.8", 53) });
  assert.deepEqual([other.descriptor?.name, other.descriptor?.nameChanged], ["10.0.0.1:4000->8.8.8.8:53", true]);
  bench.on(1, "socket", { fd: 4, ...udp });
  const heard = bench.on(1, "recvfrom", { res: 1, tuple: tuple("10.0.0.9", 1, "10.0.0.1", 514), fd: 4, size: 1 });
  assert.deepEqual([heard.descriptor?.name, heard.descriptor?.role], ["10.0.0.9:1->10.0.0.1:514", "server"]);
  const late = bench.on(1, "sendmsg", { res: 1, fd: 9, size: 1, tuple: tuple("10.0.0.1", 4001, "10.0.0.2", 53) });
  assert.deepEqual([late.descriptor?.protocol, late.descriptor?.remote?.port], ["udp", 53]);
});

test("IPv4 in IPv6 is IPv4; other IPv6 has its usual form", () => {
  const bench = host();
  bench.on(1, "socket", { fd: 3, domain: 10, type: 1, proto: 6, flags: 0 });
  const mapped = (text: string) => `${"\0".repeat(10)}\xff\xff${ip(text)}`;
  const both = {
    kind: "ipv6",
    source: mapped("10.0.0.1"),
    sourcePort: 1,
    destination: mapped("10.0.0.2"),
    destinationPort: 2,
  } as const;
  const seen = bench.on(1, "connect", { res: 0, tuple: both, fd: 3 }).descriptor;
  assert.deepEqual([seen?.kind, seen?.name], ["ipv4", "10.0.0.1:1->10.0.0.2:2"]);
  const wide = { ...both, source: `\xfe\x80${"\0".repeat(13)}\x01`, destination: `\x20\x01${"\0".repeat(13)}\x02` };
  const six = bench.on(1, "connect", { res: 0, tuple: wide, fd: 3 }).descriptor;
  assert.deepEqual([six?.kind, six?.name], ["ipv6", "fe80::1:1->2001::2:2"]);
});

test("sockets of the host itself are called by their paths", () => {
  const bench = host();
  bench.on(1, "socket", { fd: 3, domain: 1, type: 1, proto: 0, flags: 0 });
  const docker = { kind: "unix", source: 255n, destination: 16n, path: "/var/run/docker.sock" } as const;
  assert.equal(
    bench.on(1, "connect", { res: 0, tuple: docker, fd: 3 }).descriptor?.name,
    "ff->10 /var/run/docker.sock",
  );
  bench.on(1, "open", { fd: 7, name: "/old", flags: 1 });
  const rights = Buffer.alloc(24);
  rights.writeUInt32LE(20, 0);
  rights.writeInt32LE(1, 8);
  rights.writeInt32LE(1, 12);
  rights.writeInt32LE(7, 16);
  bench.on(1, "recvmsg", { res: 1, size: 1, msgcontrol: rights.toString("latin1"), fd: 3 });
  assert.equal(bench.thread(1).process.descriptors.get(7), undefined);
  bench.on(1, "recvmsg", { res: 1, size: 1, msgcontrol: "\xff".repeat(40), fd: 3 });
});

test("connections that were there before are told apart by the ports that somebody listens on", () => {
  const bench = host();
  const end = (address: string, port: number) => ({ address: ip(address), port });
  bench.machine.descriptor(1, 4, { kind: "ipv4", name: "", local: end("10.0.0.1", 22), remote: end("10.0.0.7", 999) });
  bench.machine.descriptor(1, 5, { kind: "ipv4", name: "", local: end("10.0.0.1", 999), remote: end("10.0.0.7", 80) });
  bench.machine.descriptor(1, 3, { kind: "ipv4", name: "0.0.0.0:22", local: end("0.0.0.0", 22) });
  bench.on(1, "getcwd", { res: 1, path: "/" });
  assert.deepEqual(bench.open(1), { 3: "0.0.0.0:22", 4: "10.0.0.7:999->10.0.0.1:22", 5: "10.0.0.1:999->10.0.0.7:80" });
});
