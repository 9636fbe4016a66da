import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../core/runs.fixture.ts";
import { LOOKED_AT } from "./content.ts";
import { type MadeElf, makeElf } from "./elf.fixture.ts";
import { lookedAt, SMALL } from "./stretches.ts";

const look = (file: Buffer) =>
  lookedAt(file.subarray(0, Math.max(LOOKED_AT, 1024)), file.length, (from, length) =>
    file.subarray(from, from + length),
  );
const code = { name: ".text", flags: 6, bytes: Buffer.alloc(100_000, 0x90) };
const data = { name: ".rodata", flags: 2, bytes: Buffer.alloc(50_000, "data") };

for (const form of [{}, { bits: 32 }, { little: false }, { bits: 32, little: false }] satisfies MadeElf[]) {
  test(`code of a program is left out, its data and what stands behind it are not: ${JSON.stringify(form)}`, () => {
    const behind = Buffer.from("a payload");
    const unwinding = { name: ".eh_frame", flags: 2, bytes: Buffer.alloc(20_000, 1) };
    const texts = { name: ".debug_str", bytes: Buffer.alloc(20_000, "-DKEY ") };
    const file = makeElf([code, unwinding, data, texts], { ...form, behind });
    const { stretches, left } = look(file);
    assert.deepEqual(left, { what: "machine code and symbols of programs", bytes: 120_000 });
    const [head, rest] = stretches;
    assert.equal(stretches.length, 2);
    assert.equal(head?.from, 0);
    assert.equal(rest?.to, file.length);
    assert.equal(rest?.from, (head?.to ?? 0) + 120_000);
    assert.equal(file.indexOf("data"), rest?.from);
  });
}

test("a program whose headers are cut off, or lead elsewhere, is looked at whole", () => {
  const file = makeElf([code, data]);
  for (const end of [file.length - 1, 120_000]) {
    assert.deepEqual(look(file.subarray(0, end)), { stretches: [{ from: 0, to: end }] });
  }
  const lying = Buffer.from(file);
  lying.writeUInt16LE(60_000, 0x3c);
  assert.equal(look(lying).left, undefined);
});

test("a section's name is read for 64 bytes: one of a longer name is looked at", () => {
  const named = (letters: number) =>
    look(makeElf([{ name: `.debug_${"x".repeat(letters)}`, bytes: Buffer.alloc(100_000) }])).left?.bytes;
  assert.deepEqual([named(10), named(56), named(57), named(60_000)], [100_000, 100_000, undefined, undefined]);
});

test("packed formats and pictures are left out; a text that begins like one is not, nor is what is small", () => {
  const large = (start: string, fill: number | string) =>
    Buffer.concat([Buffer.from(start, "latin1"), Buffer.alloc(SMALL, fill)]);
  const what = (file: Buffer) => look(file).left?.what;
  assert.equal(what(large("!<arch>\n", 0)), "ar archives");
  assert.equal(what(large("\x89PNG\r\n\x1a\n", 0)), "pictures and sound");
  assert.equal(what(large("RIFF\x10\x20\x30\x40WEBP", 0)), "pictures and sound");
  assert.equal(what(large("BZh91AY&SY", 0)), "compressed files");
  assert.equal(what(large("PACK\0\0\0\x02", 0)), "Git packs");
  assert.equal(what(large("GIF89a is how they begin", "a")), undefined);
  assert.equal(what(Buffer.from("\x89PNG\r\n\x1a\n\0", "latin1")), undefined);
});

test("whatever a header says, stretches lie in the file, in order, and with what was left out they are all of it", () => {
  const file = makeElf([code, data, { name: ".symtab", type: 2, bytes: Buffer.alloc(30_000) }]);
  const table = file.length - 64 * 5;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(64 * 5 + 63), fc.nat(255)), { minLength: 1, maxLength: 12 }),
      fc.boolean(),
      (changes, inHeader) => {
        const changed = Buffer.from(file);
        for (const [at, value] of changes) changed[inHeader ? at % 64 : Math.min(table + at, file.length - 1)] = value;
        const { stretches, left } = look(changed);
        let end = 0;
        let sum = left?.bytes ?? 0;
        for (const { from, to } of stretches) {
          assert.ok(from >= end && to > from && to <= file.length);
          end = to;
          sum += to - from;
        }
        assert.equal(sum, file.length);
      },
    ),
    runs(500),
  );
});
