import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../../core/problem.ts";
import { createReloading } from "./reloading.ts";

const set = (digest: string, ...trustFaults: Problem[]) => ({ digest, trustFaults });
const broken = new Problem({ kind: "usage", code: "policy.yaml", place: "bulkhead.yaml", cause: "broken" });

function files() {
  const state = { mark: "1" as string | Problem, next: set("one") as ReturnType<typeof set> | Problem, opened: 0 };
  const told: string[] = [];
  const reloading = createReloading({
    async fingerprint() {
      if (state.mark instanceof Problem) throw state.mark;
      return state.mark;
    },
    async open() {
      state.opened += 1;
      if (state.next instanceof Problem) throw state.next;
      return state.next;
    },
    onLoaded: ({ digest }) => told.push(`loaded ${digest}`),
    onBroken: ({ code }) => told.push(`broken ${code}`),
  });
  return { state, told, reloading };
}

test("files are read where they changed, and else left alone", async () => {
  const { state, told, reloading } = files();
  assert.equal(reloading.current(), undefined);
  await reloading.look();
  await reloading.look();
  assert.deepEqual([state.opened, reloading.current()?.digest], [1, "one"]);
  Object.assign(state, { mark: "2", next: set("two") });
  await reloading.look();
  assert.equal(reloading.current()?.digest, "two");
  await reloading.look(true);
  assert.deepEqual(told, ["loaded one", "loaded two", "loaded two"]);
});

test("what is broken is told once, and the old one stays until there is a whole one", async () => {
  const { state, told, reloading } = files();
  await reloading.look();
  Object.assign(state, { mark: "2", next: broken });
  for (let look = 0; look < 3; look++) await reloading.look();
  assert.deepEqual([reloading.current()?.digest, reloading.fault()?.code], ["one", "policy.yaml"]);
  // A volume that is being exchanged has no file for a moment.
  Object.assign(state, { mark: broken });
  for (let look = 0; look < 3; look++) await reloading.look();
  Object.assign(state, { mark: "3", next: set("three") });
  await reloading.look();
  assert.deepEqual([reloading.current()?.digest, reloading.fault()], ["three", undefined]);
  assert.deepEqual(told, ["loaded one", "broken policy.yaml", "broken policy.yaml", "loaded three"]);
});

test("one whose keys cannot be opened takes no other's place, and is what there is where there was none", async () => {
  const { state, reloading } = files();
  state.next = set("first", broken);
  await reloading.look();
  assert.deepEqual([reloading.current()?.digest, reloading.fault()], ["first", undefined]);
  Object.assign(state, { mark: "2", next: set("whole") });
  await reloading.look();
  Object.assign(state, { mark: "3", next: set("keyless", broken) });
  await reloading.look();
  assert.deepEqual([reloading.current()?.digest, reloading.fault()?.code], ["whole", "policy.yaml"]);
});

test("looks at the same time are one, and one that is asked for meanwhile comes after it", async () => {
  const { state, reloading } = files();
  await Promise.all([reloading.look(), reloading.look(), reloading.look(true)]);
  assert.ok(state.opened <= 2, String(state.opened));
  const opened = state.opened;
  const first = reloading.look(true);
  await Promise.resolve();
  state.next = set("two");
  await Promise.all([first, reloading.look(true)]);
  assert.equal(reloading.current()?.digest, "two");
  assert.ok(state.opened > opened);
});
