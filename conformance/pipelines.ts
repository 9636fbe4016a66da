/**
 * Suite `pipelines`: workflows and pipelines with labels of where zizmor or glsec finds something. Prints, audit by audit,
 * what is found and missed here, and what is found beyond the labels. With `--data DIR` over a folder with labels.jsonl
 * ({path, audit, line}); else over workflows of our own (pipelines/cases), each with its positives and negatives.
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defaultPolicy } from "../src/collect/policy/default.ts";
import type { Evaluation } from "../src/core/evaluation.ts";
import type { Policy } from "../src/core/policy.ts";
import { Problem } from "../src/core/problem.ts";
import { readGithubFile } from "../src/engines/pipelines/github/read.ts";
import { readGitlabPipeline } from "../src/engines/pipelines/gitlab/read.ts";
import { pipelineKind, pipelineKindOf } from "../src/engines/pipelines/system.ts";
import { evaluateGitlab } from "../src/evaluate/build/gitlab.ts";
import { evaluateGithubFile } from "../src/evaluate/build/workflows.ts";
import { checksOfAudits } from "./pipelines/audits.ts";
import { type Comparison, compare, type Found, type Label, recallOf } from "./pipelines/compare.ts";
import type { Suite } from "./suite.ts";

const LABELS = "labels.jsonl";
const OWN = join(import.meta.dirname, "pipelines/cases");

/** A case of ours is about the audit that its directory, or the file itself, is named for. */
function isOfItsAudit({ path, check }: Found): boolean {
  const audits = path.split(/[/.]/).flatMap((part) => checksOfAudits.get(part) ?? []);
  return audits.includes(check);
}

/** For the audit that finds nothing without a list of the policy's. */
const OWN_POLICY: Policy = {
  ...defaultPolicy,
  registries: ["registry.example.com"],
  pipelines: { actions: { allow: [], deny: ["acme/denied"] }, includes: { allow: ["my-group"] } },
};

/** Audits that ask GitHub's API and nothing else: no file answers them. */
const ONLINE: ReadonlySet<string> = new Set(["impostor-commit", "ref-confusion", "stale-action-refs"]);

export const pipelines: Suite = {
  about: "workflows and pipelines with labels of zizmor's and glsec's audits: what is found, missed and beyond",
  needs: [],
  async *cases({ data }) {
    const given = existsSync(join(data, LABELS));
    const folder = given ? data : OWN;
    const texts = textsOf(folder);
    const labels = labelsOf(folder);
    const { found, unread } = evaluated(texts, given ? defaultPolicy : OWN_POLICY);
    const comparison = compare(labels, given ? found : found.filter(isOfItsAudit), checksOfAudits, texts);
    process.stdout.write(report(folder, comparison, unread));
    for (const { audit, found: right, missed } of comparison.audits) {
      yield {
        name: `${audit}: ${right.length} of ${right.length + missed.length} found`,
        run: () => assert.deepEqual(missed.map(placeOf), [], "labels that nothing was found at"),
      };
    }
    if (given) return;
    yield {
      name: "no finding of a labelled check is beyond the labels of our own cases",
      run: () => clean(comparison),
    };
    yield {
      name: "every audit has a case that is found",
      run: () => {
        const lacking = [...checksOfAudits.keys()].filter((audit) => !labels.some((label) => label.audit === audit));
        assert.deepEqual(lacking, [], "audits without a positive case");
      },
    };
  },
};

function clean({ beyond }: Comparison): void {
  assert.deepEqual(
    beyond.map(({ path, check, lines }) => `${path}:${lines[0]} ${check}`),
    [],
  );
}

/** Every YAML file below the folder. */
function textsOf(folder: string): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => name.replaceAll("\\", "/"));
  return new Map(
    names
      .filter((name) => /\.ya?ml$/.test(name))
      .sort()
      .map((name) => [name, readFileSync(join(folder, name), "utf8")]),
  );
}

