/** What every check over a Dockerfile has in common. `dockerfileCheck` is where each of them begins. */
import type { Category } from "../../../core/category.ts";
import { type Check, type CheckDocumentation, type ControlNumber, controlsOf, type Need } from "../../../core/check.ts";
import type { FindingDraft, Fix, Graded, TextEdit } from "../../../core/finding.ts";
import type { RatedSeverity } from "../../../core/severity.ts";
import type {
  BuildContext,
  DigestAnswer,
  Dockerfile,
  PlacedCommand,
  SourceRange,
} from "../../../engines/dockerfile/model.ts";
import { clip, clipSubject, SENTENCE } from "../../findings/one-line.ts";
import { gradeOfFix } from "../../knowledge/fix-grades.ts";
import { hostsOf } from "./hosts.ts";

/** All that a check over a Dockerfile may be handed; it names those that it needs. */
export interface LintFacts {
  /** Partial where Docker would refuse something in it. */
  readonly dockerfile: Dockerfile;
  /** What its shells run, in the file's order. Partial where a shell's text could not be taken apart. */
  readonly commands: readonly PlacedCommand[];
  /** The folder around it. */
  readonly context: BuildContext;
  /** What registries said of the images that the file uses, by their whole names; empty where none was asked. */
  readonly digests: ReadonlyMap<string, DigestAnswer>;
}

/** What of the policy they judge by. */
export interface LintParameters {
  /** Where images may come from (patterns of core/glob.ts); empty is anywhere. */
  readonly registries: readonly string[];
}

export type LintCheck = Check<LintFacts, LintParameters>;

export interface EditingFix {
  readonly text: string;
  /** Empty: words alone. */
  readonly edits: readonly TextEdit[];
  /** Where less is known of this change than of its kind (checks/knowledge/fix-grades.ts). */
  readonly graded?: Graded | undefined;
}

/** A finding as a check states it. */
export interface Detection {
  /**
   * What it is about, as short as it can be told from others in its stage, without a line: `debian:12`,
   * `apt-get install`. The stage comes before it, behind it the hosts that its command names, and a number where it comes
   * again. Whatever of the finding an attacker would change belongs into it.
   */
  readonly subject: string;
  /** See `FindingDraft`. */
  readonly unrecorded?: true | undefined;
  /** One sentence without a full stop. */
  readonly title: string;
  readonly range: SourceRange;
  /** Index of the stage; absent: of the file as a whole. */
  readonly stage?: number | undefined;
  /** Absent: the check's. */
  readonly severity?: RatedSeverity;
  readonly detail?: string;
  /** What to do, or the edits that do it: they are tried, and offered where they end the finding and start none. */
  readonly fix?: string | EditingFix;
  readonly evidence?: Readonly<Record<string, string>>;
}

export interface LintSpecification<Needed extends keyof LintFacts> {
  /** The file's name: `latest-tag`. */
  readonly name: string;
  /** The folder that it is in. Absent: `build`. */
  readonly layer?: "registry";
  readonly title: string;
  readonly severity: RatedSeverity;
  /** Absent: configuration. */
  readonly category?: Category;
  readonly controls?: readonly ControlNumber[];
  readonly withoutControl?: string;
  readonly documentation: CheckDocumentation;
  /** `whole` where the finding is that something is not there. */
  readonly needs: Readonly<Record<Needed | "dockerfile", Need>>;
  detect(facts: Pick<LintFacts, Needed | "dockerfile"> & LintParameters): Iterable<Detection>;
}

/** Makes the check: findings get their id, the place, the stage and a subject that no other finding of the file has. */
export function dockerfileCheck<Needed extends keyof LintFacts = "dockerfile">(
  specification: LintSpecification<Needed>,
): LintCheck {
  const { name, layer = "build", title, severity, category = "configuration", documentation, needs } = specification;
  const id = `${layer}/${name}`;
  return {
    id,
    title,
    layer,
    category,
    ...controlsOf(specification),
    severity,
    documentation,
    subject: "dockerfile",
    // The runner hands out what is declared here, and `detect` sees nothing else.
    needs: needs as LintCheck["needs"],
    parameters: { registries: (policy) => policy.registries },
    *evaluate(facts) {
      const seen = new Map<string, number>();
      const hosts = hostsOf(facts.dockerfile);
      for (const detection of specification.detect(facts)) {
        const subject = subjectOf(facts.dockerfile, detection, hosts(detection.range));
        const times = (seen.get(subject) ?? 0) + 1;
        seen.set(subject, times);
        yield draftOf(id, severity, facts.dockerfile, detection, times === 1 ? subject : `${subject} (${times})`);
      }
    },
  };
}

function draftOf(
  id: string,
  severity: RatedSeverity,
  { path, text, stages }: Dockerfile,
  detection: Detection,
  subject: string,
): FindingDraft {
  const { range, stage, title, detail, fix, evidence, unrecorded } = detection;
  const location = { kind: "file", path, line: range.line, column: range.column } as const;
  const stageName = stage === undefined || stages.length < 2 ? undefined : nameOfStage(stages[stage]?.name, stage);
  return {
    subject,
    severity: detection.severity ?? severity,
    title: clip(title, SENTENCE),
    ...(detail === undefined ? {} : { detail: clip(detail, SENTENCE) }),
    locations: [location],
    matches: { ids: [id], path },
    ...(unrecorded === true ? { unrecorded } : {}),
    ...(fix === undefined ? {} : { fix: fixOf(id, fix) }),
    evidence: {
      ...(stageName === undefined ? {} : { stage: stageName }),
      written: clip(text.slice(range.start, range.end)),
      ...evidence,
    },
  };
}

function subjectOf({ stages }: Dockerfile, { subject, stage }: Detection, hosts: readonly string[]): string {
  const words = new Set(subject.split(" "));
  const more = hosts.filter((host) => !words.has(host));
  const about = clipSubject(more.length === 0 ? subject : `${subject} (${more.join(", ")})`);
  return stage === undefined ? about : `stage ${nameOfStage(stages[stage]?.name, stage)}: ${about}`;
}

function nameOfStage(name: string | undefined, index: number): string {
  return name ?? String(index);
}

function fixOf(id: string, fix: NonNullable<Detection["fix"]>): Fix {
  if (typeof fix === "string") return { kind: "instruction", text: clip(fix, SENTENCE) };
  const text = clip(fix.text, SENTENCE);
  const [first, ...more] = fix.edits;
  if (first === undefined) return { kind: "instruction", text };
  return { kind: "edit", text, ...gradeOfFix(id, fix.graded), edits: [first, ...more] };
}
