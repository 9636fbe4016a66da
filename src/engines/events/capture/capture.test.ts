import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../../../core/problem.ts";
import { SyscallEvent } from "../event.ts";
import { randomEvent, randomNumbers } from "../random.fixture.ts";
import { type Recording, recordedEvent, recording } from "../recording.fixture.ts";
import type { ThreadSnapshot } from "../sink.ts";
import type { Descriptor } from "../state/thread.ts";
import { codes } from "../types/codes.ts";
import { fillEvent, type ParameterValue } from "../types/encode.ts";
import { CaptureReader } from "./read.ts";
import { captureDescriptors, captureEvent, captureHeader, captureThreads, captureUsers } from "./write.ts";

const machine = { hostname: "node-1", addresses: ["\x0a\0\0\x05", `${"\0".repeat(15)}\x01`], bootTime: 1_700_000_000n };

const thread: Required<Omit<ThreadSnapshot, "started" | "flags">> = {
  tid: 12,
  pid: 11,
  parent: 1,
  vtid: 3,
  vpid: 2,
  pgid: 11,
  vpgid: 2,
  sid: 11,
  comm: "sh",
  exe: "/bin/sh",
  exePath: "/usr/bin/d\xe4sh",
  args: ["-c", "", "id"],
  environment: ["A=1", "B="],
  cwd: "/root/",
  root: "/",
  uid: 1000,
  gid: 1001,
  loginUid: 1002,
  tty: 34816,
  capabilities: { permitted: 2n ** 40n, effective: 1n, inheritable: 0n },
  exeWritable: true,
  exeUpperLayer: true,
  exeLowerLayer: false,
  exeFromMemfd: true,
  exeInode: 2n ** 63n,
  exeChanged: 5n,
  exeModified: 6n,
  pidNamespaceStarted: 7n,
  cgroups: ["cpuset=/docker/abc"],
};

function eventOf(code: number, values: Record<string, ParameterValue>): SyscallEvent {
  const event = new SyscallEvent();
  fillEvent(event, code, values);
  event.tid = 12;
  event.seconds = 1_700_000_000;
  event.nanoseconds = 999_999_999;
  return event;
}

function read(...parts: readonly Buffer[]): Recording {
  const sink = recording();
  const reader = new CaptureReader("test.scap", sink);
  reader.push(Buffer.concat(parts));
  reader.end();
  return sink;
}

test("the machine, users, threads and descriptors are read as they were written", () => {
  const users = [{ id: 0, gid: 0, name: "root", home: "/root", shell: "/bin/sh" }];
  const descriptors: [number, Descriptor][] = [
    [0, { kind: "file", name: "/etc/passwd", openFlags: 1, device: 3, inode: 9n }],
    [1, { kind: "pipe", name: "pipe:[7]", inode: 7n }],
    [
      2,
      {
        kind: "ipv4",
        name: "10.0.0.5:4000->1.2.3.4:443",
        local: { address: "\x0a\0\0\x05", port: 4000 },
        remote: { address: "\x01\x02\x03\x04", port: 443 },
        protocol: "tcp",
        connected: true,
        inode: 0n,
      },
    ],
    [
      3,
      {
        kind: "ipv6",
        name: "::1:22",
        local: { address: `${"\0".repeat(15)}\x01`, port: 22 },
        role: "server",
        protocol: "tcp",
        inode: 0n,
      },
    ],
    [4, { kind: "unix", name: "/run/x.sock", role: "server", inode: 1n }],
    [5, { kind: "unknown", name: "what", inode: 1n }],
  ];
  const sink = read(
    captureHeader(machine),
    captureUsers(users, [{ id: 4, name: "adm" }]),
    captureThreads([thread, { ...thread, tid: 13 }]),
    captureDescriptors(12, descriptors),
  );
  assert.deepEqual(sink.machines.at(-1), machine);
  assert.deepEqual(sink.users, users);
  assert.deepEqual(sink.groups, [{ id: 4, name: "adm" }]);
  assert.deepEqual(sink.threads, [
    { ...thread, flags: 0 },
    { ...thread, tid: 13, flags: 0 },
  ]);
  assert.deepEqual(
    sink.descriptors,
    descriptors.map(([fd, descriptor]) => ({ tid: 12, fd, descriptor })),
  );
});

