/** Secrets in the whole history of a repository, as the program tells them. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { git, skipWithoutGit } from "../src/engines/git/repository.fixture.ts";
import { ruleSamples } from "../src/engines/secrets/rules/all-samples.fixture.ts";
import { inProcess } from "./in-process.ts";

/** One file that one commit brings. */
interface Planted {
  readonly rule: string;
  readonly path: string;
  /** Begins on the line behind {@link BEFORE}. */
  readonly sample: string;
  readonly author: string;
  readonly fate: Fate;
}

/** What becomes of it: where it stays, or what takes it away again. */
const fates = ["kept", "deleted", "changed", "branch", "tag", "merge"] as const;
type Fate = (typeof fates)[number];

const AUTHORS = ["Ann <ann@example.org>", "Ben <ben@example.org>", "Cleo <cleo@example.org>"] as const;
const BEFORE = "region eu-central-1\nreplicas 3\n\n";
const FIRST_LINE = 4;

/** The same files, commits and refs whatever the samples are. */
function filesWith(sampleOf: (rule: string) => string): Planted[] {
  return Object.entries(ruleSamples).map(([rule, { path = "settings.txt" }], i) => ({
    rule,
    path: `service-${i}/${path}`,
    sample: sampleOf(rule),
    author: AUTHORS[i % AUTHORS.length] as string,
    fate: fates[i % fates.length] as Fate,
  }));
}

/** Makes the repository with git itself; returns the commit that brings each path. */
function makeRepository(folder: string, files: readonly Planted[]): Map<string, string> {
  let stream = "";
  let mark = 0;
  const commit = (ref: string, author: string, parents: readonly number[], changes: string): number => {
    mark += 1;
    const who = `${author} ${1_700_000_000 + mark * 60} +0000`;
    const from = parents.map((parent, i) => `${i === 0 ? "from" : "merge"} :${parent}\n`).join("");
    stream += `commit ${ref}\nmark :${mark}\nauthor ${who}\ncommitter ${who}\n${data(`Change ${mark}`)}${from}${changes}\n`;
    return mark;
  };
  const main = "refs/heads/main";
  let tip = commit(main, AUTHORS[0], [], write("README", "A service.\n"));
  const marks = files.map(({ path, sample, author, fate }, i) => {
    const own = write(path, `${BEFORE}${sample}\n`);
    if (fate === "branch") return commit(`refs/heads/side-${i}`, author, [tip], own);
    if (fate === "tag") return commit(`refs/tags/v${i}`, author, [tip], own);
    // Neither side of the merge has it.
    const sides = fate === "merge" ? [commit(`refs/heads/side-${i}`, author, [tip], write(`side-${i}`, "side\n"))] : [];
    tip = commit(main, author, [tip, ...sides], own);
    return tip;
  });
  for (const { path, fate } of files) {
    if (fate === "deleted") tip = commit(main, AUTHORS[0], [tip], `D ${path}\n`);
    if (fate === "changed") tip = commit(main, AUTHORS[0], [tip], write(path, `${BEFORE}taken out\n`));
  }
  git(folder, ["init", "-q", "--initial-branch=main"]);
  git(folder, ["fast-import", "--quiet", "--export-marks=.git/marks"], stream);
  git(folder, ["reset", "-q", "--hard", "main"]);
  const lines = readFileSync(join(folder, ".git", "marks"), "utf8")
    .trim()
    .split("\n");
  const ids = new Map(lines.map((line) => line.split(" ") as [string, string]));
  return new Map(files.map(({ path }, i) => [path, ids.get(`:${marks[i]}`) as string]));
}

function write(path: string, text: string): string {
  return `M 100644 inline ${path}\n${data(text)}`;
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}

/** What the test reads of a finding in the report. */
interface ReportedFinding {
  readonly title: string;
  readonly severity: string;
  readonly ids: readonly string[];
  readonly path: string;
  readonly evidence: Readonly<Record<string, string>>;
}

async function scanHistory(
  folder: string,
): Promise<{ readonly code: number | null; readonly findings: ReportedFinding[] }> {
  const { code, stdout, stderr } = await inProcess(["secrets", "scan", ".", "--history", "--format", "json"], {
    cwd: folder,
    home: folder,
  });
  assert.ok(stdout !== "", stderr);
  const { evaluations } = JSON.parse(stdout) as { evaluations: { findings: ReportedFinding[] }[] };
  return { code, findings: evaluations.flatMap((evaluation) => evaluation.findings) };
}

function sourceLines(): string[] {
  const folder = join(import.meta.dirname, "../src/engines/secrets");
  // Tests hold samples, which count in some kinds of files.
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    /(?<!\.(?:test|fixture))\.ts$/.test(name),
  );
  return files.sort().flatMap((name) => readFileSync(join(folder, name), "utf8").split("\n"));
}

function temporaryFolder(): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), "bulkhead-history-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

describe("secrets scan --history", { skip: skipWithoutGit }, () => {
  test("finds every kind of secret with the commit that brought it, its author, path and line", async () => {
    using folder = temporaryFolder();
    const files = filesWith((rule) => ruleSamples[rule]?.found[0] ?? "");
    assert.ok(files.length >= 40);
    const commits = makeRepository(folder.path, files);
    const { code, findings } = await scanHistory(folder.path);
    assert.equal(code, 1);
    const byPath = Map.groupBy(findings, ({ path }) => path);
    for (const { rule, path, sample, author, fate } of files) {
      const finding = byPath.get(path)?.find(({ ids }) => ids[0] === rule);
      assert.ok(finding !== undefined, `${rule} (${fate}) is not found`);
      assert.equal(finding.evidence.commit, commits.get(path), rule);
      assert.equal(finding.evidence.author, author, rule);
      const line = Number(finding.evidence.line);
      const last = FIRST_LINE + sample.trimEnd().split("\n").length - 1;
      assert.ok(line >= FIRST_LINE && line <= last, `${rule} is on line ${line}`);
      const isGone = /deleted or changed in a later commit/.test(finding.title);
      assert.equal(isGone, fate !== "kept" && fate !== "merge", `${rule} (${fate}): ${finding.title}`);
    }
    const told = JSON.stringify(findings);
    const shown = files.filter(
      ({ sample }) => sample.trim().length > 24 && told.includes(JSON.stringify(sample.trim())),
    );
    assert.deepEqual(shown, [], "a secret is shown");
  });

  test("finds nothing in a repository of the same size without any", async () => {
    using folder = temporaryFolder();
    // This project's own sources: full of keywords.
    const lines = sourceLines();
    let taken = 0;
    const clean = filesWith((rule) => {
      const wanted = ruleSamples[rule]?.found[0]?.length ?? 0;
      let text = "";
      while (text.length < wanted) text += `${lines[taken++ % lines.length]}\n`;
      return text;
    });
    makeRepository(folder.path, clean);
    const { code, findings } = await scanHistory(folder.path);
    assert.deepEqual(
      findings.map(({ ids, path, severity }) => [ids[0], path, severity]),
      [],
    );
    assert.equal(code, 0);
  });
});
