import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { nanosecondsOf, readMoment } from "./rfc3339.ts";

test("a time is read to the nanosecond, with its offset", () => {
  for (const [text, seconds, nanoseconds] of [
    ["1970-01-01T00:00:00Z", 0, 0],
    ["2018-10-26T13:38:34.902914Z", 1540561114, 902_914_000],
    ["2018-10-26T15:38:34.902914000+02:00", 1540561114, 902_914_000],
    ["2018-10-26t08:08:34.9-05:30", 1540561114, 900_000_000],
    ["2026-03-01T12:00:00.1234567891Z", 1772366400, 123_456_789],
    ["0099-01-01T00:00:00Z", -59042995200, 0],
    ["2016-12-31T23:59:60Z", 1483228800, 0],
  ] as const) {
    assert.deepEqual(readMoment(text), { seconds, nanoseconds }, text);
  }
  assert.equal(nanosecondsOf({ seconds: 2, nanoseconds: 5 }), 2_000_000_005n);
});

test("what is no time is none", () => {
  const texts = ["", "now", "2018-10-26", "2018-10-26T13:38:34", "2018-13-01T00:00:00Z", "2018-02-30T00:00:00Z"];
  for (const text of [...texts, "2018-10-26T24:00:00Z", `2018-10-26T13:38:34.${"1".repeat(99)}Z`, 5, null, undefined]) {
    assert.equal(readMoment(text), undefined, String(text));
  }
});

test("each time that a computer writes is read back", () => {
  const property = fc.property(
    fc.date({ min: new Date(0), max: new Date("9999-12-31T23:59:59Z"), noInvalidDate: true }),
    (date) => {
      const moment = readMoment(date.toISOString());
      assert.equal((moment?.seconds ?? 0) * 1_000 + (moment?.nanoseconds ?? 0) / 1_000_000, date.getTime());
    },
  );
  fc.assert(property);
});
