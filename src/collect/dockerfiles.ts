/** Dockerfiles: read, taken apart, judged by every check over them, with fixes that are tried before they are offered. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { LintCheck, LintFacts } from "../checks/build/dockerfile/lint-check.ts";
import { buildChecks } from "../checks/build/index.ts";
import { fileAsset } from "../core/asset.ts";
import { bounds } from "../core/bounds.ts";
import type { EvidenceFor } from "../core/check.ts";
import type { Evaluation } from "../core/evaluation.ts";
import { absent, type Evidence, type Gap, present } from "../core/evidence.ts";
import type { Assessment } from "../core/exception.ts";
import type { FindingDraft } from "../core/finding.ts";
import type { Policy } from "../core/policy.ts";
import { isEvidenceProblem, Problem } from "../core/problem.ts";
import { runCheck } from "../core/runner.ts";
import { placedCommands } from "../engines/dockerfile/commands.ts";
import type {
  BuildContext,
  DigestAnswer,
  Dockerfile,
  DockerfileProblem,
  IgnoreFile,
} from "../engines/dockerfile/model.ts";
import { parseDockerfile } from "../engines/dockerfile/parse.ts";
import { assessorOf, ignoreNotes } from "./dockerfile-ignores.ts";
import {
  inWords,
  type Prover,
  proveFixes,
  proverOf,
  type RefusedFix,
  type Spot,
  withLineEnds,
} from "./dockerfile-proofs.ts";
import { sensitiveFilesBeside } from "./sensitive-files.ts";

export interface LintContext {
  readonly policy: Policy;
  readonly now: Date;
  /** What registries said of images, by their whole names; absent: none was asked. */
  readonly digests?: ReadonlyMap<string, DigestAnswer>;
}

export interface DockerfileJudgement {
  /** One a check. */
  readonly evaluations: readonly Evaluation[];
  /** One sentence each. */
  readonly notes: readonly string[];
  /** Absent where it could not be read. */
  readonly file?: JudgedFile;
}

/** The text that was judged, and what of its findings can be mended. */
export interface JudgedFile {
  readonly text: string;
  /** Its bytes are not UTF-8, and would not survive being written again. */
  readonly lossy: boolean;
  readonly dockerfile: Dockerfile;
  readonly refused: readonly RefusedFix[];
  readonly prove: Prover;
}

const noDigests: LintFacts["digests"] = new Map();

/** Every check whose facts are a Dockerfile's. */
export const lintChecks: readonly LintCheck[] = buildChecks.filter(
  (check): check is LintCheck => "dockerfile" in check.needs,
);

const lintIds: ReadonlySet<string> = new Set(lintChecks.map(({ id }) => id));

/** Whether a file's name says that it is a Dockerfile. */
export function isDockerfile(path: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (/\.dockerignore$|\.containerignore$/.test(name)) return false;
  return /^(?:Dockerfile|Containerfile)(?:\.[^/]+)?$|.\.(?:Dockerfile|dockerfile|Containerfile|containerfile)$/.test(
    name,
  );
}

/**
 * All evaluations of one Dockerfile.
 *
 * @param root - the folder that is judged
 * @param path - relative to it
 */
export function evaluateDockerfile(root: string, path: string, context: LintContext): DockerfileJudgement {
  return evaluateText(root, path, () => readText(join(root, path)), context);
}

/** The same with a text in place of the file's own. */
export function evaluateDockerfileText(
  root: string,
  path: string,
  text: string,
  context: LintContext,
): DockerfileJudgement {
  return evaluateText(root, path, () => ({ text, lossy: false }), context);
}

function evaluateText(
  root: string,
  path: string,
  read: () => { readonly text: string; readonly lossy: boolean },
  context: LintContext,
): DockerfileJudgement {
  let file: { readonly text: string; readonly lossy: boolean };
  let dockerfile: Dockerfile;
  try {
    file = read();
    dockerfile = parseDockerfile(path, file.text);
  } catch (error) {
    if (isEvidenceProblem(error)) return unreadDockerfile(path, { code: error.code, reason: error.message }, context);
    if (!isSystemError(error)) throw error;
    return unreadDockerfile(path, { code: "dockerfile.unreadable", reason: error.message }, context);
  }
  const { files: sensitiveFiles, gaps } = sensitiveFilesBeside(root, dockerfile);
  const buildContext = { ignoreFiles: ignoreFiles(root, path), sensitiveFiles };
  const around = present(buildContext, context.now.toISOString(), { gaps });
  const found = lintDockerfile(dockerfile, around, context).map((one) => withLineEnds(one, file.text));
  const prove = proverOf(dockerfile, found, spotterOf(buildContext, context));
  const { evaluations, refused } = file.lossy
    ? { evaluations: found.map((one) => inWords(one, () => true)), refused: [] }
    : proveFixes(found, prove);
  return {
    evaluations,
    notes: ignoreNotes(dockerfile, context.policy, lintIds),
    file: { ...file, dockerfile, refused, prove },
  };
}

