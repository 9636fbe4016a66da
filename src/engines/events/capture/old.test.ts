import assert from "node:assert/strict";
import { test } from "node:test";
import { SyscallEvent } from "../event.ts";
import { type RecordedEvent, type Recording, recording } from "../recording.fixture.ts";
import { codes } from "../types/codes.ts";
import { eventTypes } from "../types/table.ts";
import { conversionLines } from "./conversion-lines.ts";
import { Converter } from "./convert.ts";
import { CaptureReader } from "./read.ts";
import { captureHeader } from "./write.ts";

const header = captureHeader({ addresses: [] });

function number(size: 1 | 2 | 4 | 8, value: number | bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(value));
  return bytes.subarray(0, size);
}

function text(value: string): Buffer {
  return Buffer.from(`${value}\0`, "latin1");
}

function counted(value: string): Buffer {
  return Buffer.concat([number(2, value.length), Buffer.from(value, "latin1")]);
}

function block(type: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const padding = (4 - (content.length % 4)) % 4;
  const length = number(4, 12 + content.length + padding);
  return Buffer.concat([number(8, type).subarray(0, 4), length, content, Buffer.alloc(padding), length]);
}

/** As programs wrote events before they counted parameters. */
function oldEvent(code: number, parameters: readonly Buffer[], { tid = 7, type = 0x204 } = {}): Buffer {
  const lengths = parameters.map((parameter) => number(2, parameter.length));
  const values = Buffer.concat([...lengths, ...parameters]);
  const flags = type === 0x208 ? number(4, 1) : Buffer.alloc(0);
  const time = number(8, 1_000_000_001n);
  return block(type, number(2, 3), flags, time, number(8, tid), number(4, 22 + values.length), number(2, code), values);
}

function read(...parts: readonly Buffer[]): Recording {
  const sink = recording();
  const reader = new CaptureReader("old.scap", sink);
  reader.push(Buffer.concat([header, ...parts]));
  reader.end();
  return sink;
}

function only(...parts: readonly Buffer[]): RecordedEvent {
  const { events } = read(...parts);
  assert.equal(events.length, 1);
  return events[0] as RecordedEvent;
}

const fd = (value: number): string => number(8, value).toString("latin1");

test("a start and an end become one event with the parameters of both", () => {
  const event = only(
    oldEvent(codes.read - 1, [number(8, 5), number(4, 512)]),
    oldEvent(codes.read, [number(8, 3), Buffer.from("abc")]),
  );
  assert.deepEqual(event.parameters, { res: fd(3), data: "abc", fd: fd(5), size: "\0\x02\0\0" });
  assert.deepEqual([event.tid, event.cpu, event.time, event.number], [7, 3, 1_000_000_001n, 1]);
});

test("an end whose start was not seen, or was another call's, has zeros or nothing in its place", () => {
  const end = oldEvent(codes.read, [number(8, 3), Buffer.from("abc")]);
  const zeros = { res: fd(3), data: "abc", fd: fd(0), size: "\0\0\0\0" };
  assert.deepEqual(only(end).parameters, zeros);
  assert.deepEqual(only(oldEvent(codes.close - 1, [number(8, 5)]), end).parameters, zeros);
  const other = oldEvent(codes.read - 1, [number(8, 5), number(4, 512)], { tid: 8 });
  assert.deepEqual(only(other, end).parameters, zeros);
  // An unlinked path that nobody told is absent, not an empty one.
  assert.deepEqual(only(oldEvent(109, [number(8, 0)])).parameters, { res: fd(0), path: undefined });
});

test("a start is taken once", () => {
  const start = oldEvent(codes.close - 1, [number(8, 5)]);
  const end = oldEvent(codes.close, [number(8, 0)]);
  const { events } = read(start, end, end);
  assert.deepEqual(
    events.map(({ parameters }) => parameters.fd),
    [fd(5), fd(0)],
  );
});

