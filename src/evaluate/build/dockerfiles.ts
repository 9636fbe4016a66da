/** Dockerfiles that were read, judged by every check over them. */
import type { LintCheck, LintFacts, LintParameters } from "../../checks/build/dockerfile/lint-check.ts";
import { dockerfileChecks } from "../../checks/lists/dockerfile.ts";
import { fileAsset } from "../../core/asset.ts";
import type { EvidenceFor } from "../../core/check.ts";
import { counted } from "../../core/counted.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { absent, type Evidence, type Gap, present } from "../../core/evidence.ts";
import type { Assessment } from "../../core/exception.ts";
import type { Finding, FindingDraft } from "../../core/finding.ts";
import type { Policy } from "../../core/policy.ts";
import { runChecks } from "../../core/runner.ts";
import { placedCommands } from "../../engines/dockerfile/commands.ts";
import type { BuildContext, DigestAnswer, Dockerfile, DockerfileProblem } from "../../engines/dockerfile/model.ts";
import { assessorOf } from "./dockerfile-ignores.ts";

export interface LintContext {
  readonly policy: Policy;
  readonly now: Date;
  /** What registries said of images, by their whole names; absent: none was asked. */
  readonly digests?: ReadonlyMap<string, DigestAnswer>;
}

const noDigests: LintFacts["digests"] = new Map();

/** Every check over Dockerfiles. */
export const lintChecks: readonly LintCheck[] = dockerfileChecks;

export const lintIds: ReadonlySet<string> = new Set(lintChecks.map(({ id }) => id));

/** One that could not be read: nothing about it is known. */
export function evaluateUnreadDockerfile(path: string, gap: Gap, context: LintContext): Evaluation[] {
  const missing = absent<never>(gap);
  const evidence: EvidenceFor<LintFacts> = {
    dockerfile: missing,
    commands: missing,
    context: missing,
    digests: missing,
  };
  return judge(path, evidence, context);
}

/** Judges a Dockerfile that is taken apart already. Pure. */
export function lintDockerfile(
  dockerfile: Dockerfile,
  context: Evidence<BuildContext>,
  { policy, now, digests = noDigests }: LintContext,
): Evaluation[] {
  const { path } = dockerfile;
  const observedAt = now.toISOString();
  const problems = withTemplateOnce(dockerfile.problems);
  const gapsOf = (...kinds: readonly DockerfileProblem["kind"][]): Gap[] =>
    problems.filter(({ kind }) => kinds.includes(kind)).map((problem) => gapOf(path, problem));
  const evidence: EvidenceFor<LintFacts> = {
    dockerfile: present(dockerfile, observedAt, { gaps: gapsOf("refused", "unsure") }),
    commands: present(placedCommands(dockerfile), observedAt, { gaps: gapsOf("unread", "unsure") }),
    context,
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
  const context = { asset, policy, now, evidence: looked, ...(assess === undefined ? {} : { assess }) };
  return runChecks<LintFacts>(lintChecks, evidence, context);
}

/** What makes the file a template is one cause, in however many lines it stands. */
function withTemplateOnce(problems: readonly DockerfileProblem[]): DockerfileProblem[] {
  const lines = problems.filter(({ code }) => code === TEMPLATE);
  const [first] = lines;
  if (first === undefined) return [...problems];
  const reason = `a template, in ${counted(lines.length, "line")}: check what is made of it`;
  return [{ ...first, reason }, ...problems.filter(({ code }) => code !== TEMPLATE)];
}

const TEMPLATE = "dockerfile.template";

function gapOf(path: string, { code, reason, range }: DockerfileProblem): Gap {
  return { code, reason: `${path}:${range.line}:${range.column}: ${reason}` };
}

/** What is found, without verdicts. */
export type Lint = (dockerfile: Dockerfile) => readonly Pick<Finding, "check" | "severity">[];

/** Lints another text of a file, for the proofs of fixes. Without verdicts. */
export function linterOf(around: Evidence<BuildContext>, { policy, now, digests = noDigests }: LintContext): Lint {
  const context = around.state === "present" ? around.facts : { ignoreFiles: [], sensitiveFiles: [] };
  return (dockerfile) => {
    const facts: LintFacts & LintParameters = {
      dockerfile,
      commands: placedCommands(dockerfile),
      context,
      registries: policy.registries,
      digests,
    };
    return lintChecks.flatMap(({ id, evaluate }) =>
      [...evaluate(facts, now)].map(({ severity }) => ({ check: id, severity })),
    );
  };
}
