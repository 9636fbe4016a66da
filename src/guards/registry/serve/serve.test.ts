import assert from "node:assert/strict";
import { test } from "node:test";
import { readClock } from "../../../core/clock.ts";
import { Problem } from "../../../core/problem.ts";
import { createReloading } from "../../../scan/serving/reloading.ts";
import type { RegistryPolicySet } from "../model.ts";
import { createMeters } from "./meters.ts";
import { type Part, type ServedRegistry, serveRegistry } from "./serve.ts";

const broken = new Problem({ kind: "usage", code: "policy.yaml", place: "bulkhead.yaml", cause: "broken" });
const fine = { digest: "sha256:a", trustFaults: [] } as unknown as RegistryPolicySet;

function world(first: RegistryPolicySet | Problem = fine) {
  const state = { next: first, engine: undefined as string | undefined, front: undefined as string | undefined };
  const done: string[] = [];
  const events: string[] = [];
  const policies = createReloading({
    fingerprint: async () => "same",
    async open() {
      if (state.next instanceof Problem) throw state.next;
      return state.next;
    },
    onLoaded: () => done.push("loaded"),
    onBroken: () => done.push("broken"),
  });
  const part = (name: "engine" | "front", isShared: boolean, cut: number): Part => ({
    name,
    ...(isShared ? { isShared: true } : {}),
    look: async () => state[name],
    reload: async () => void done.push(`reload ${name}`),
    leave: () => void done.push(`leave ${name}`),
    async close(milliseconds) {
      done.push(`close ${name} ${milliseconds}`);
      return cut;
    },
  });
  const parts = [part("engine", true, 0), part("front", false, 2)];
  const start = () =>
    serveRegistry({
      statusHost: "127.0.0.1",
      statusPort: 0,
      policies,
      parts,
      meters: createMeters(),
      now: () => readClock(),
      looks: { policy: 3_600_000, parts: 3_600_000 },
      drain: { leaveMilliseconds: 0, closeMilliseconds: 7 },
      onEvent: (text) => events.push(text),
    });
  return { state, done, events, start };
}

async function asked({ statusPort }: ServedRegistry, path: string): Promise<[number, string]> {
  const answer = await fetch(`http://127.0.0.1:${statusPort}${path}`);
  return [answer.status, await answer.text()];
}

test("what all replicas share is told and counted, and takes no replica out of service; its own part does", async () => {
  const { state, events, start } = world();
  const served = await start();
  assert.deepEqual(await asked(served, "/readyz"), [200, "ok policy\nok trust\nok front\nok engine\n"]);
  state.engine = "connection refused";
  await served.reload();
  assert.deepEqual(await asked(served, "/readyz"), [
    200,
    "ok policy\nok trust\nok front\nno engine: connection refused\n",
  ]);
  assert.match((await asked(served, "/metrics"))[1], /bulkhead_registry_ready\{condition="engine"\} 0\n/);
  state.front = "not listening";
  await served.reload();
  assert.equal((await asked(served, "/readyz"))[0], 503);
  assert.deepEqual(events, ["engine: connection refused", "front: not listening"]);
  await served.stop();
});

test("parts are told to leave, then end in the opposite order, and what was cut off is counted", async () => {
  const { done, start } = world();
  const served = await start();
  assert.equal(await served.stop(), 2);
  await served.stopped;
  assert.deepEqual(done, ["loaded", "leave engine", "leave front", "close front 7", "close engine 7"]);
  assert.equal(await served.stop(), 2);
});

test("a policy that is broken at first ends the start, and the parts with it; a later one does not", async () => {
  const first = world(broken);
  await assert.rejects(first.start(), { code: "policy.yaml" });
  assert.deepEqual(first.done, ["broken", "close front 0", "close engine 0"]);
  const { state, done, start } = world();
  const served = await start();
  state.next = broken;
  await served.reload();
  assert.deepEqual([served.isReady(), ...done], [true, "loaded", "broken", "reload engine", "reload front"]);
  await served.stop();
});

test("keys of the policy that cannot be opened keep a replica out of service", async () => {
  const { start } = world({ digest: "sha256:a", trustFaults: [broken] } as unknown as RegistryPolicySet);
  const served = await start();
  assert.match((await asked(served, "/readyz"))[1], /^ok policy\nno trust: .*broken\n/);
  assert.equal(served.isReady(), false);
  await served.stop();
});
