import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  contextTag,
  derBitBytes,
  derBoolean,
  derFields,
  derInteger,
  derItems,
  derNamedBits,
  derOid,
  derTime,
  readDer,
  tags,
} from "./read.ts";
import { der, derBitsOf, derIntegerOf, derOidOf, derTextOf, derTimeOf } from "./write.ts";

class Fault extends Error {}
const fault = (cause: string) => new Fault(cause);
const hex = (written: string): Buffer => Buffer.from(written.replaceAll(" ", ""), "hex");

test("what is written is read again", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 1n << 300n }), (value) => {
      assert.equal(derInteger(readDer(derIntegerOf(value), tags.integer, fault), fault), value);
    }),
  );
  const arc = fc.bigInt({ min: 0n, max: 1n << 70n });
  fc.assert(
    fc.property(fc.nat(2), fc.nat(39), fc.array(arc, { maxLength: 5 }), (root, second, rest) => {
      const dotted = [root, second, ...rest].join(".");
      assert.equal(derOid(readDer(derOidOf(dotted), tags.oid, fault), fault), dotted);
    }),
  );
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(40)), (bits) => {
      const set = derNamedBits(readDer(derBitsOf(bits), tags.bitString, fault), fault);
      assert.deepEqual(set, new Set(bits.toSorted((a, b) => a - b)));
    }),
  );
  const date = fc.date({ min: new Date("1950-01-01"), max: new Date("2999-01-01"), noInvalidDate: true });
  fc.assert(
    fc.property(date, (time) => {
      const written = derTimeOf(time);
      const read = derTime(readDer(written, written[0] as number, fault), fault);
      assert.equal(read, Math.floor(time.getTime() / 1000) * 1000);
    }),
  );
});

test("there is one way to write a length, and it is within the bytes", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["", /cut off/],
    ["30", /cut off/],
    ["30 01", /cut off/],
    ["30 81", /cut off/],
    ["30 80 00 00", /indefinite length/],
    ["30 81 01 00", /length that is not in its shortest form/],
    ["30 82 00 01 00", /length that is not in its shortest form/],
    ["30 85 00 00 00 00 01 00", /length of more than 4 bytes/],
    ["30 84 ff ff ff ff", /cut off/],
    ["30 00 00", /bytes after its end/],
    ["31 00", /a value of type 0x31 where 0x30 should be/],
    ["3f 21 00", /type number above 30/],
  ];
  for (const [written, expected] of cases) {
    assert.throws(() => readDer(hex(written), tags.sequence, fault), expected, written);
  }
  // What is within is read when it is asked for.
  let deep: Buffer = Buffer.alloc(0);
  for (let level = 0; level < 60; level++) deep = der(tags.sequence, deep);
  assert.equal(readDer(deep, tags.sequence, fault).bytes.length, deep.length);
});

test("values have their own forms, and no other", () => {
  const integer = (written: string) => derInteger({ tag: 2, content: hex(written), bytes: hex("") }, fault);
  assert.equal(integer("80"), -128n);
  assert.equal(integer("0080"), 128n);
  assert.throws(() => integer(""), /integer of 0 bytes/);
  assert.throws(() => integer("0001"), /integer that is not in its shortest form/);
  assert.throws(() => integer("ff80"), /integer that is not in its shortest form/);
  assert.throws(() => integer("01".repeat(65)), /integer of 65 bytes/);
  const boolean = (written: string) => derBoolean({ tag: 1, content: hex(written), bytes: hex("") }, fault);
  assert.deepEqual([boolean("ff"), boolean("00")], [true, false]);
  assert.throws(() => boolean("01"), /neither true nor false/);
  assert.throws(() => boolean("ffff"), /neither true nor false/);
  const oid = (written: string) => derOid({ tag: 6, content: hex(written), bytes: hex("") }, fault);
  assert.throws(() => oid(""), /identifier of 0 bytes/);
  assert.throws(() => oid("2a 80 01"), /identifier that is not in its shortest form/);
  assert.throws(() => oid("2a 81"), /identifier that is cut off/);
  assert.throws(() => oid("01".repeat(65)), /identifier of 65 bytes/);
  const bits = (written: string) => ({ tag: 3, content: hex(written), bytes: hex("") });
  assert.deepEqual(derBitBytes(bits("00 ab"), fault), hex("ab"));
  assert.throws(() => derBitBytes(bits("01 ab"), fault), /no string of bytes/);
  assert.throws(() => derNamedBits(bits("00 00"), fault), /named bits that is not in its shortest form/);
  assert.throws(() => derNamedBits(bits("06 81"), fault), /named bits that is not in its shortest form/);
  assert.throws(() => derNamedBits(bits("08 80"), fault), /no known form/);
  assert.throws(() => derNamedBits(bits(""), fault), /no known form/);
});

test("times that do not exist are none", () => {
  const read = (tag: number, text: string) => derTime(readDer(derTextOf(tag, text), tag, fault), fault);
  const { utcTime, generalizedTime } = tags;
  assert.equal(read(utcTime, "491231235959Z"), Date.parse("2049-12-31T23:59:59Z"));
  assert.equal(read(utcTime, "500101000000Z"), Date.parse("1950-01-01T00:00:00Z"));
  assert.equal(read(generalizedTime, "20260601120000.25Z"), Date.parse("2026-06-01T12:00:00.250Z"));
  assert.equal(read(generalizedTime, "00010101000000Z"), Date.parse("0001-01-01T00:00:00Z"));
  for (const text of ["20260230000000Z", "20261301000000Z", "20260101240000Z", "20260101006000Z", "20260101000060Z"]) {
    assert.throws(() => read(generalizedTime, text), /does not exist/, text);
  }
  for (const text of [
    "20260101000000",
    "20260101000000+0100",
    "202601010000Z",
    "20260101000000.10Z",
    "20260101000000.Z",
    "",
  ]) {
    assert.throws(() => read(generalizedTime, text), /no known form/, text);
  }
  assert.throws(() => read(utcTime, "20260101000000Z"), /no known form/);
  assert.throws(() => read(tags.integer, "1"), /no known form/);
});

test("fields are read as the grammar asks for them", () => {
  const value = readDer(der(tags.sequence, derIntegerOf(1), derIntegerOf(2)), tags.sequence, fault);
  const fields = derFields(value, fault);
  assert.equal(fields.optional(contextTag(0)), undefined);
  assert.equal(derInteger(fields.next(tags.integer), fault), 1n);
  assert.throws(() => fields.end(), /a value more than its form/);
  fields.any();
  fields.end();
  assert.throws(() => fields.any(), /ends where a value should follow/);
  assert.throws(() => derItems(value, fault, tags.oid), /type 0x02 where 0x06/);
  const many = readDer(
    der(tags.sequence, ...Array.from({ length: 1_001 }, () => derIntegerOf(1))),
    tags.sequence,
    fault,
  );
  assert.throws(() => derItems(many, fault), /more than 1000 values in one/);
});

test("whatever the bytes are, there is a reading or a fault", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      try {
        for (const item of derItems(readDer(Buffer.from(bytes), tags.sequence, fault), fault)) {
          for (const read of [derInteger, derBoolean, derOid, derBitBytes, derNamedBits, derTime]) {
            try {
              read(item, fault);
            } catch (error) {
              assert.ok(error instanceof Fault, String(error));
            }
          }
        }
      } catch (error) {
        assert.ok(error instanceof Fault, String(error));
      }
    }),
  );
});
