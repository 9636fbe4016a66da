import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { neverDue } from "./cron.ts";

test("what GitHub takes is due", () => {
  for (const cron of [
    "0 3 * * 1",
    "*/15 * * * *",
    "0 0 1-7 * mon",
    "5,35 4 29 2 *",
    "0 0 31 1/2 *",
    "0 0 * JAN-MAR sun-tue",
    "0 22 * * 0-7",
  ]) {
    assert.equal(neverDue(cron), undefined, cron);
  }
});

test("what is never due says why", () => {
  assert.equal(neverDue("0 3 30 2 *"), "no month of 2 has a day 30");
  assert.equal(neverDue("0 3 31 4,6,9,11 *"), "no month of 4,6,9,11 has a day 31");
  // By the day of the week it is due all the same.
  assert.equal(neverDue("0 3 30 2 1"), undefined);
  for (const cron of ["", "0 3 * *", "0 3 * * 1 2026", "@weekly"])
    assert.match(neverDue(cron) ?? "", /has \d fields, not 5/, cron);
  for (const cron of [
    "60 * * * *",
    "* 24 * * *",
    "* * 0 * *",
    "* * * 13 *",
    "* * * * 8",
    "5-1 * * * *",
    "*/0 * * * *",
    "a * * * *",
    "1-2-3 * * * *",
    "*/2/3 * * * *",
    ", * * * *",
  ]) {
    assert.match(neverDue(cron) ?? "", /cannot be read/, cron);
  }
});

test("a schedule that names one time of each month that has the day is due", () => {
  const number = (min: number, max: number) => fc.integer({ min, max });
  fc.assert(
    fc.property(number(0, 59), number(0, 23), number(1, 31), number(1, 12), (minute, hour, day, month) => {
      // A leap year.
      const exists = new Date(Date.UTC(2024, month - 1, day)).getUTCMonth() === month - 1;
      assert.equal(neverDue(`${minute} ${hour} ${day} ${month} *`) === undefined, exists);
    }),
  );
  fc.assert(fc.property(fc.string(), (text) => typeof (neverDue(text) ?? "") === "string"));
});
