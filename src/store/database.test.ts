import assert from "node:assert/strict";
import { test } from "node:test";
import { asked } from "./database.ts";

const never = (): Promise<never> => new Promise(() => {});

/** {@link asked} hands on what it is asked with, and looks at nothing of it. */
function hanging() {
  return { kysely: undefined as never, place: "a database", asking: { count: 0 } };
}

test("a question that nobody answers ends in time", async () => {
  await assert.rejects(asked(hanging(), never, 10), {
    code: "store.timeout",
    place: "a database",
    kind: "unavailable",
    message: "the database did not answer within 0.01 s",
  });
});

test("a database that hangs is not asked more than so much, and again when it answers", async () => {
  const database = hanging();
  let answer = (): void => {};
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const late = await Promise.allSettled(Array.from({ length: 2_000 }, () => asked(database, () => answered, 10)));
  assert.ok(late.every(({ status }) => status === "rejected"));
  // Given up on, but not over.
  await assert.rejects(
    asked(database, async () => 1),
    { code: "store.busy" },
  );
  answer();
  await answered;
  await new Promise(setImmediate);
  assert.equal(await asked(database, async () => 1), 1);
  assert.equal(database.asking.count, 0);
});

test("a bug stays one", async () => {
  const database = hanging();
  await assert.rejects(
    asked(database, async () => {
      throw new TypeError("ours");
    }),
    TypeError,
  );
  assert.equal(database.asking.count, 0);
});
