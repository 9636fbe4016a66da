import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDigest } from "../core/digest.ts";
import type { Finding } from "../core/finding.ts";
import { packageTable } from "./package-table.ts";
import { pageOf } from "./page.ts";

const diffId = parseDigest(`sha256:${"0".repeat(64)}`);

function finding(name: string, index: number, origin?: Finding["origin"]): Finding {
  assert.ok(diffId !== undefined);
  return {
    ...{ check: "image/known-vulnerabilities", fingerprint: name, overThreshold: false, subject: name, title: name },
    severity: "high",
    locations: [{ kind: "image", path: "db", layer: { index, of: 12, diffId } }],
    matches: { ids: ["CVE-2026-1"], package: name, version: "1" },
    ...(origin === undefined ? {} : { origin }),
    evidence: {},
  };
}

test("a package of the base image says so beside its layer", () => {
  const page = pageOf({ columns: 80, color: false, all: false });
  const findings = [finding("musl", 0, "base"), finding("curl", 11, "application"), finding("wget", 11)];
  const [, musl, curl, wget] = packageTable(page, findings).map((line) => line.trimEnd());
  assert.match(musl ?? "", / 1\/12 base$/);
  assert.match(curl ?? "", / 12\/12$/);
  assert.match(wget ?? "", / 12\/12$/);
});
