import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { codePoint } from "../../core/code-point.fixture.ts";
import { Problem } from "../../core/problem.ts";
import { protobufFields, protobufMessage } from "./message.ts";

const broken = (cause: string) => new Problem({ kind: "input", code: "test.broken", place: "here", cause });
const read = (bytes: Buffer) => [...protobufFields(bytes, broken)];

test("the specification's own examples", () => {
  assert.deepEqual(read(Buffer.from("089601", "hex")), [{ number: 1, value: 150n, bytes: Buffer.alloc(0) }]);
  const [field] = read(Buffer.from("120774657374696e67", "hex"));
  assert.equal(field?.number, 2);
  assert.equal(field?.bytes.toString(), "testing");
  assert.equal(protobufMessage([[1, 150]]).toString("hex"), "089601");
  assert.equal(protobufMessage([[2, "testing"]]).toString("hex"), "120774657374696e67");
});

test("fields of 4 and 8 bytes, and negative numbers in ten", () => {
  const bytes = Buffer.from("0d01000000" + "110200000000000000" + "18ffffffffffffffffff01", "hex");
  assert.deepEqual(
    read(bytes).map(({ number, value }) => [number, BigInt.asIntN(64, value)]),
    [
      [1, 1n],
      [2, 2n],
      [3, -1n],
    ],
  );
});

test("what lies about its length is refused", () => {
  for (const hex of [
    "08",
    "0880",
    "12",
    "1205",
    "120561",
    "0d0000",
    "1100",
    "0b",
    "0c",
    "0f",
    "00",
    "ffffffffffffffffffffff01",
  ]) {
    assert.throws(() => read(Buffer.from(hex, "hex")), { code: "test.broken" }, hex);
  }
  assert.throws(() => read(Buffer.from("12ffffffffffffffffff01", "hex")), { code: "test.broken" });
});

test("what was written is read, and any bytes are fields or one problem", () => {
  const value = fc.oneof(
    fc.string({ unit: codePoint }),
    fc.nat(2 ** 40),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 2 ** 29 - 1 }), value)), (fields) => {
      const back = read(protobufMessage(fields));
      assert.deepEqual(
        back.map(({ number, value: found, bytes }, index) => [
          number,
          typeof fields[index]?.[1] === "number" ? Number(found) : Buffer.from(bytes),
        ]),
        fields.map(([number, one]) => [number, typeof one === "number" ? one : Buffer.from(one as string)]),
      );
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        for (const field of read(Buffer.from(bytes))) assert.ok(field.bytes.length <= bytes.length);
      } catch (error) {
        assert.ok(error instanceof Problem);
      }
    }),
  );
});
