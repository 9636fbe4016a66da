import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Problem } from "../../../core/problem.ts";
import { randomEvent, randomNumbers } from "../random.fixture.ts";
import { type Recording, recordedEvent, recording } from "../recording.fixture.ts";
import type { ThreadSnapshot } from "../sink.ts";
import type { Descriptor } from "../state/thread.ts";
import { readerOf } from "../stream.ts";
import { codes } from "../types/codes.ts";
import { exeFlags, fields, kinds } from "./format.ts";
import type { SensorNotices } from "./notices.ts";
import { FrameReader } from "./read.ts";
import { FrameWriter } from "./write.ts";

/** Bytes that a use of the writer writes. */
function written(use: (writer: FrameWriter) => void): Buffer {
  const parts: Buffer[] = [];
  const writer = new FrameWriter((bytes) => parts.push(bytes), "x86_64");
  use(writer);
  writer.end();
  return Buffer.concat(parts);
}

function read(bytes: Buffer, notices: SensorNotices = {}): Recording {
  const sink = recording();
  const reader = new FrameReader("frames", sink, notices);
  reader.push(Buffer.from(bytes));
  reader.end();
  return sink;
}

const thread: ThreadSnapshot = {
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
  environment: ["A=1"],
  cwd: "/root/",
  root: "/",
  uid: 1000,
  gid: 1001,
  loginUid: 1002,
  tty: 34816,
  capabilities: { permitted: 2n ** 40n, effective: 1n, inheritable: 0n },
  exeWritable: true,
  exeUpperLayer: false,
  exeLowerLayer: true,
  exeFromMemfd: false,
  exeInode: 2n ** 63n,
  exeChanged: 5n,
  exeModified: 6n,
  started: 8n,
  pidNamespaceStarted: 7n,
  flags: 4,
  cgroups: ["cpuset=/docker/abc"],
};

const descriptor: Descriptor = {
  kind: "ipv4",
  name: "10.0.0.5:4000->1.2.3.4:443",
  local: { address: "\x0a\0\0\x05", port: 4000 },
  remote: { address: "\x01\x02\x03\x04", port: 443 },
  protocol: "tcp",
  role: "client",
  connected: true,
  openFlags: 2,
  mode: 0o644,
  device: 3,
  inode: 9n,
  overlay: "upper",
};

test("facts are read as they were written", () => {
  const machine = { hostname: "node-1", addresses: ["\x0a\0\0\x05", "\x01".repeat(16)], bootTime: 2n ** 60n };
  const user = { id: 0, gid: 0, name: "root", home: "/root", shell: "/bin/sh" };
  const container = {
    id: "0123456789ab",
    fullId: "0123456789ab".padEnd(64, "0"),
    runtime: "containerd",
    details: {
      name: "caf\xc3\xa9",
      image: "broken \xff",
      mounts: [{ source: "/", destination: "/host", mode: "", writable: false, propagation: "rslave" }],
      labels: { app: "shop" },
      privileged: true,
      started: 2n ** 60n,
      pod: { namespace: "shop", name: "api-1", uid: "u-1", labels: {}, owner: { kind: "Deployment", name: "api" } },
    },
  } as const;
  const notices: [string, unknown][] = [];
  const sink = read(
    written((writer) => {
      writer.machine(machine);
      writer.user(user);
      writer.user({ id: 1, name: "app" }, "0123456789ab");
      writer.group({ id: 4, name: "adm" });
      writer.container(container);
      writer.thread(thread);
      writer.descriptor(12, 3, descriptor);
      writer.lost("ring buffer", 7);
      writer.lost("ring buffer", 1);
      writer.metric("hook nanoseconds", 12n);
      writer.missing("fanotify", "EPERM");
    }),
    { metric: (name, value) => notices.push([name, value]), missing: (what, why) => notices.push([what, why]) },
  );
  assert.deepEqual(sink.machines, [machine]);
  assert.deepEqual(sink.users, [user, { id: 1, name: "app", container: "0123456789ab" }]);
  assert.deepEqual(sink.groups, [{ id: 4, name: "adm" }]);
  assert.deepEqual(sink.containers, [container]);
  assert.deepEqual(sink.threads, [thread]);
  assert.deepEqual(sink.descriptors, [{ tid: 12, fd: 3, descriptor }]);
  assert.deepEqual(sink.losses, { "ring buffer": 8 });
  assert.deepEqual(notices, [
    ["hook nanoseconds", 12n],
    ["fanotify", "EPERM"],
  ]);
});

test("10,000 random events are read as they were written, however the bytes are cut into chunks", () => {
  const random = randomNumbers(11);
  const events = Array.from({ length: 10_000 }, (_, index) => randomEvent(random, index + 1));
  const bytes = written((writer) => {
    for (const event of events) writer.event(event);
  });
  const sink = recording();
  const reader = readerOf(bytes.subarray(0, 8), "frames", sink);
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + Math.floor(random() * (random() < 0.5 ? 20 : 20_000));
    reader.push(bytes.subarray(at, at + size));
    at += size;
  }
  reader.end();
  assert.deepEqual(sink.losses, {});
  assert.deepEqual(sink.events, events.map(recordedEvent));
});