test("an IPv6 socket that talks IPv4 is a socket of IPv4", () => {
  const mapped = (end: string): string => `${"\0".repeat(10)}\xff\xff${end}`;
  const sink = read(
    captureHeader(machine),
    captureDescriptors(1, [
      [
        3,
        {
          kind: "ipv6",
          name: "",
          local: { address: mapped("\x7f\0\0\x01"), port: 1 },
          remote: { address: mapped("\x01\x01\x01\x01"), port: 2 },
        },
      ],
    ]),
  );
  const [read3] = sink.descriptors;
  assert.deepEqual([read3?.descriptor.kind, read3?.descriptor.name], ["ipv4", "127.0.0.1:1->1.1.1.1:2"]);
});

test("10,000 random events are read as they were written, however the bytes are cut into chunks", () => {
  const random = randomNumbers(7);
  const written = Array.from({ length: 10_000 }, (_, index) => randomEvent(random, index + 1));
  const bytes = Buffer.concat([captureHeader(machine), ...written.map(captureEvent)]);
  const sink = recording();
  const reader = new CaptureReader("test.scap", sink);
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + Math.floor(random() * (random() < 0.5 ? 20 : 20_000));
    reader.push(bytes.subarray(at, at + size));
    at += size;
  }
  reader.end();
  assert.deepEqual(sink.losses, {});
  assert.deepEqual(sink.events, written.map(recordedEvent));
});

test("an event that the recording left out is marked so", () => {
  const left = eventOf(codes.openat, { fd: 3, name: "/a" });
  left.stateOnly = true;
  const sink = read(captureHeader(machine), captureEvent(left), captureEvent(eventOf(codes.close, { res: 0, fd: 3 })));
  assert.deepEqual(
    sink.events.map(({ name, stateOnly, number }) => [name, stateOnly, number]),
    [
      ["openat", true, 1],
      ["close", false, 2],
    ],
  );
});

test("times are exact to the nanosecond", () => {
  for (const [seconds, nanoseconds] of [
    [0, 0],
    [1_700_000_000, 0],
    [1_700_000_000, 999_999_999],
    [4_294_967_295, 1],
    [18_446_744_073, 709_551_615],
  ] as const) {
    const event = eventOf(codes.close, { res: 0, fd: 3 });
    Object.assign(event, { seconds, nanoseconds });
    const [only] = read(captureHeader(machine), captureEvent(event)).events;
    assert.equal(only?.time, BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds));
  }
});

test("a container that a capture tells of, with its pod and its probe", () => {
  const json = {
    container: {
      type: 7,
      id: "0123456789ab",
      full_id: "0123456789ab".padEnd(64, "c"),
      name: "api\u00e9",
      image: "registry.example.com/shop/api:2",
      imageid: "d".repeat(64),
      privileged: true,
      Mounts: [{ Source: "/", Destination: "/host", Mode: "", RW: true, Propagation: "rslave" }, 7],
      labels: {
        "io.kubernetes.pod.name": "api-1",
        "io.kubernetes.pod.namespace": "shop",
        "io.kubernetes.pod.uid": "u",
      },
      pod_sandbox_labels: null,
      LivenessProbe: { exe: "/bin/probe", args: ["-q"] },
      created_time: 5,
    },
  };
  const text = Buffer.from(JSON.stringify(json), "utf8").toString("latin1");
  const sink = read(captureHeader(machine), captureEvent(eventOf(codes.container, { json: text })));
  assert.deepEqual(sink.containers, [
    {
      id: "0123456789ab",
      fullId: "0123456789ab".padEnd(64, "c"),
      runtime: "containerd",
      details: {
        name: "api\xc3\xa9",
        image: "registry.example.com/shop/api:2",
        imageId: `sha256:${"d".repeat(64)}`,
        privileged: true,
        mounts: [{ source: "/", destination: "/host", mode: "", writable: true, propagation: "rslave" }],
        labels: json.container.labels,
        started: 5_000_000_000n,
        livenessProbe: "/bin/probe -q",
        pod: { name: "api-1", namespace: "shop", uid: "u", labels: {} },
      },
    },
  ]);
  const broken = read(captureHeader(machine), captureEvent(eventOf(codes.container, { json: '{"container":' })));
  assert.deepEqual([broken.containers, broken.events.length], [[], 1]);
});

