/** What every check over a GitLab pipeline has in common. `gitlabCheck` is where each of them begins. */

import type { Category } from "../../../core/category.ts";
import type { CheckDocumentation } from "../../../core/check.ts";
import { someOf } from "../../../core/counted.ts";
import type { Confidence, FindingDraft, Fix } from "../../../core/finding.ts";
import type { Location } from "../../../core/location.ts";
import { type RatedSeverity, severityRank } from "../../../core/severity.ts";
import type { GitlabPipeline, Place } from "../../../engines/pipelines/model.ts";
import { clip, clipSubject, SENTENCE } from "../../findings/one-line.ts";
import type { GitlabCheck, GitlabParameters } from "../../subjects/pipelines.ts";

/** One place of a cause. All of one subject are one finding. */
export interface GitlabDetection {
  /** The cause, stable: no line, digest or version in it. */
  readonly subject: string;
  /** One sentence without a full stop. */
  readonly title: string;
  readonly place: Place;
  /** The job, where it is in one. */
  readonly job?: string | undefined;
  /** Absent: the check's. Of several the worst counts. */
  readonly severity?: RatedSeverity;
  readonly confidence?: Confidence;
  readonly detail?: string;
  /** What to do, verb first. */
  readonly fix: string;
  readonly evidence?: Readonly<Record<string, string>>;
  /** See `FindingDraft`. */
  readonly unrecorded?: true;
}

export interface GitlabSpecification {
  /** The file's name: `gitlab-mutable-image`. */
  readonly name: string;
  readonly title: string;
  readonly severity: RatedSeverity;
  /** Absent: configuration. */
  readonly category?: Category;
  readonly documentation: CheckDocumentation;
  /** The finding is that something is not there, so that a pipeline that was read in part tells nothing. */
  readonly whole?: true;
  /** It goes by what scripts run. */
  readonly scripts?: true;
  detect(pipeline: GitlabPipeline, parameters: GitlabParameters): Iterable<GitlabDetection>;
}

/** What a pipeline includes is often elsewhere: a control would then never be known. */
const WITHOUT_CONTROL = "none of the ten is about pipelines";

/** Jobs that are named in a finding's evidence. */
const NAMED = 5;

export function gitlabCheck(specification: GitlabSpecification): GitlabCheck {
  const { name, title, severity, category = "configuration", documentation } = specification;
  const id = `build/${name}`;
  return {
    id,
    title,
    layer: "build",
    category,
    controls: [],
    withoutControl: WITHOUT_CONTROL,
    severity,
    documentation,
    subject: "gitlab",
    needs: {
      pipeline: specification.whole === true ? "complete" : "partial",
      ...(specification.scripts === true ? { scripts: "partial" } : {}),
    },
    parameters: {
      registries: (policy) => policy.registries,
      includes: ({ pipelines }) => pipelines.includes.allow,
    },
    *evaluate({ pipeline, ...parameters }) {
      const causes = new Map<string, GitlabDetection[]>();
      for (const detection of specification.detect(pipeline, parameters)) {
        const subject = clipSubject(detection.subject);
        const known = causes.get(subject);
        if (known === undefined) causes.set(subject, [detection]);
        else known.push(detection);
      }
      for (const [subject, detections] of causes) yield draftOf(id, severity, subject, detections);
    },
  };
}

function draftOf(
  id: string,
  standard: RatedSeverity,
  subject: string,
  detections: readonly GitlabDetection[],
): FindingDraft {
  const [first] = detections as readonly [GitlabDetection, ...GitlabDetection[]];
  const locations = locationsOf(detections);
  const severity = detections
    .map((detection) => detection.severity ?? standard)
    .reduce((worst, one) => (severityRank(one) < severityRank(worst) ? one : worst));
  const jobs = [...new Set(detections.flatMap(({ job }) => job ?? []))];
  const fix: Fix = { kind: "instruction", text: clip(first.fix, SENTENCE) };
  const places = locations.length === 1 ? "" : ` (${locations.length} places)`;
  return {
    subject,
    severity,
    ...(first.confidence === undefined ? {} : { confidence: first.confidence }),
    title: clip(first.title, SENTENCE - places.length) + places,
    ...(first.detail === undefined ? {} : { detail: clip(first.detail, SENTENCE) }),
    locations,
    matches: { ids: [id], path: first.place.path },
    fix,
    ...(first.unrecorded === true ? { unrecorded: true } : {}),
    evidence: {
      ...(jobs.length === 0 ? {} : { jobs: clip(named(jobs)) }),
      ...first.evidence,
    },
  };
}

/** Each place once, in the order in which they were found. */
function locationsOf(detections: readonly GitlabDetection[]): readonly [Location, ...Location[]] {
  const places = new Map(
    detections.map(({ place: { path, line, column } }) => [
      `${path}:${line}:${column}`,
      { kind: "file", path, line, column } as const,
    ]),
  );
  return [...places.values()] as unknown as readonly [Location, ...Location[]];
}

function named(jobs: readonly string[]): string {
  return someOf(jobs, NAMED);
}