test("an event of an old code becomes one of today's", () => {
  const event = only(oldEvent(98, [text("/tmp/x"), number(4, 0o755)]), oldEvent(99, [number(8, -17)]));
  assert.equal(event.name, "mkdir");
  assert.equal(event.code, codes.mkdir);
  assert.deepEqual(event.parameters, { res: fd(-17), path: "/tmp/x\0", mode: "\xed\x01\0\0" });
});

test("execve of the first captures gets today's parameters, those that it did not tell absent", () => {
  const event = only(
    oldEvent(12, []),
    oldEvent(13, [
      number(8, 0),
      text("cat"),
      text("/dev/null"),
      number(8, 7),
      number(8, 7),
      number(8, 1),
      text("/root"),
      number(8, 1024),
    ]),
  );
  assert.equal(event.code, codes.execve);
  const { exe, args, ptid, comm, env, filename, uid } = event.parameters;
  assert.deepEqual([exe, args, ptid], ["cat\0", "/dev/null\0", fd(1)]);
  assert.deepEqual([comm, env, filename, uid], [undefined, undefined, undefined, undefined]);
});

test("a path that the end lacks is taken from the start, and rules never see starts", () => {
  const start = oldEvent(codes.open - 1, [text("/etc/shadow"), number(4, 1), number(4, 0)]);
  const parameters = [number(8, 3), Buffer.alloc(0), number(4, 1), number(4, 0), number(4, 1), number(8, 9)];
  const event = only(start, oldEvent(codes.open, parameters));
  assert.deepEqual([event.name, event.parameters.name], ["open", "/etc/shadow\0"]);
});

test("the end of a process, which no call is, is today's with what it did not tell absent", () => {
  const event = only(oldEvent(16, []));
  assert.deepEqual([event.name, event.code, event.parameters.status], ["procexit", codes.procexit, undefined]);
});

test("a container of old captures, four parameters, is told as today's", () => {
  const sink = read(oldEvent(228, [text("abc123"), number(4, 0), text("api"), text("shop/api:2")]), oldEvent(228, []));
  assert.deepEqual(sink.containers, [
    {
      id: "abc123",
      fullId: "abc123",
      runtime: "docker",
      details: { name: "api", image: "shop/api:2", mounts: [], labels: {} },
    },
  ]);
  assert.equal(sink.events[0]?.code, codes.container);
});

test("events with flags are of the state alone; those that no version knows are counted", () => {
  const sink = read(
    oldEvent(codes.close, [number(8, 0)], { type: 0x208 }),
    oldEvent(codes.openat, [number(8, 3), number(8, -100)]),
  );
  assert.deepEqual(
    sink.events.map(({ stateOnly }) => stateOnly),
    [true],
  );
  assert.deepEqual(sink.losses, { "events with parameters of no known version": 1 });
});

test("every conversion ends with an event that has today's parameters, or with a start that is held", () => {
  for (const line of conversionLines.trim().split("\n")) {
    const [code = -1, count = -1] = (line.split(" ")[0] ?? "").split("/").map(Number);
    const event = new SyscallEvent();
    event.code = code;
    event.parameters = count;
    event.bytes = Buffer.alloc(8 * count);
    for (let index = 0; index < count; index++) {
      event.starts[index] = 8 * index;
      event.lengths[index] = 8;
    }
    const converted = new Converter().convert(event);
    if (converted === "dropped") assert.equal(code % 2, 0, line);
    else {
      assert.equal(converted, "ready", line);
      const type = eventTypes[event.code];
      assert.ok(type !== undefined && !type.old, line);
      assert.equal(event.parameters, type.parameters.length, line);
      for (let index = 0; index < event.parameters; index++)
        assert.ok((event.starts[index] as number) + (event.lengths[index] as number) <= event.bytes.length, line);
    }
  }
});

