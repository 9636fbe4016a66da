import assert from "node:assert/strict";
import { test } from "node:test";
import { fileAsset } from "../../core/asset.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import type { Finding, Fix } from "../../core/finding.ts";
import { nextFix } from "./next-fix.ts";

function finding(id: string, name: string, fix: Fix | undefined, overThreshold = true): Finding {
  return {
    check: "image/scan",
    fingerprint: id,
    overThreshold,
    subject: `${id} ${name}`,
    severity: "critical",
    title: id,
    locations: [{ kind: "file", path: "x" }],
    matches: { ids: [id], package: name, version: "1.0.0" },
    ...(fix === undefined ? {} : { fix }),
    evidence: {},
  };
}

function upgrade(name: string, version: string): Fix {
  return { kind: "upgrade", version, text: `upgrade ${name} from 1.0.0 to ${version} or later` };
}

function evaluation(asset: string, findings: readonly Finding[]): Evaluation {
  return {
    check: "image/scan",
    asset: fileAsset(asset),
    verdict: "fail",
    reason: "",
    findings,
    excepted: [],
    evidence: {},
    gaps: [],
    observedAt: "2026-01-01T00:00:00.000Z",
  };
}

test("the upgrade that clears the most is the next one", () => {
  const a = evaluation("web", [
    finding("1", "a", upgrade("a", "1.0.1")),
    finding("2", "b", upgrade("b", "2.0.0")),
    finding("3", "b", upgrade("b", "2.0.0")),
  ]);
  assert.equal(nextFix([a]), "upgrade b from 1.0.0 to 2.0.0 or later in web: resolves 2 findings above the threshold");
});

test("flaws of one package that are fixed in several versions need the highest, which is not guessed", () => {
  const findings = [finding("1", "a", upgrade("a", "1.10.0")), finding("2", "a", upgrade("a", "1.9.0"))];
  assert.match(nextFix([evaluation("web", findings)]) ?? "", /\(the highest of 1\.10\.0, 1\.9\.0\) in web: resolves 2/);
});

test("one upgrade is in one asset: the same package in two is two", () => {
  const own = [finding("1", "a", upgrade("a", "1.0.1"))];
  const both = [evaluation("web", own), evaluation("api", own)];
  for (const order of [both, both.toReversed()]) {
    assert.match(nextFix(order) ?? "", /in api: resolves 1 finding above/);
  }
});

test("the worst comes before the many, and what runs before what does not", () => {
  const many = ["1", "2", "3"].map((id) => finding(id, "m", upgrade("m", "2.0.0")));
  const mild = many.map((one): Finding => ({ ...one, severity: "high" }));
  const one = [finding("4", "w", upgrade("w", "3.0.0"))];
  assert.match(nextFix([evaluation("a", mild), evaluation("b", one)]) ?? "", /^upgrade w .* resolves 1 finding/);
  const answer = (said: "yes" | "no") => ({ answer: said, reason: "seen" }) as const;
  const context = (id: string, runs: "yes" | "no") => ({
    asset: { kind: "file", id } as const,
    runs: answer(runs),
    reachable: answer(runs),
    exposed: answer(runs),
    signed: answer("yes"),
  });
  const both = [evaluation("idle", many), evaluation("live", one)];
  assert.match(nextFix(both) ?? "", /^upgrade m .* in idle/);
  assert.match(nextFix(both, [context("idle", "no"), context("live", "yes")]) ?? "", /^upgrade w .* in live/);
});

test("an instruction counts as an upgrade does, by what it is about", () => {
  const fix: Fix = { kind: "instruction", text: "remove it" };
  assert.equal(
    nextFix([evaluation("web", [finding("1", "a", fix)])]),
    "remove it in web: resolves 1 finding above the threshold",
  );
});

test("nothing without a fix, and nothing below the threshold, is proposed", () => {
  const findings = [finding("1", "a", undefined), finding("2", "b", upgrade("b", "2.0.0"), false)];
  assert.equal(nextFix([evaluation("web", findings)]), undefined);
  assert.equal(nextFix([]), undefined);
});
