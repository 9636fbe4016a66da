import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import fc from "fast-check";
import { Problem } from "../../core/problem.ts";
import { runs } from "../../core/runs.fixture.ts";
import { readAdmissionDecision } from "../../engines/admission/decision-log.ts";
import { readRegistryDecision } from "../../engines/oci/distribution/decision-log.ts";
import { logLine as admissionLine } from "../../guards/admission/serve/log-line.ts";
import { logLine as registryLine } from "../../guards/registry/serve/log-line.ts";
import { readLogs } from "./logs.ts";

const folder = mkdtempSync(join(tmpdir(), "bulkhead-logs-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const digest = `sha256:${"a".repeat(64)}`;
const now = new Date("2026-11-27T10:00:00Z");

const registry = registryLine({
  time: now,
  principal: "github:shop/shop",
  operation: "manifest.push",
  repository: "shop/api",
  reference: "v1",
  decision: { action: "refuse", basis: "policy", reason: "no rule", digest: digest as never, checks: ["registry/x"] },
});

const admission = admissionLine({
  webhook: "validate",
  now,
  milliseconds: 1,
  decision: {
    request: {
      ...{ uid: "1", operation: "CREATE", user: { username: "alice" }, dryRun: false, namespace: "shop", name: "api" },
      kind: { group: "apps", version: "v1", kind: "Deployment" },
      resource: { group: "apps", version: "v1", resource: "deployments" },
    },
    ...{ answer: { allowed: true }, basis: "judged", reason: "permitted", policy: digest, patch: [] },
    outcomes: [{ check: "registry/unsigned-image", verdict: "fail", action: "audit", image: "a:1", message: "m" }],
    images: [{ reference: "a:1", digest, cached: false }],
  } as never,
});

test("what the guards write is what is read", () => {
  assert.deepEqual(readRegistryDecision(JSON.parse(registry)), {
    ...{ time: now.toISOString(), principal: "github:shop/shop", operation: "manifest.push", repository: "shop/api" },
    ...{ reference: "v1", allowed: false, basis: "policy", reason: "no rule", digest, checks: ["registry/x"] },
  });
  assert.deepEqual(readAdmissionDecision(JSON.parse(admission)), {
    ...{ time: now.toISOString(), webhook: "validate", allowed: true, basis: "judged", reason: "permitted" },
    ...{ operation: "CREATE", kind: "apps/v1/Deployment", namespace: "shop", name: "api", user: "alice" },
    ...{ dryRun: false, policy: digest, leftOut: 0, images: [{ reference: "a:1", digest }] },
    outcomes: [{ check: "registry/unsigned-image", verdict: "fail", action: "audit", image: "a:1", message: "m" }],
  });
});

test("lines of any form are none of the guards', and parts of one that cannot be read are counted", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue()), (any, some) => {
      for (const read of [readRegistryDecision, readAdmissionDecision]) assert.doesNotThrow(() => read(any));
      for (const [line, read] of [
        [registry, readRegistryDecision],
        [admission, readAdmissionDecision],
      ] as const) {
        const mutated = { ...JSON.parse(line), ...some };
        const found = read(mutated);
        if (found !== undefined) assert.ok(!Number.isNaN(Date.parse(found.time)));
      }
    }),
    runs(200),
  );
  const outcomes = [{ check: "c" }, 7];
  assert.equal(readAdmissionDecision({ ...JSON.parse(admission), outcomes, moreImages: 3 })?.leftOut, 5);
  assert.equal(readAdmissionDecision({ ...JSON.parse(admission), time: "yesterday" }), undefined);
  assert.equal(readRegistryDecision({ ...JSON.parse(registry), action: "warn" }), undefined);
});

const reader = {
  read: readRegistryDecision,
  isWanted: ({ repository }: { repository: string }) => repository === "shop/api",
};
const line = (time: string, repository = "shop/api") => JSON.stringify({ ...JSON.parse(registry), time, repository });

test("of several logs what is wanted is kept, oldest first, with when they begin and end", async () => {
  const [one, two] = [join(folder, "one.log"), join(folder, "two.log")];
  writeFileSync(one, `${line("2026-11-26T00:00:00Z")}\n${line("2026-11-28T00:00:00Z", "shop/web")}\n`);
  writeFileSync(two, `${line("2026-11-25T00:00:00Z")}\n`);
  const { entries, from, to, gaps, name } = await readLogs([one, two], reader);
  assert.deepEqual(
    entries.map(({ time }) => time),
    ["2026-11-25T00:00:00Z", "2026-11-26T00:00:00Z"],
  );
  assert.deepEqual([from, to], ["2026-11-25T00:00:00.000Z", "2026-11-28T00:00:00.000Z"]);
  assert.deepEqual([gaps, name], [[], `${one}, ${two}`]);
});

test("what is not read of a log is a gap: lines that are none, and the part that was put aside", async () => {
  const file = join(folder, "broken.log");
  writeFileSync(file, `${line("2026-11-26T00:00:00Z")}\n{"half":\n[]x\n{"other": 1}\n`);
  writeFileSync(`${file}.1`, line("2026-11-20T00:00:00Z"));
  const { entries, gaps } = await readLogs([file], reader);
  assert.equal(entries.length, 1);
  assert.deepEqual(gaps.map(({ code }) => code).sort(), ["trace.log-rotated", "trace.log-unread"]);
  assert.match(
    gaps.find(({ code }) => code === "trace.log-unread")?.reason ?? "",
    /^3 lines not read, the first .*broken\.log:2/,
  );
  const both = await readLogs([file, `${file}.1`], reader);
  assert.equal(both.entries.length, 2);
  const empty = join(folder, "empty.log");
  writeFileSync(empty, "");
  assert.deepEqual((await readLogs([empty], reader)).from, undefined);
  await assert.rejects(readLogs([join(folder, "none.log")], reader), (error) => {
    assert.ok(error instanceof Problem && error.kind === "usage");
    return true;
  });
});