/** A thread as version 1 to 8 of the list have it. */
function threadEntry(version: number): Buffer {
  const since = (first: number, ...parts: Buffer[]): Buffer[] => (version >= first ? parts : []);
  return Buffer.concat([
    ...[7, 7, 1].map((id) => number(8, id)),
    ...since(6, number(8, 5)),
    ...since(8, number(8, 4)),
    counted("sh"),
    counted("-sh"),
    ...since(7, counted("/bin/sh")),
    counted("-c\0id"),
    counted("/root"),
    number(8, 1024),
    ...[2, 1000, 1001].map((value) => number(4, value)),
    ...since(2, Buffer.alloc(28)),
    ...since(3, counted("A=1\0")),
    ...since(4, number(8, 3), number(8, 3), counted("cpu=/a\0mem=/b\0")),
    ...since(5, counted("/")),
  ]);
}

test("lists of processes of each version tell what that version knew", () => {
  const types = [0x202, 0x207, 0x209, 0x210, 0x211, 0x212, 0x213, 0x214];
  for (const [index, type] of types.entries()) {
    const version = index + 1;
    const sink = read(block(type, threadEntry(version), threadEntry(version)), oldEvent(codes.close, [number(8, 0)]));
    assert.equal(sink.threads.length, 2, `version ${version}`);
    const since = (first: number, facts: object): object => (version >= first ? facts : {});
    assert.deepEqual(
      sink.threads[1],
      {
        ...{ tid: 7, pid: 7, parent: 1, comm: "sh", exe: "-sh", exePath: version >= 7 ? "/bin/sh" : "" },
        ...{ args: ["-c", "id"], cwd: "/root", flags: 2, uid: 1000, gid: 1001 },
        ...since(3, { environment: ["A=1"] }),
        ...since(4, { vtid: 3, vpid: 3, cgroups: ["cpu=/a", "mem=/b"] }),
        ...since(5, { root: "/" }),
        ...since(6, { sid: 5 }),
        ...since(8, { vpgid: 4 }),
      },
      `version ${version}`,
    );
  }
});

test("interfaces of four kinds and users without lengths", () => {
  const v4 = [number(2, 3), number(2, 4), Buffer.from("0a000005", "hex"), Buffer.alloc(8), Buffer.from("eth0")];
  const v6 = [number(2, 2), number(2, 0), Buffer.alloc(16, 1), Buffer.alloc(32), number(8, 1000)];
  const user = [number(1, 0), number(4, 1), number(4, 2), counted("bob"), counted("/home/bob"), counted("/bin/sh")];
  const sink = read(block(0x205, ...v4, ...v6), block(0x206, ...user, number(1, 1), number(4, 9), counted("wheel")));
  assert.deepEqual(sink.machines.at(-1)?.addresses, ["\x0a\0\0\x05", "\x01".repeat(16)]);
  assert.deepEqual(sink.users, [{ id: 1, gid: 2, name: "bob", home: "/home/bob", shell: "/bin/sh" }]);
  assert.deepEqual(sink.groups, [{ id: 9, name: "wheel" }]);
});

test("descriptors without lengths, whose unknown kinds cannot be passed over", () => {
  const file = [number(8, 0), number(8, 6), number(1, 1), counted("/dev/null")];
  const opened = [number(8, 1), number(8, 6), number(1, 16), number(4, 3), counted("/dev/tty")];
  const sink = read(block(0x203, number(8, 7), ...file, ...opened));
  assert.deepEqual(
    sink.descriptors.map(({ fd: of, descriptor }) => [of, descriptor]),
    [
      [0, { kind: "file", name: "/dev/null", inode: 6n }],
      [1, { kind: "file", name: "/dev/tty", openFlags: 3, inode: 6n }],
    ],
  );
  const unknown = block(0x203, number(8, 7), number(8, 0), number(8, 6), number(1, 99));
  assert.throws(() => read(unknown), { code: "events.broken" });
});
