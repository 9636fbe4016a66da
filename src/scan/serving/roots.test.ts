import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { Problem } from "../../core/problem.ts";
import { type Instance, knownRoot, type updateInstance } from "../../engines/trust/roots/instances.ts";
import { instancesOf, keepRoots, type RootsOptions } from "./roots.ts";

function kept(t: TestContext, options: Partial<RootsOptions> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-roots-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const asked: Instance[] = [];
  const update: typeof updateInstance = async (name) => {
    asked.push(name);
    throw new Problem({ kind: "unavailable", code: "tuf.fetch", place: name, cause: "connection refused" });
  };
  const told: string[] = [];
  const roots = keepRoots({
    folder,
    instances: () => ["public-good"],
    onRenewed: () => told.push("renewed"),
    update,
    ...options,
  });
  t.after(() => roots.close());
  return { roots, asked, told, folder };
}

test("where nobody answers, what is carried along stays in force, and its age and the reason are told", async (t) => {
  const turns: string[] = [];
  const onTurn: NonNullable<RootsOptions["onTurn"]> = (states) =>
    turns.push(...states.map(({ name, from, problem }) => `${name} ${from} ${problem?.code}`));
  const { roots, asked, told } = kept(t, { onTurn });
  const [before] = roots.states();
  assert.deepEqual([before?.from, before?.problem], ["carried", undefined]);
  const [after] = await roots.renew();
  assert.deepEqual([after?.from, after?.problem?.code], ["carried", "tuf.fetch"]);
  assert.match(after?.asOf ?? "", /^20\d\d-/);
  assert.deepEqual([asked, told], [["public-good"], []]);
  assert.deepEqual(turns, ["public-good carried tuf.fetch"]);
});

test("all who ask at the same time wait for one renewal, and one that breaks is told like any other", async (t) => {
  let asked = 0;
  const { roots } = kept(t, {
    update: async () => {
      asked += 1;
      throw new TypeError("broken");
    },
  });
  const all = await Promise.all([roots.renew(), roots.renew(), roots.renew()]);
  assert.equal(asked, 1);
  assert.ok(all.every(([state]) => state?.problem?.code === "tuf.failed"));
  await roots.renew();
  assert.equal(asked, 2);
});

test("a root that is no other than before is no reason to open the rules again", async (t) => {
  const { roots, told, folder } = kept(t, {
    update: async (name, { folder: own }) => ({
      root: knownRoot(name, own),
      rootVersion: 1,
      validUntil: "2027-01-01T00:00:00Z",
    }),
  });
  const [state] = await roots.renew();
  assert.deepEqual([state?.problem, told], [undefined, []]);
  assert.equal(knownRoot("public-good", folder).from, "carried");
});

test("those that the rules need are kept, and none where nobody signs by identity", () => {
  const identity = { kind: "identity", identity: "a", issuer: "b" } as const;
  const roots = [{ kind: "public-good" }, { kind: "github" }, { kind: "public-good" }] as const;
  assert.deepEqual(instancesOf({ roots, signers: { release: identity } }), ["public-good", "github"]);
  assert.deepEqual(instancesOf({ roots, signers: { release: { kind: "key", file: "a" } } }), []);
});