/** Of the folder and of those below it, each relative to its own. */
function labelsOf(folder: string): Label[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => name.replaceAll("\\", "/"));
  return names
    .filter((name) => name === LABELS || name.endsWith(`/${LABELS}`))
    .sort()
    .flatMap((name) => {
      const own = name.slice(0, -LABELS.length);
      const lines = readFileSync(join(folder, name), "utf8").split("\n");
      return lines
        .filter((line) => line.trim() !== "")
        .map((line) => JSON.parse(line) as Label)
        .map((label) => ({ ...label, path: own + label.path.replace(/^\.?\//, "").replace(/\/{2,}/g, "/") }));
    });
}

function evaluated(texts: ReadonlyMap<string, string>, policy: Policy): { found: Found[]; unread: string[] } {
  const found: Found[] = [];
  const unread: string[] = [];
  for (const [path, text] of texts) {
    try {
      const evaluations = evaluate(path, text, { texts, policy });
      for (const { check, findings } of evaluations) {
        for (const { locations, title, severity } of findings) {
          const lines = locations.flatMap((one) => (one.kind === "file" && one.line !== undefined ? [one.line] : []));
          found.push({ path, check, lines, title: `${severity}: ${title}` });
        }
      }
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      unread.push(error.line());
    }
  }
  return { found, unread };
}

/** By its path, else by its keys; what a pipeline of GitLab's includes is among the files. */
function evaluate(
  path: string,
  text: string,
  { texts, policy }: { readonly texts: ReadonlyMap<string, string>; readonly policy: Policy },
): Evaluation[] {
  const context = { policy, now: new Date("2026-01-01T00:00:00Z") };
  if ((pipelineKind(path) ?? pipelineKindOf(text)) !== "gitlab") {
    return evaluateGithubFile(readGithubFile(path, text), context);
  }
  const tree = { read: (file: string) => texts.get(file), match: () => [] };
  return evaluateGitlab(readGitlabPipeline(path, text, tree), context);
}

function report(
  folder: string,
  { audits, unanswered, beyond, matched }: Comparison,
  unread: readonly string[],
): string {
  const lines = [`${folder}`, "", row("audit", "found", "missed", "recall", "checks")];
  for (const score of audits) {
    const { audit, found, missed, checks } = score;
    lines.push(row(audit, String(found.length), String(missed.length), percent(recallOf(score)), checks.join(" ")));
  }
  const found = audits.flatMap((score) => score.found);
  const missed = audits.flatMap((score) => score.missed);
  lines.push(row("all", String(found.length), String(missed.length), percent(recallOf({ found, missed })), ""), "");
  const precision = matched / Math.max(1, matched + beyond.length);
  lines.push(`${matched} findings at a label, ${beyond.length} beyond the labels: precision ${percent(precision)}`);
  lines.push(...beyondByCheck(beyond));
  for (const label of missed) lines.push(`  missed ${placeOf(label)} ${label.audit}`);
  for (const { path, check, lines: own, title } of beyond) lines.push(`  beyond ${path}:${own[0]} ${check}: ${title}`);
  for (const label of unanswered) {
    const why = ONLINE.has(label.audit) ? "asks GitHub's API" : "no check here answers it";
    lines.push(`  not evaluated ${placeOf(label)} ${label.audit}: ${why}`);
  }
  for (const reason of unread) lines.push(`  not read ${reason}`);
  return `${lines.join("\n")}\n`;
}

/** Most of what is beyond are checks that the other program runs only when it is asked to be pedantic. */
function beyondByCheck(beyond: readonly Found[]): string[] {
  const counts = Map.groupBy(beyond, ({ check, title }) => `${title.split(":", 1)[0]} ${check}`);
  return [...counts]
    .map(([what, some]) => ({ what, count: some.length }))
    .sort((a, b) => b.count - a.count)
    .map(({ what, count }) => `${String(count).padStart(6)} beyond, ${what}`);
}

function row(audit: string, found: string, missed: string, recall: string, checks: string): string {
  return `${audit.padEnd(32)} ${found.padStart(6)} ${missed.padStart(7)} ${recall.padStart(7)}  ${checks}`.trimEnd();
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}

function placeOf({ path, line }: Label): string {
  return `${path}:${line}`;
}
