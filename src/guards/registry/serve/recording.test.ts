import assert from "node:assert/strict";
import { test } from "node:test";
import type { AuditEntry } from "../model.ts";
import { bounds } from "./bounds.ts";
import { logLine } from "./log-line.ts";
import { createMeters } from "./meters.ts";
import { createRecording } from "./recording.ts";

const entry = (
  changes: Partial<AuditEntry> = {},
  checks: readonly string[] = ["registry/unsigned-image"],
): AuditEntry => ({
  time: new Date("2026-03-04T05:06:07Z"),
  principal: "robot:ci",
  operation: "pull",
  repository: "shop/api",
  reference: "2.0.1",
  decision: { action: "refuse", basis: "policy", reason: "shop/api is not signed", checks },
  ...changes,
});

test("a decision is counted, logged and kept for the audit, with the same words", () => {
  const meters = createMeters();
  const lines: string[] = [];
  const kept: unknown[] = [];
  const record = createRecording({
    meters,
    audit: { write: (each) => kept.push(each) },
    log: { write: (line) => lines.push(line) },
  });
  record({
    entry: entry(),
    outcomes: [{ check: "registry/unsigned-image", verdict: "fail", action: "deny", message: "not signed" }],
    milliseconds: 3,
  });
  assert.deepEqual(JSON.parse(lines[0] ?? ""), kept[0]);
  assert.deepEqual(kept, [
    {
      time: "2026-03-04T05:06:07.000Z",
      principal: "robot:ci",
      operation: "pull",
      repository: "shop/api",
      reference: "2.0.1",
      action: "refuse",
      basis: "policy",
      reason: "shop/api is not signed",
      checks: ["registry/unsigned-image"],
    },
  ]);
  const exposed = meters.metrics.expose();
  assert.match(exposed, /bulkhead_registry_decisions_total\{operation="pull",action="refuse",basis="policy"\} 1\n/);
  assert.match(
    exposed,
    /bulkhead_registry_outcomes_total\{check="registry\/unsigned-image",verdict="fail",action="deny"\} 1\n/,
  );
});

test("hostile names of repositories, tags and principals make one printable line within its bound", () => {
  const hostile = `a\u001b[2J\u202e\n${"x".repeat(40_000)}`;
  const checks = Array.from({ length: 500 }, (_, index) => `${hostile}${index}`);
  const line = logLine(entry({ principal: hostile, repository: hostile, reference: hostile }, checks));
  assert.ok(line.length <= bounds.lineCharacters, String(line.length));
  assert.ok(!line.includes("\n") && !line.includes("\u001b") && !line.includes("\u202e"));
  const { principal, moreChecks } = JSON.parse(line);
  assert.equal(principal.length, bounds.textCharacters);
  assert.ok(moreChecks > 0);
});
