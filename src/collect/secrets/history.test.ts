import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Problem } from "../../core/problem.ts";
import { git, skipWithoutGit, temporaryFolder } from "../../engines/git/repository.fixture.ts";
import { createFingerprinter } from "../../engines/secrets/fingerprint.ts";
import { sampleCode, sampleRules } from "../../engines/secrets/sample-rules.fixture.ts";
import { createSecretScanner } from "../../engines/secrets/scan.ts";
import { secretsOfHistory } from "./history.ts";

const scanner = createSecretScanner({ rules: sampleRules, fingerprint: createFingerprinter() });
const otherCode = sampleCode.replace("a8Z0", "b8Z0");

test("a secret is told with the first commit that had it, also where a later one deleted it", {
  skip: skipWithoutGit,
}, async (context) => {
  const folder = temporaryFolder(context);
  const commit = (message: string, at: number): string => {
    const dates = [`GIT_AUTHOR_DATE=${at} +0000`, `GIT_COMMITTER_DATE=${at} +0000`];
    git(folder, ["add", "-A"]);
    git(folder, ["-c", `alias.at=!env '${dates[0]}' '${dates[1]}' git commit -q -m '${message}'`, "at"]);
    return git(folder, ["rev-parse", "HEAD"]).trim();
  };
  git(folder, ["init", "-q"]);
  writeFileSync(join(folder, "gone.env"), `first\nCODE=${sampleCode}\n`);
  writeFileSync(join(folder, "kept.env"), `CODE=${otherCode}\n`);
  const first = commit("one", 1_700_000_000);
  rmSync(join(folder, "gone.env"));
  writeFileSync(join(folder, "kept.env"), `more\nCODE=${otherCode}\n`);
  commit("two", 1_700_000_100);
  writeFileSync(join(folder, "clean"), "clean\n");
  const third = commit(`three ${otherCode}`, 1_700_000_200);

  const { found, gaps } = await secretsOfHistory(folder, scanner);
  const shown = found.secrets.map(({ path, commit: from, hidden }) => [path, from?.id, hidden]).sort();
  assert.deepEqual(shown, [
    ["commit message", third, undefined],
    ["gone.env", first, true],
    ["kept.env", first, undefined],
  ]);
  assert.deepEqual(gaps, []);
  const [gone] = found.secrets.filter(({ path }) => path === "gone.env");
  assert.deepEqual(
    [gone?.line, gone?.commit?.author, gone?.commit?.date],
    [2, "Ann <ann@example.org>", "2023-11-14T22:13:20Z"],
  );
});

test("a folder without a repository is the caller's error", async (context) => {
  const folder = temporaryFolder(context);
  await assert.rejects(
    secretsOfHistory(folder, scanner),
    (error) => error instanceof Problem && error.kind === "usage",
  );
});
