import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createLateJoin } from "./join.ts";
import type { ContainerFacts } from "./model.ts";
import { factsOf } from "./values.ts";

const details = { name: "api", image: "shop/api:2.0", mounts: [], labels: {} };
const known = (fullId: string): ContainerFacts => factsOf(fullId, "containerd", details);
const one = "1".repeat(64);
const two = "2".repeat(64);

/** What was said, in order. */
function saying() {
  const said: string[] = [];
  return {
    said,
    say: (what: string) => (facts?: ContainerFacts) => void said.push(`${what} ${facts?.details?.name ?? "-"}`),
  };
}

test("what waits is said in order once its container is known", () => {
  const { said, say } = saying();
  const join = createLateJoin({ patienceMilliseconds: 1_000 });
  join.wait(one, 0, say("a"));
  join.wait(two, 10, say("b"));
  // The kernel's events have the first twelve characters alone.
  join.wait(one.slice(0, 12), 20, say("c"));
  assert.deepEqual(said, []);
  join.known(known(one));
  assert.deepEqual(said, ["a api", "c api"]);
  assert.equal(join.waiting, 1);
  // Without details nothing is known yet.
  join.known(factsOf(two, "containerd", undefined));
  assert.equal(join.waiting, 1);
  assert.equal(join.expire(1_009), 1_010);
  assert.equal(join.expire(1_010), undefined);
  assert.deepEqual(said, ["a api", "c api", "b -"]);
  assert.deepEqual(join.counts(), { joined: 2, expired: 1, crowded: 0 });
});

test("facts that are not settled are said when the time is over", () => {
  const { said, say } = saying();
  const join = createLateJoin({ patienceMilliseconds: 100 });
  join.wait(one, 0, say("a"));
  join.known(known(one), false);
  assert.deepEqual(said, []);
  join.wait(one, 50, say("b"));
  join.expire(120);
  assert.deepEqual(said, ["a api"]);
  join.known({ ...known(one), details: { ...details, name: "settled" } });
  assert.deepEqual(said, ["a api", "b settled"]);
});

test("over the limit the one that waited the longest is said as it is, and nothing without patience", () => {
  const { said, say } = saying();
  const join = createLateJoin({ patienceMilliseconds: 1_000, most: 2 });
  for (const [at, name] of ["a", "b", "c"].entries()) join.wait(one, at, say(name));
  assert.deepEqual(said, ["a -"]);
  join.flush();
  assert.deepEqual(said, ["a -", "b -", "c -"]);
  assert.deepEqual(join.counts(), { joined: 0, expired: 2, crowded: 1 });
  const impatient = createLateJoin({ patienceMilliseconds: 0 });
  impatient.wait(one, 0, say("d"));
  assert.deepEqual(said.at(-1), "d -");
});

test("whatever happens each is said once, and no later than its time", () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("wait" as const), container: fc.nat(3) }),
    fc.record({ kind: fc.constant("known" as const), container: fc.nat(3), settled: fc.boolean() }),
    fc.record({ kind: fc.constant("pass" as const), milliseconds: fc.nat(60) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 5 }), (steps, most) => {
      const join = createLateJoin({ patienceMilliseconds: 50, most });
      const times: number[] = [];
      let now = 0;
      let begun = 0;
      for (const each of steps) {
        if (each.kind === "pass") {
          now += each.milliseconds;
          join.expire(now);
        } else {
          const container = String(each.container).repeat(64);
          if (each.kind === "known") join.known(known(container), each.settled);
          else {
            const since = now;
            const index = begun++;
            times[index] = 0;
            join.wait(container, now, () => {
              times[index] = (times[index] as number) + 1;
              assert.ok(now - since < 50 + 60);
            });
          }
        }
        assert.ok(join.waiting <= most);
      }
      join.flush();
      assert.ok(times.every((count) => count === 1));
      const { joined, expired, crowded } = join.counts();
      assert.equal(joined + expired + crowded, begun);
    }),
  );
});
