import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import type { Policy } from "../../core/policy.ts";
import { bounds as dockerfileBounds } from "../../engines/dockerfile/bounds.ts";
import { applyEdits } from "../../engines/dockerfile/rewrite.ts";
import { lintChecks } from "../../evaluate/build/dockerfiles.ts";
import type { LintedDockerfile } from "../../fix/dockerfile/linted.ts";
import { scanDockerfile } from "../../scan/dockerfile.ts";
import { defaultPolicy } from "../policy/default.ts";
import { isDockerfile } from "./dockerfile-name.ts";

const root = mkdtempSync(join(tmpdir(), "bulkhead-dockerfiles-"));
after(() => rmSync(root, { recursive: true, force: true }));
const now = new Date("2026-01-01T00:00:00Z");
let files = 0;

function judge(content: string | Buffer, policy: Policy = defaultPolicy): LintedDockerfile {
  files += 1;
  const path = `${files}/Dockerfile`;
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
  return scanDockerfile({ root, path }, { policy, now });
}

const verdictOf = ({ evaluations }: LintedDockerfile, check: string): string | undefined =>
  evaluations.find((evaluation) => evaluation.check === `build/${check}`)?.verdict;

const trusted: Policy = { ...defaultPolicy, origin: { kind: "trusted", name: "policy.yaml", loosened: [] } };

test("Dockerfiles are told by their names", () => {
  for (const path of [
    "Dockerfile",
    "a/Dockerfile.dev",
    "web.Dockerfile",
    "a/web.dockerfile",
    "Containerfile",
    "x.containerfile",
  ]) {
    assert.ok(isDockerfile(path), path);
  }
  for (const path of [
    "Dockerfile.dockerignore",
    "Dockerfiles.md",
    "dockerfile.ts",
    ".dockerfile",
    "Dockerfile/x",
    "MyDockerfile",
  ]) {
    assert.ok(!isDockerfile(path), path);
  }
});

test("each check gives one evaluation, with verdicts by the policy's threshold", () => {
  const judged = judge("FROM debian:13\nRUN sudo id\n");
  assert.equal(judged.evaluations.length, lintChecks.length);
  assert.equal(verdictOf(judged, "runs-as-root"), "fail");
  assert.equal(verdictOf(judged, "sudo"), "pass");
  assert.equal(verdictOf(judged, "curl-pipe-shell"), "pass");
});

test("what Docker would refuse makes what rests on it unknown, and a hit still fails", () => {
  const judged = judge("FROM debian:13\nENV API_TOKEN=made-up\nBOGUS\n");
  assert.equal(verdictOf(judged, "runs-as-root"), "unknown");
  assert.equal(verdictOf(judged, "latest-tag"), "unknown");
  assert.equal(verdictOf(judged, "secret-in-arg-or-env"), "fail");
});

test("a shell that is not parsed is unknown for the checks that need it alone", () => {
  const judged = judge('FROM debian:13\nSHELL ["pwsh", "-c"]\nRUN Get-Item x\nUSER 1\n');
  assert.equal(verdictOf(judged, "curl-pipe-shell"), "unknown");
  assert.equal(verdictOf(judged, "runs-as-root"), "pass");
});

test("what cannot be read is unknown for every check", () => {
  for (const judged of [
    scanDockerfile({ root, path: "missing/Dockerfile" }, { policy: defaultPolicy, now }),
    judge("#".repeat(dockerfileBounds.dockerfileBytes + 1)),
  ]) {
    assert.deepEqual(new Set(judged.evaluations.map(({ verdict }) => verdict)), new Set(["unknown"]));
    assert.equal(judged.evaluations.length, lintChecks.length);
  }
});

const edits = ({ evaluations }: LintedDockerfile) =>
  evaluations.flatMap(({ findings }) => findings.flatMap(({ fix }) => (fix?.kind === "edit" ? fix.edits : [])));

test("edits that are offered end their findings together", () => {
  const judged = judge(
    "# kept\nFROM debian:13\nRUN apt-get update && apt-get install -y curl=1  # why\nCMD node -g x\n",
  );
  const offered = edits(judged);
  assert.equal(offered.length, 2);
  const text = applyEdits(judged.file?.text ?? "", offered);
  assert.equal(
    text,
    '# kept\nFROM debian:13\nRUN apt-get update && apt-get install -y curl=1  # why\nUSER 10001:10001\nCMD ["node", "-g", "x"]\n',
  );
  assert.deepEqual(edits(judge(text)), []);
});

