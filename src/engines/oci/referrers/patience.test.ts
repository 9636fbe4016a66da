import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../../../core/problem.ts";
import { createPatience } from "./patience.ts";
import type { Repository } from "./repository.ts";

function failing(code: string): { repository: Repository; asked: () => number } {
  let asked = 0;
  const fail = async (): Promise<never> => {
    asked += 1;
    throw new Problem({ kind: "unavailable", code, place: "there", cause: "no" });
  };
  const repository = {
    place: "there",
    tagged: fail,
    manifest: fail,
    blob: fail,
    referrers: fail,
    close: async () => {},
  };
  return { repository, asked: () => asked };
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "answered",
    ({ code }: Problem) => code,
  );

test("a server that says it is asked too often is left alone for a while, whichever repository is asked", async () => {
  let now = 0;
  const patience = createPatience(
    () => 1_000,
    () => now,
  );
  const { repository, asked } = failing("registry.throttled");
  const guarded = patience.guard(repository, "registry.example");
  assert.equal(await codeOf(guarded.tagged("a")), "registry.throttled");
  assert.equal(await codeOf(guarded.tagged("b")), "registry.throttled");
  const other = patience.ask("registry.example", async () => "answered");
  assert.equal(await codeOf(other), "registry.throttled");
  assert.equal(asked(), 1);
  assert.equal(await codeOf(patience.ask("elsewhere.example", async () => "answered")), "answered");
  now = 1_000;
  assert.equal(await codeOf(patience.ask("registry.example", async () => "answered")), "answered");
});

test("what fails may be one repository's trouble, or one look-up's", async () => {
  const patience = createPatience(
    () => 1_000,
    () => 0,
  );
  const broken = failing("registry.unavailable");
  const guarded = patience.guard(broken.repository, "registry.example");
  for (const tag of ["a", "b"]) assert.equal(await codeOf(guarded.tagged(tag)), "registry.unavailable");
  assert.equal(broken.asked(), 1);
  assert.equal(await codeOf(patience.ask("registry.example", async () => "answered")), "answered");

  const missing = failing("registry.not-found");
  const second = patience.guard(missing.repository, "registry.example");
  for (const tag of ["a", "b"]) assert.equal(await codeOf(second.tagged(tag)), "registry.not-found");
  assert.equal(missing.asked(), 2);
});

test("a server that falls silent again and again is left alone longer, and an answer of its forgets that", async () => {
  let now = 0;
  const patience = createPatience(
    (failures) => 100 * 2 ** (failures - 1),
    () => now,
  );
  const { repository, asked } = failing("registry.unreachable");
  const ask = () => codeOf(patience.ask("registry.example", () => repository.tagged("a")));
  // Those that are asked together fail once.
  await Promise.all([ask(), ask(), ask()]);
  assert.equal(asked(), 3);
  now = 100;
  await ask();
  assert.equal(asked(), 4);
  now = 299;
  await ask();
  assert.equal(asked(), 4);
  now = 300;
  assert.equal(await codeOf(patience.ask("registry.example", async () => "answered")), "answered");
  await ask();
  assert.equal(asked(), 5);
  now = 400;
  await ask();
  assert.equal(asked(), 6);
});