function unreadDockerfile(path: string, gap: Gap, context: LintContext): DockerfileJudgement {
  const missing = absent<never>(gap);
  const evidence: EvidenceFor<LintFacts> = {
    dockerfile: missing,
    commands: missing,
    context: missing,
    registries: missing,
    digests: missing,
  };
  return { evaluations: judge(path, evidence, context), notes: [] };
}

/** Judges a Dockerfile that is taken apart already. Pure. */
export function lintDockerfile(
  dockerfile: Dockerfile,
  context: Evidence<BuildContext>,
  { policy, now, digests = noDigests }: LintContext,
): Evaluation[] {
  const { path, problems } = dockerfile;
  const observedAt = now.toISOString();
  const gapsOf = (...kinds: readonly DockerfileProblem["kind"][]): Gap[] =>
    problems.filter(({ kind }) => kinds.includes(kind)).map((problem) => gapOf(path, problem));
  const evidence: EvidenceFor<LintFacts> = {
    dockerfile: present(dockerfile, observedAt, { gaps: gapsOf("refused", "unsure") }),
    commands: present(placedCommands(dockerfile), observedAt, { gaps: gapsOf("unread", "unsure") }),
    context,
    registries: present(policy.registries, observedAt),
    digests: present(digests, observedAt),
  };
  return judge(path, evidence, { policy, now }, assessorOf(dockerfile, policy));
}

function judge(
  path: string,
  evidence: EvidenceFor<LintFacts>,
  { policy, now }: LintContext,
  assess?: (finding: FindingDraft) => Assessment | undefined,
): Evaluation[] {
  const looked: Readonly<Record<string, string>> =
    evidence.dockerfile.state === "present"
      ? {
          stages: String(evidence.dockerfile.facts.stages.length),
          instructions: String(evidence.dockerfile.facts.instructions.length),
        }
      : {};
  const asset = fileAsset(path);
  return lintChecks.map((check) =>
    runCheck(check, evidence, { asset, policy, now, evidence: looked, ...(assess === undefined ? {} : { assess }) }),
  );
}

function gapOf(path: string, { code, reason, range }: DockerfileProblem): Gap {
  return { code, reason: `${path}:${range.line}:${range.column}: ${reason}` };
}

function readText(file: string): { text: string; lossy: boolean } {
  const { size } = statSync(file);
  if (size > bounds.dockerfileBytes) {
    const cause = `its ${size} bytes are over the bound of ${bounds.dockerfileBytes}`;
    throw new Problem({ kind: "input", code: "dockerfile.size", place: file, cause });
  }
  const bytes = readFileSync(file);
  try {
    return { text: new TextDecoder("utf-8", { ignoreBOM: true, fatal: true }).decode(bytes), lossy: false };
  } catch {
    return { text: new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes), lossy: true };
  }
}

/** Those that a build with the Dockerfile's folder, or the folder that is judged, as context would read. */
function ignoreFiles(root: string, path: string): IgnoreFile[] {
  const folder = dirname(path);
  const names = [`${path}.dockerignore`, join(folder, ".containerignore"), join(folder, ".dockerignore")];
  if (folder !== ".") names.push(".containerignore", ".dockerignore");
  return names.flatMap((name) => {
    const file = join(root, name);
    try {
      if (!existsSync(file) || statSync(file).size > bounds.dockerfileBytes) return [];
      const lines = readFileSync(file, "utf8").split("\n");
      const patterns = lines.map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"));
      return [{ path: name, patterns }];
    } catch {
      return [];
    }
  });
}

/** Lints another text of a file, for the proofs of fixes. Without verdicts. */
function spotterOf(buildContext: BuildContext, { policy, now, digests = noDigests }: LintContext): Spot {
  return (dockerfile) => {
    const facts: LintFacts = {
      dockerfile,
      commands: placedCommands(dockerfile),
      context: buildContext,
      registries: policy.registries,
      digests,
    };
    return lintChecks.flatMap(({ id, evaluate }) =>
      [...evaluate(facts, now)].map(({ severity }) => ({ check: id, severity })),
    );
  };
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error && "syscall" in error;
}
