import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { syscalls } from "../../src/engines/events/types/syscalls.ts";
import { eventType } from "../../src/engines/events/types/table.ts";
import { buildConverter, type Converter, readFrames, withoutCompiler } from "./convert.ts";
import { descriptorText, processRecord, recordKinds, roles, states, syscallRecord } from "./record.ts";

const architecture = process.arch === "arm64" ? "arm64" : "x86_64";
const numbers = syscalls.flatMap((call) => call[architecture] ?? []);

/** Numbers from a seed, the same each time. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const texts = (bytes: string) => [
  ...[0, 1, 2, 3, 4, 5, 8, 9, roles.comm, roles.exePath, roles.arguments, roles.environment, roles.cwd].map(
    (argument) => ({ argument, bytes }),
  ),
  { argument: roles.resolved, bytes: `/${bytes}` },
  descriptorText(9, 6, { inode: 3n, family: 2 }),
  { argument: roles.descriptorPath, bytes },
  descriptorText(4, 1, { inode: 3n, mode: 0o40755 }),
  { argument: roles.descriptorPath, bytes },
];

suite("what the kernel hands to the encoder", { skip: withoutCompiler }, () => {
  let converter: Converter;
  before(async () => {
    converter = await buildConverter();
  });
  after(() => converter[Symbol.asyncDispose]());

  test("every call with every text becomes an event that is whole", async () => {
    for (const bytes of [
      "",
      "\0",
      "a",
      "\xff\xfe\n\x1b[31m",
      "\x01\x00\0abstract",
      "\x02\x00\x00\x35".padEnd(16, "\x7f"),
    ]) {
      for (const result of [-1, 0, 5]) {
        const records = numbers.map((number) =>
          syscallRecord({
            ...{ number, result, arguments: [-1, 0o2000102, -1n, 0xffff_ffff_ffff_ffffn, 4, 5], fd: 5, family: 10 },
            ...{ inode: 2n ** 63n, device: 0xffff_ffff, layer: 2, texts: texts(bytes) },
          }),
        );
        const { events, lost } = readFrames(await converter.convert(Buffer.concat(records)));
        assert.deepEqual(lost, {});
        assert.ok(events.length >= numbers.length - 4);
        // Whatever else is not known, what came of the call is.
        const bare = events.filter(({ code, values }) => {
          const [first] = eventType(code)?.parameters ?? [];
          return first !== undefined && values[first.name] === undefined;
        });
        assert.deepEqual(
          bare.map(({ name }) => name),
          [],
        );
      }
    }
  });

  test("the longest record has room in a frame, text by text", async () => {
    const long = (argument: number, length: number) => ({ argument, bytes: "x".repeat(length), state: states.cut });
    const exec = processRecord(recordKinds.exec, {
      texts: [long(roles.exePath, 4096), long(roles.arguments, 4096), long(roles.environment, 4096), long(0, 3000)],
    });
    const { events, lost } = readFrames(await converter.convert(exec));
    assert.deepEqual(lost, {});
    assert.equal(events[0]?.values.trusted_exepath, "x".repeat(4096));
  });

  test("records with bytes of anybody's choice break nothing, and all are told or counted", async () => {
    const next = random(0x5eed);
    const seeds = [
      ...numbers.slice(0, 60).map((number) => syscallRecord({ number, result: 3, fd: 3, texts: texts("/etc/shadow") })),
      syscallRecord({ number: 18, result: 0, texts: texts("/x") }, recordKinds.uring),
      ...[recordKinds.exec, recordKinds.fork, recordKinds.exit].map((kind) =>
        processRecord(kind, { child: 7, texts: texts("a\0b\0") }),
      ),
    ];
    const records: Buffer[] = [];
    for (let round = 0; round < 6_000; round++) {
      const record = Buffer.from(seeds[next(seeds.length)] ?? assert.fail());
      const bytes = record.subarray(0, next(8) === 0 ? (4 + next(record.length - 4)) & ~3 : record.length);
      // The size is the kernel's own; all behind it may be anything.
      for (let changes = next(6); changes > 0 && bytes.length > 8; changes--)
        bytes[4 + next(bytes.length - 4)] = next(256);
      if (next(3) === 0 && bytes.length > 190) bytes.writeUInt16LE(next(65_536), 184);
      bytes.writeUInt32LE(bytes.length, 0);
      records.push(bytes);
    }
    const { events, lost } = readFrames(await converter.convert(Buffer.concat(records)));
    assert.ok(events.length > 3_000);
    assert.deepEqual(Object.keys(lost), ["records of no known form"]);
  });
});