test("a file that is not UTF-8 is judged, and not rewritten", () => {
  const judged = judge(Buffer.from("FROM debian:13\n# caf\xe9\nCMD nginx\n", "latin1"));
  assert.equal(verdictOf(judged, "runs-as-root"), "fail");
  assert.deepEqual(edits(judged), []);
  const fixes = judged.evaluations.flatMap(({ findings }) => findings.map(({ fix }) => fix?.kind));
  assert.ok(fixes.includes("instruction"));
});

const ignoring = "# bulkhead ignore=runs-as-root it is a builder\nFROM debian:13\n";

test("an ignore comment with a reason takes a finding out of the verdict, and it stays in sight", () => {
  const judged = judge(ignoring);
  assert.equal(verdictOf(judged, "runs-as-root"), "pass");
  const excepted = judged.evaluations.flatMap((evaluation) => evaluation.excepted);
  assert.deepEqual(
    excepted.map(({ exception }) => [exception.reason, exception.source.line]),
    [["it is a builder", 1]],
  );
});

test("without a reason, on another instruction, or beside a trusted policy, it takes nothing out", () => {
  const without = judge("# bulkhead ignore=runs-as-root\nFROM debian:13\n");
  assert.equal(verdictOf(without, "runs-as-root"), "fail");
  assert.match(without.notes.join(), /:1: the ignore comment has no reason/);
  assert.equal(verdictOf(judge("FROM debian:13\n# bulkhead ignore=runs-as-root x\nRUN id\n"), "runs-as-root"), "fail");
  const beside = judge(ignoring, trusted);
  assert.equal(verdictOf(beside, "runs-as-root"), "fail");
  assert.match(beside.notes.join(), /has no effect under a trusted policy/);
  const details = beside.evaluations.flatMap(({ findings }) => findings.map(({ detail = "" }) => detail));
  assert.ok(details.some((detail) => detail.includes("it is a builder")));
});

test("hadolint's comments count as ours do, for the checks that ask the same", () => {
  const text = "# hadolint ignore=DL3006, DL3008 # the mirror pins\nFROM debian\nRUN apt-get install -y curl\n";
  const judged = judge(text);
  assert.equal(verdictOf(judged, "latest-tag"), "pass");
  const excepted = judged.evaluations.flatMap((evaluation) =>
    evaluation.excepted.map(({ exception }) => `${evaluation.check} ${exception.reason} ${exception.source.line}`),
  );
  assert.deepEqual(excepted, [
    "build/base-without-digest the mirror pins (hadolint ignore=DL3006,DL3008) 1",
    "build/latest-tag the mirror pins (hadolint ignore=DL3006,DL3008) 1",
  ]);
  assert.doesNotMatch(judged.notes.join("\n"), /other programs/);
  const bare = judge("FROM debian:13\n# hadolint ignore=DL3008\nRUN apt-get install -y curl\n");
  assert.match(
    bare.evaluations.flatMap(({ excepted: some }) => some.map(({ exception }) => exception.reason)).join(),
    /^hadolint ignore=DL3008, without a reason$/,
  );
  const whole = judge("# hadolint global ignore=DL3002\nFROM debian:13\n");
  assert.equal(verdictOf(whole, "runs-as-root"), "pass");
});

test("beside a trusted policy hadolint's comments take nothing out, and that is reported", () => {
  const judged = judge("# hadolint ignore=DL3006\nFROM debian\n", trusted);
  assert.equal(judged.evaluations.flatMap(({ excepted }) => excepted).length, 0);
  assert.match(judged.notes.join("\n"), /:1: the ignore comment has no effect under a trusted policy/);
  const details = judged.evaluations.flatMap(({ findings }) => findings.map(({ detail = "" }) => detail));
  assert.ok(details.some((detail) => /:1 ignores it \(hadolint ignore=DL3006/.test(detail)));
});

test("comments for other programs, and for checks that there are not, are named", () => {
  const { notes } = judge(
    "# check=skip=JSONArgsRecommended\nFROM debian\n# bulkhead ignore=no-such-check why\nUSER 1\n",
  );
  assert.match(notes.join("\n"), /1 ignore comment is for other programs \(docker\)/);
  assert.match(notes.join("\n"), /unknown check no-such-check in the ignore comment/);
});