test("a broken part is passed over up to the next mark, and what it held is counted", () => {
  const random = randomNumbers(5);
  const events = Array.from({ length: 1000 }, (_, index) => randomEvent(random, index + 1));
  const bytes = written((writer) => {
    for (let round = 0; round < 30; round++) for (const event of events) writer.event(event);
  });
  assert.ok(bytes.length > 2_500_000);
  // The length of a record in the middle of the first megabyte; and bytes that are gone.
  const changed = Buffer.from(bytes);
  let at = 24;
  while (at < 500_000) at += changed.readUInt32LE(at);
  changed.writeUInt32LE(13, at);
  const gone = Buffer.concat([bytes.subarray(0, 500_000), bytes.subarray(500_321)]);
  for (const broken of [changed, gone]) {
    const sink = recording();
    const reader = new FrameReader("frames", sink);
    for (let from = 0; from < broken.length; from += 10_007) reader.push(broken.subarray(from, from + 10_007));
    reader.end();
    const lost = Object.values(sink.losses).reduce((sum, count) => sum + count, 0);
    assert.ok(sink.events.length > 20_000 && sink.events.length < 30_000, `${sink.events.length} read`);
    assert.ok(lost >= 30_000 - sink.events.length, `${lost} lost, ${sink.events.length} read`);
    assert.deepEqual(sink.events.at(-1)?.parameters, recordedEvent(events.at(-1) ?? randomEvent(random, 0)).parameters);
  }
});

test("a stream without its end is cut; one that is none, or of another version, is refused", () => {
  const bytes = written((writer) => writer.lost("a", 1));
  assert.throws(() => read(bytes.subarray(0, -8)), { code: "events.broken", message: /ended before its sensor did/ });
  assert.throws(() => read(bytes.subarray(0, 10)), { code: "events.broken", message: "the stream is empty" });
  assert.throws(() => read(Buffer.alloc(100)), { code: "events.broken", message: /does not start as frames do/ });
  const later = Buffer.from(bytes);
  later.writeUInt16LE(2, 8);
  assert.throws(() => read(later), { code: "events.unsupported", message: /version 2 are not known/ });
  assert.throws(() => readerOf(Buffer.from("PK\x03\x04abcd"), "x.zip", recording()), { code: "events.unsupported" });
});

/** A record behind a stream's header and before its end. */
function readRecord(kind: number, content: Buffer): Recording {
  const length = 8 + content.length + ((8 - (content.length % 8)) % 8);
  const record = Buffer.alloc(length);
  record.writeUInt32LE(length);
  record[4] = kind;
  content.copy(record, 8);
  const rest = written(() => undefined);
  return read(Buffer.concat([rest.subarray(0, 24), record, rest.subarray(24)]));
}

test("records of a later version are passed over; events of one, and broken records, are counted", () => {
  assert.deepEqual(readRecord(200, Buffer.alloc(8)).losses, {});
  const event = (code: number, count: number, ...lengths: number[]): Buffer => {
    const bytes = Buffer.alloc(16 + 2 * lengths.length);
    bytes.writeUInt16LE(code, 12);
    bytes.writeUInt16LE(count, 14);
    for (const [index, length] of lengths.entries()) bytes.writeUInt16LE(length, 16 + 2 * index);
    return bytes;
  };
  const reasonOf = (content: Buffer, kind: number = kinds.event): string | undefined =>
    Object.keys(readRecord(kind, content).losses)[0];
  assert.equal(reasonOf(event(9999, 0)), "events of a type that is newer than this version");
  assert.equal(reasonOf(event(12, 0)), "events of a type that is newer than this version");
  assert.equal(reasonOf(event(codes.close, 9)), "events with parameters of no known version");
  assert.equal(reasonOf(event(codes.close, 2, 8, 9000)), "broken records of the sensor");
  assert.equal(reasonOf(Buffer.alloc(0)), "broken records of the sensor");
  // A field whose length lies, and a thread without its id.
  assert.equal(reasonOf(Buffer.from("0100ffff", "hex"), kinds.thread), "broken records of the sensor");
  assert.equal(reasonOf(Buffer.from("0900010061", "hex"), kinds.thread), "broken records of the sensor");
  assert.equal(reasonOf(Buffer.from("010002007b7b", "hex"), kinds.container), "broken records of the sensor");
  // Fewer parameters than today's are those of an older sensor.
  const [older] = readRecord(kinds.event, event(codes.close, 0)).events;
  assert.deepEqual(older?.parameters, { res: undefined, fd: undefined });
});

test("frames cut or changed anywhere are read or refused, and nothing else", () => {
  const random = randomNumbers(3);
  const whole = written((writer) => {
    writer.machine({ addresses: ["\x0a\0\0\x05"] });
    writer.thread(thread);
    writer.descriptor(12, 3, descriptor);
    for (let index = 0; index < 40; index++) writer.event(randomEvent(random, index));
  });
  for (let round = 0; round < 4000; round++) {
    const bytes = Buffer.from(whole.subarray(0, random() < 0.3 ? Math.floor(random() * whole.length) : whole.length));
    for (let change = 0; change < 3 && bytes.length > 0; change++)
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    try {
      read(bytes);
    } catch (error) {
      assert.ok(error instanceof Problem && error.code.startsWith("events."), String(error));
    }
  }
});

test("the documented numbers are those of the code", () => {
  const page = readFileSync(new URL("../../../../docs/sensor-frames.md", import.meta.url), "utf8");
  const table = (numbers: object): string[] => Object.entries(numbers).map(([name, number]) => `${number}|\`${name}\``);
  for (const row of [...table(kinds), ...table(exeFlags), ...Object.values(fields).flatMap(table)])
    assert.ok(page.includes(row), row);
});
