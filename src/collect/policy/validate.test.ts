import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { codePoint } from "../../core/code-point.fixture.ts";
import { runs } from "../../core/runs.fixture.ts";
import { bounds } from "./bounds.ts";
import { statedBy } from "./stated.ts";
import { parsePolicy, validatePolicy } from "./validate.ts";

const full = `# our policy
apiVersion: bulkhead/v1
thresholds:
  vulnerabilities: { severity: high, fixableOnly: false }
  configuration:
    severity: medium
unknownSeverity: high
advisories:
  maxAgeDays: 14
exceptions:
  - id: CVE-2021-44906
    package: minimist
    path: app/**
    asset: shop/*
    justification: vulnerable_code_not_in_execute_path
    reason: &why not reachable
    owner: shop team
    expires: 2025-12-31
  - ids: [CVE-2020-7598, CVE-2020-7599]
    reason: *why
    owner: shop team
    expires: 2024-02-29
extends: git:origin/main:org/bulkhead.yaml
locked: [thresholds, licenses.deny, exceptions]
licenses: { allow: [MIT, BSD-*], deny: [AGPL-3.0-only], unknown: report }
registries: [registry.example.com, ghcr.io/acme/*]
bases: { accept: [scratch, distroless] }
rebuild: { maxAgeDays: 14 }
secrets: { rules: [ci/rules.toml] }
rotation: { secrets: { maxAgeDays: 90 } }
exceptionLimits: { maxDays: 90, maxFlaws: 5, broad: report }
`;

/** `line:column cause`, as an editor would list them. */
function problems(text: string): string[] {
  return validatePolicy(text, "bulkhead.yaml").map(({ line, column, cause }) => `${line}:${column} ${cause}`);
}

/** A policy with these lines after its apiVersion, which is line 1. */
function policy(...lines: string[]): string {
  return ["apiVersion: bulkhead/v1", ...lines, ""].join("\n");
}

test("a full policy is read as it is written", () => {
  const parsed = parsePolicy(full, "bulkhead.yaml");
  assert.ok(!("problems" in parsed));
  const { settings } = statedBy(parsed, "bulkhead.yaml", (name) => name);
  assert.equal(settings["thresholds.vulnerabilities.fixableOnly"]?.value, false);
  assert.equal(parsed.file.exceptions?.[1]?.reason, "not reachable");
  assert.deepEqual(parsed.document.at(["exceptions", 1]), { line: 19, column: 5 });
  assert.deepEqual(parsed.document.at(["thresholds", "configuration", "severity"]), { line: 6, column: 15 });
});

test("the version alone is a policy", () => {
  assert.deepEqual(problems(policy()), []);
  assert.deepEqual(problems('\ufeff{"apiVersion": "bulkhead/v1"}\r\n'), []);
});

test("every error is reported, each at its own line and column", () => {
  const text = [
    "apiVersion: bulkhead/v2",
    "thresholds:",
    "  vulnerabilities: {severity: urgent, fixableOnly: 'yes', score: 1}",
    "  configuration:",
    "unknownSeverity: none",
    "advisories: {maxAgeDays: 9.5}",
    "exceptions:",
    "  - reason: ''",
    "    expires: 2025-02-30",
    "  - id: a",
    "    ids: [b]",
    "    reason: x",
    "    owner: 5",
    "    expires: 2025-02-28",
    "  - 7",
    "__proto__: 3",
  ].join("\n");
  assert.deepEqual(problems(text), [
    '1:13 apiVersion: "bulkhead/v2" is not allowed',
    '3:31 thresholds.vulnerabilities.severity: "urgent" is not allowed',
    '3:52 thresholds.vulnerabilities.fixableOnly: "yes" is not allowed',
    "3:59 unknown key thresholds.vulnerabilities.score",
    "4:17 thresholds.configuration is empty",
    '5:18 unknownSeverity: "none" is not allowed',
    "6:26 advisories.maxAgeDays: 9.5 is not allowed",
    "8:5 exceptions[0].owner is missing",
    "8:5 exceptions[0] empty exception",
    '8:13 exceptions[0].reason: "" is not allowed',
    '9:14 exceptions[0].expires: "2025-02-30" is not allowed',
    "10:5 exceptions[1] has both id and ids",
    "13:12 exceptions[1].owner: 5 is not allowed",
    "15:5 exceptions[2]: 7 is not allowed",
    "16:1 unknown key __proto__",
  ]);
});

test("an error says what is allowed", () => {
  const allowed = (...lines: string[]) => validatePolicy(policy(...lines), "f").map((problem) => problem.allowed);
  assert.deepEqual(allowed("thresholds: {configuration: {severity: bad}}"), [
    "critical, high, medium, low or negligible",
  ]);
  assert.deepEqual(allowed("thresholds: {other: 1}"), [
    "a mapping of vulnerabilities, configuration, secrets, licenses, trust, network, detections",
  ]);
  assert.deepEqual(allowed("advisories: {maxAgeDays: -1}"), ["a whole number from 0 to 3650"]);
  assert.deepEqual(allowed("thresholds: {vulnerabilities: {fixableOnly: 1}}"), ["true or false"]);
  assert.deepEqual(allowed("exceptions: {}"), [`a list of 0 to ${bounds.policyExceptions} entries`]);
  assert.deepEqual(allowed("exceptions: [{id: a, reason: r, owner: o, expires: tomorrow}]"), [
    "a date such as 2025-12-31",
  ]);
  assert.deepEqual(allowed("exceptions: [{reason: r, owner: o, expires: 2025-01-01}]"), [
    "at least one of id, ids, package, path, asset",
  ]);
});

