import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { allDifferentials } from "./all.ts";
import type { Differential, Reading } from "./differential.ts";
import { randomFrom } from "./random.ts";
import { missing, runDifferential } from "./run.ts";
import { describeDifference } from "./show.ts";

suite("our readers beside their consumers, a short seeded run of each", async () => {
  for (const differential of await allDifferentials()) {
    const lacks = missing(differential);
    const skip = lacks !== undefined && `${lacks} is not installed`;
    if (differential.cluster) continue;
    test(`${differential.reader}: as ${differential.consumer} reads it`, { skip }, async () => {
      const outcome = await runDifferential(differential, { cases: differential.cases.short, seed: 1 });
      assert.deepEqual(outcome.differences.map(describeDifference), []);
      // A run in which nothing is read alike compares nothing.
      assert.ok(outcome.same > outcome.cases / 10, `${outcome.same} of ${outcome.cases} read alike`);
    });
  }
});

suite("the comparison itself", () => {
  const value = (text: string): Reading => ({ kind: "value", value: text });
  const refused: Reading = { kind: "refused", why: "no" };
  /** Reads its bytes as text; the consumer sees an x as a y. */
  const made = (changes: Partial<Differential> = {}): Differential => ({
    reader: "made",
    consumer: "a consumer",
    needs: [],
    cases: { short: 50, soak: 50 },
    accepting: "harmless",
    generate: (random) => Buffer.from(Array.from({ length: 20 }, () => random.pick(["a", "b", "x"])).join("")),
    consume: async (cases) => cases.map((each) => value(each.toString().replaceAll("x", "y"))),
    read: (bytes) => value(bytes.toString()),
    ...changes,
  });
  const run = (changes: Partial<Differential>) => runDifferential(made(changes), { cases: 50, seed: 7 });

  test("a difference is found and made small", async () => {
    const { differences } = await run({});
    assert.ok(differences.length > 0);
    for (const { bytes } of differences) assert.equal(bytes.toString(), "x");
  });
  test("what we refuse is unknown", async () => {
    const outcome = await run({ read: () => refused });
    assert.deepEqual([outcome.unknown, outcome.differences], [50, []]);
  });
  test("what the consumer refuses is harmless or not, as said", async () => {
    const consume = async (cases: readonly Buffer[]) => cases.map(() => refused);
    assert.equal((await run({ consume })).accepted, 50);
    assert.ok((await run({ consume, accepting: "difference" })).differences.length > 0);
  });
  test("a known difference is counted under its reason", async () => {
    const known = [{ reason: "x is y", matches: (bytes: Buffer) => bytes.includes("x") }];
    const outcome = await run({ known });
    assert.ok((outcome.known.get("x is y") ?? 0) > 0);
    assert.deepEqual(outcome.differences, []);
  });
  test("regressions run before everything else", async () => {
    const outcome = await run({ regressions: () => new Map([["old", Buffer.from("zzx")]]) });
    assert.equal(outcome.cases, 51);
    assert.equal(outcome.differences[0]?.ours.kind === "value" && outcome.differences[0].ours.value, "x");
  });
  test("a consumer that answers for too few is an error", async () => {
    await assert.rejects(run({ consume: async () => [] }), /answered 0 of/);
  });
  test("the same seed makes the same cases, another seed others", () => {
    const draw = (seed: number) => randomFrom(seed).bytes(16).toString("hex");
    assert.equal(draw(3), draw(3));
    assert.notEqual(draw(3), draw(4));
  });
  test("what is not installed is named", () => {
    assert.equal(missing(made({ needs: ["node", "/nowhere/at/all"] })), "/nowhere/at/all");
    assert.equal(missing(made({ needs: ["no-such-program-anywhere"] })), "no-such-program-anywhere");
    assert.equal(missing(made({ needs: [process.execPath] })), undefined);
  });
});
