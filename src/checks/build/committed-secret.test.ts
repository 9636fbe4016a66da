import assert from "node:assert/strict";
import { test } from "node:test";
import type { FindingDraft } from "../../core/finding.ts";
import type { SecretFact } from "../../engines/secrets/model.ts";
import { committedSecret } from "./committed-secret.ts";

const secret: SecretFact = {
  rule: "sample-code",
  title: "Sample code",
  confidence: "high",
  severity: "critical",
  redacted: "cod_…(28)",
  fingerprint: "r0123456789abcdef01234567",
  path: "deploy/settings.env",
  line: 3,
  column: 8,
  offset: 40,
  length: 28,
  validity: "unsure",
  reference: "https://example.com/format",
};

function findings(...secrets: readonly SecretFact[]): FindingDraft[] {
  return [...committedSecret.evaluate({ secrets: { secrets, files: 1, bytes: 100 } }, new Date(0))];
}

test("a secret is a finding at its line; an exception may name its rule, the check or the path", () => {
  const [finding] = findings(secret);
  assert.deepEqual(finding?.locations, [{ kind: "file", path: "deploy/settings.env", line: 3, column: 8 }]);
  assert.equal(finding?.severity, "critical");
  assert.equal(finding?.title, "Sample code cod_…(28)");
  assert.deepEqual(finding?.matches, {
    ids: ["sample-code", "build/committed-secret"],
    path: "deploy/settings.env",
  });
});

test("one secret in several places of a file is one finding, and moving it changes nothing of what it is about", () => {
  const [both, more] = findings(secret, { ...secret, line: 9, offset: 300 });
  assert.equal(both?.locations.length, 2);
  assert.equal(more, undefined);
  assert.equal(findings({ ...secret, line: 99, column: 1, offset: 3_000 })[0]?.subject, both?.subject);
});

test("another secret of the rule in the file, or the same in another file, is another finding", () => {
  const subjects = findings(secret, { ...secret, fingerprint: "r1" }, { ...secret, path: "other.env" }).map(
    ({ subject }) => subject,
  );
  assert.equal(new Set(subjects).size, 3);
});

test("what everybody knows ranks low and is said", () => {
  const [finding] = findings({ ...secret, wellKnown: true });
  assert.equal(finding?.severity, "low");
  assert.match(finding?.title ?? "", /an example or a placeholder/);
});

test("a secret of the history names its commit", () => {
  const commit = { id: "ab".repeat(20), author: "A <a@example.com>", date: "2025-03-04T05:06:07Z" };
  const [finding] = findings({ ...secret, commit });
  assert.equal(finding?.evidence.commit, commit.id);
  assert.equal(finding?.evidence.author, commit.author);
  assert.equal(finding?.evidence.committed, "2025-03-04");
});

test("what a later commit took away is said, unless HEAD has it in another place", () => {
  const commit = { id: "ab".repeat(20), author: "A" };
  assert.match(findings({ ...secret, commit, hidden: true })[0]?.title ?? "", /deleted or changed in a later commit/);
  assert.doesNotMatch(findings({ ...secret, commit, hidden: true }, { ...secret, line: 9 })[0]?.title ?? "", /commit/);
});

test("nothing found is no finding", () => {
  assert.deepEqual(findings(), []);
});

test("what was staged or stashed, and no commit has, is in Git's objects", () => {
  assert.equal(findings({ ...secret, hidden: true })[0]?.title, "Sample code cod_…(28), only in Git objects");
});