test("of the lists and limits of a policy each entry is checked", () => {
  assert.deepEqual(
    problems(
      policy(
        "locked: [thresholds.severity, origin]",
        "licenses: {allow: [''], unknown: deny!}",
        "bases: {accept: []}",
        "registries: registry.example.com",
        `secrets: {rules: [${"a".repeat(bounds.policyEntryLength + 1)}]}`,
        "exceptionLimits: {maxDays: -1, maxFlaws: 0, broad: no}",
        "exceptions: [{id: a, justification: trust_me, reason: r, owner: o, expires: 2025-01-01}]",
      ),
    ),
    [
      '2:10 locked[0]: "thresholds.severity" is not allowed',
      '2:31 locked[1]: "origin" is not allowed',
      '3:20 licenses.allow[0]: "" is not allowed',
      '3:34 licenses.unknown: "deny!" is not allowed',
      "4:17 bases.accept: a list of 0 is not allowed",
      '5:13 registries: "registry.example.com" is not allowed',
      `6:19 secrets.rules[0]: "${"a".repeat(58)}… is not allowed`,
      "7:28 exceptionLimits.maxDays: -1 is not allowed",
      "7:42 exceptionLimits.maxFlaws: 0 is not allowed",
      '7:52 exceptionLimits.broad: "no" is not allowed',
      '8:37 exceptions[0].justification: "trust_me" is not allowed',
    ],
  );
});

test("text of blanks is no reason and no owner", () => {
  const [reason, owner] = problems(policy("exceptions: [{id: a, reason: '  ', owner: '\t', expires: 2025-01-01}]"));
  assert.match(reason ?? "", /exceptions\[0\]\.reason/);
  assert.match(owner ?? "", /exceptions\[0\]\.owner/);
});

test("what is no single plain YAML 1.2 document is refused with its place", () => {
  assert.deepEqual(problems(""), ["1:1 the file is empty"]);
  assert.deepEqual(problems("# nothing\n"), ["1:1 the file is empty"]);
  assert.deepEqual(problems("- a"), ["1:1 the file: a list of 1 is not allowed"]);
  assert.deepEqual(problems(policy("thresholds: {}", "thresholds: {}")), ['3:1 duplicate key "thresholds"']);
  assert.deepEqual(problems(policy("---", "apiVersion: bulkhead/v1")), [
    "2:1 not valid YAML: more than one YAML document",
  ]);
  assert.deepEqual(problems(policy("? [a]", ": b")), ["2:3 a key must be plain text"]);
  assert.match(problems(policy("exceptions: !mine []"))[0] ?? "", /^2:13 not valid YAML: Unresolved tag/);
  assert.match(problems(policy("exceptions: ["))[0] ?? "", /^3:1 not valid YAML: /);
  // YAML 1.1 would read these as a boolean and a merge.
  assert.match(problems(policy("thresholds: {vulnerabilities: {fixableOnly: no}}"))[0] ?? "", /"no" is not allowed/);
  assert.match(problems(policy("<<: {unknownSeverity: low}"))[0] ?? "", /^2:1 unknown key <</);
});

test("aliases that never end or grow without end are refused", () => {
  assert.deepEqual(problems("a: &a [*a]"), ["1:8 the alias *a points to nothing that is complete before it"]);
  assert.deepEqual(problems("a: *b\nb: &b 1"), ["1:4 the alias *b points to nothing that is complete before it"]);
  const names = "abcdefghi".split("");
  const bomb = names.map(
    (name, i) =>
      `- &${name} [${Array(10)
        .fill(i === 0 ? "1" : `*${names[i - 1]}`)
        .join(", ")}]`,
  );
  assert.match(problems(bomb.join("\n")).join(), /more than 100000 values, with its aliases followed/);
});

test("depth, entries and text lengths have their bounds", () => {
  assert.match(problems("[".repeat(18) + "]".repeat(18)).join(), /deeper than 16 levels/);
  assert.match(problems("[".repeat(20_000)).join(), /nested too deeply/);
  const exception = "  - {id: a, reason: r, owner: o, expires: 2025-01-01}";
  assert.match(
    problems(policy("exceptions:", ...Array(bounds.policyExceptions + 1).fill(exception))).join(),
    /exceptions: a list of 1001 is not allowed/,
  );
  assert.match(
    problems(policy(`exceptions: [{id: ${"a".repeat(2_000)}, reason: r, owner: o, expires: 2025-01-01}]`)).join(),
    /^2:19 exceptions\[0\]\.id: "a{58}… is not allowed$/,
  );
  assert.equal(problems(policy(...Array.from({ length: 500 }, (_, i) => `k${i}: 1`))).length, bounds.policyProblems);
});

test("no text makes the reader throw, and every problem has a place in the file", () => {
  const lines = full.split("\n").length;
  const cut = fc.nat(full.length);
  const mutated = fc.tuple(
    cut,
    fc.nat(20),
    fc.oneof(
      fc.string({ unit: codePoint, maxLength: 6 }),
      fc.constantFrom("[", "{", "- ", "*why", "&a ", "!!", "\n", "? ", ": ", '"', "|", "\t"),
    ),
  );
  fc.assert(
    fc.property(mutated, ([at, removed, inserted]) => {
      const text = full.slice(0, at) + inserted + full.slice(at + removed);
      for (const { line, column, cause } of validatePolicy(text, "f")) {
        assert.ok(line >= 1 && line <= lines + inserted.length && column >= 1 && cause !== "");
      }
    }),
    runs(300),
  );
});

test("what JSON can say is refused or read, never misread", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
      const parsed = parsePolicy(JSON.stringify({ apiVersion: "bulkhead/v1", exceptions: value }), "f");
      if (!("problems" in parsed)) assert.deepEqual(parsed.file.exceptions, value);
    }),
    runs(200),
  );
});
