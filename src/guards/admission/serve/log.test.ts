import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { asking, goodContainer, guardOf, podOf, requestFor } from "../guard.fixture.ts";
import { bounds } from "./bounds.ts";
import { logLine } from "./log-line.ts";

const decide = async (
  t: TestContext,
  pod: Parameters<typeof requestFor>[0],
  more: Parameters<typeof requestFor>[1] = {},
) => {
  const guard = await guardOf(t, "apiVersion: bulkhead/v1\n");
  const { now, webhook } = asking();
  return { decision: await guard.decide(requestFor(pod, more), asking()), webhook, now, milliseconds: 1.234 };
};

test("a decision is one line: who, what, why, and nothing of the object", async (t) => {
  const secret = ["open", "sesame"].join("");
  const container = { ...goodContainer, env: [{ name: "A", value: secret }], securityContext: { privileged: true } };
  const line = logLine(await decide(t, podOf([container])));
  assert.ok(!line.includes("\n") && !line.includes(secret));
  const { outcomes, images, policy, ...rest } = JSON.parse(line);
  assert.deepEqual(rest, {
    time: "2026-03-04T05:06:07.000Z",
    webhook: "validate",
    allowed: false,
    basis: "judged",
    reason: rest.reason,
    uid: "0df28fbd-5f5f-11e8-bc74-36e6bb280816",
    operation: "CREATE",
    kind: "v1/Pod",
    resource: "pods",
    namespace: "shop",
    name: "api",
    user: "alice",
    milliseconds: 1.2,
  });
  assert.match(policy, /^sha256:/);
  assert.ok(
    outcomes.some(({ check, action }: Record<string, string>) => check === "workload/privileged" && action === "deny"),
  );
  assert.equal(images[0].reference, goodContainer.image);
});

test("a line has its bound, whatever is refused, and shows nothing that a terminal acts on", async (t) => {
  const containers = Array.from({ length: 200 }, (_, index) => ({ name: `c${index}`, image: `a:${index}` }));
  const many = await decide(t, podOf(containers));
  const line = logLine(many);
  assert.ok(line.length <= bounds.lineCharacters, String(line.length));
  assert.ok(JSON.parse(line).moreImages > 100);
  const username = `alice\u202e\u001b[2J${"x".repeat(5_000)}`;
  const hostile = logLine(await decide(t, podOf(), { user: { username, groups: [], extra: {} } }));
  const { user } = JSON.parse(hostile);
  assert.match(user, /^alice\\u202e\\u001b\[2Jx+…$/);
  assert.equal(user.length, bounds.textCharacters);
});