function problemOf(work: () => unknown): Problem {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof Problem, String(error));
    return error;
  }
  throw new Error("nothing was thrown");
}

test("what is no capture, of another machine or version, is refused with its place", () => {
  assert.match(problemOf(() => read(Buffer.alloc(64))).line(), /^events\.broken: test\.scap: it does not start as/);
  assert.match(problemOf(() => read()).line(), /the capture is empty/);
  const header = captureHeader(machine);
  const swapped = Buffer.from(header);
  swapped.writeUInt32BE(0x1a2b_3c4d, 8);
  assert.match(problemOf(() => read(swapped)).line(), /^events\.unsupported: .*big-endian/);
  const later = Buffer.from(header);
  later.writeUInt16LE(2, 12);
  assert.match(problemOf(() => read(later)).line(), /captures of version 2 are not known/);
});

test("blocks whose lengths lie are one problem that names the byte", () => {
  const event = captureEvent(eventOf(codes.openat, { fd: 3, name: "/etc/shadow" }));
  const changed = (at: number, value: number): Buffer => {
    const copy = Buffer.from(event);
    copy.writeUInt32LE(value, at);
    return copy;
  };
  const header = captureHeader(machine);
  const lineOf = (...parts: Buffer[]): string => problemOf(() => read(header, ...parts)).line();
  assert.match(
    lineOf(changed(4, 0xffff_fff0)),
    new RegExp(`^events\\.over-bound: test\\.scap, byte ${header.length}: `),
  );
  assert.match(lineOf(changed(4, 4)), /a block of 4 bytes/);
  assert.match(lineOf(changed(event.length - 4, 12)), /a block's two lengths differ/);
  // The event's own length, its count of parameters, and one parameter's length.
  assert.match(lineOf(changed(8 + 2 + 16, 9999)), /its length of 9999 bytes/);
  assert.match(lineOf(changed(8 + 2 + 22, 0x7fff_ffff)), /2147483647 parameters do not fit/);
  assert.match(lineOf(changed(8 + 2 + 26, 0xffff)), /the 1\. parameter of 65535 bytes is over its end/);
  assert.match(lineOf(event.subarray(0, -1)), /the capture is cut: \d+ bytes of a block are left/);
});

test("blocks and events that are newer than this version are passed over; the events are counted", () => {
  const header = captureHeader(machine);
  const unknown = Buffer.from("ff0f0000100000000000000010000000", "hex");
  const event = captureEvent(eventOf(codes.close, { res: 0, fd: 3 }));
  const newer = Buffer.from(event);
  newer.writeUInt16LE(9999, 8 + 2 + 20);
  const sink = read(header, unknown, newer, event);
  assert.equal(sink.events.length, 1);
  assert.deepEqual(sink.losses, { "events of a type that is newer than this version": 1 });
});

test("captures cut or changed anywhere are read or refused, and nothing else", () => {
  const random = randomNumbers(3);
  const events = Array.from({ length: 40 }, (_, index) => captureEvent(randomEvent(random, index)));
  const descriptors = captureDescriptors(12, [[0, { kind: "file", name: "/x" }]]);
  const whole = Buffer.concat([
    captureHeader(machine),
    captureUsers([{ id: 1, name: "a" }], [{ id: 1, name: "b" }]),
    captureThreads([thread]),
    descriptors,
    ...events,
  ]);
  let refused = 0;
  for (let round = 0; round < 4000; round++) {
    const bytes = Buffer.from(whole.subarray(0, random() < 0.3 ? Math.floor(random() * whole.length) : whole.length));
    for (let change = 0; change < 3 && bytes.length > 0; change++)
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    try {
      read(bytes);
    } catch (error) {
      assert.ok(error instanceof Problem && error.code.startsWith("events."), String(error));
      refused++;
    }
  }
  assert.ok(refused > 500);
});
