/** What every check over a workflow or an action's metadata has in common. `workflowCheck` is where each of them begins. */
import type { Category } from "../../../core/category.ts";
import { type Check, type CheckDocumentation, type ControlNumber, controlsOf, type Need } from "../../../core/check.ts";
import type { Confidence, FindingDraft, Fix } from "../../../core/finding.ts";
import type { Location } from "../../../core/location.ts";
import { type RatedSeverity, severityRank } from "../../../core/severity.ts";
import type { GithubFile, Place } from "../../../engines/pipelines/model.ts";
import { clip, clipSubject, SENTENCE } from "../../findings/one-line.ts";
import type { WorkflowCheck, WorkflowFacts } from "../../subjects/pipelines.ts";

/** A place as a check states it; those with the same subject become one finding with all their places. */
export interface WorkflowDetection {
  /** What it is about, without a line, a digest or a version: `job test: github.event.issue.title in run`. */
  readonly subject: string;
  /** One sentence without a full stop; of several with one subject the first one's, with their count behind it. */
  readonly title: string;
  readonly place: Place;
  /** Places that belong to it: where the trigger stands, where the value comes from. */
  readonly related?: readonly Place[];
  /** Absent: the check's. Of several with one subject the highest counts. */
  readonly severity?: RatedSeverity;
  readonly confidence?: Confidence;
  readonly detail?: string;
  /** What to do: a verb first. Edits are proposed by fix/pipelines. */
  readonly fix: string;
  readonly evidence?: Readonly<Record<string, string>>;
  /** See `FindingDraft`. */
  readonly unrecorded?: true;
  /** Names of advisories that it is of, for exceptions, the one to show first. */
  readonly ids?: readonly string[];
}

export interface WorkflowSpecification<Parameters extends object> {
  /** The file's name: `workflow-template-injection`. */
  readonly name: string;
  readonly title: string;
  readonly severity: RatedSeverity;
  /** Absent: configuration. */
  readonly category?: Category;
  readonly controls?: readonly ControlNumber[];
  readonly withoutControl?: string;
  readonly documentation: CheckDocumentation;
  /** `complete` where the finding is that something is not there. */
  readonly needs: Need;
  /** Whether there is anything in the file for it to evaluate. Absent: always. */
  applies?(file: GithubFile, parameters: Parameters): boolean;
  /** What of the policy it evaluates by. */
  readonly parameters?: NonNullable<Check<Pick<WorkflowFacts, "file">, Parameters>["parameters"]>;
  detect(file: GithubFile, parameters: Parameters): Iterable<WorkflowDetection>;
}

/** Locations of one finding that are shown; the count has them all. */
const SHOWN = 100;

/** Makes the check: what has one subject is one finding, with its places and their count. */
export function workflowCheck<Parameters extends object = object>(
  specification: WorkflowSpecification<Parameters>,
): WorkflowCheck<"file", Parameters> {
  const {
    name,
    title,
    severity,
    category = "configuration",
    documentation,
    needs,
    parameters,
    applies,
  } = specification;
  const id = `build/${name}`;
  return {
    id,
    title,
    layer: "build",
    category,
    ...controlsOf(specification),
    severity,
    documentation,
    subject: "workflow",
    needs: { file: needs },
    ...(parameters === undefined ? {} : { parameters }),
    ...(applies === undefined ? {} : { applies: (facts) => applies(facts.file, facts) }),
    *evaluate(facts) {
      yield* groupedFindings(id, severity, facts.file.path, specification.detect(facts.file, facts));
    },
  };
}

/** What has one subject is one finding, with its places and their count. */
export function* groupedFindings(
  id: string,
  severity: RatedSeverity,
  path: string,
  detections: Iterable<WorkflowDetection>,
): Generator<FindingDraft> {
  const grouped = new Map<string, WorkflowDetection[]>();
  for (const detection of detections) {
    const subject = clipSubject(detection.subject);
    const same = grouped.get(subject);
    if (same === undefined) grouped.set(subject, [detection]);
    else same.push(detection);
  }
  for (const [subject, [first, ...more]] of grouped) {
    if (first !== undefined) yield draftOf(id, severity, path, subject, [first, ...more]);
  }
}

function draftOf(
  id: string,
  usual: RatedSeverity,
  path: string,
  subject: string,
  detections: readonly [WorkflowDetection, ...WorkflowDetection[]],
): FindingDraft {
  // The worst of them tells the story; in the file's order where they are alike.
  const worst = detections.reduce((one, other) => (isWorse(other, one, usual) ? other : one));
  const places = detections.map(({ place }) => place);
  const related = detections.flatMap((one) => one.related ?? []);
  const count = places.length;
  // A comment that ignores one of them does not ignore the others: whoever applies it goes by this number.
  const own = new Set(places.map(({ line, column }) => `${line}:${column}`)).size;
  return {
    subject,
    severity: worst.severity ?? usual,
    ...(worst.confidence === undefined ? {} : { confidence: worst.confidence }),
    title: clip(count === 1 ? worst.title : `${worst.title} (${count} places)`, SENTENCE),
    ...(worst.detail === undefined ? {} : { detail: clip(worst.detail, SENTENCE) }),
    locations: locationsOf(path, places, related),
    matches: { ids: [...(worst.ids ?? []), id], path },
    ...(detections.some(({ unrecorded }) => unrecorded === true) ? { unrecorded: true } : {}),
    fix: { kind: "instruction", text: clip(worst.fix, SENTENCE) } satisfies Fix,
    evidence: {
      ...Object.fromEntries(Object.entries(worst.evidence ?? {}).map(([key, value]) => [key, clip(value)])),
      ...(own === 1 ? {} : { places: String(own) }),
    },
  };
}

function isWorse(one: WorkflowDetection, other: WorkflowDetection, usual: RatedSeverity): boolean {
  const [left, right] = [one.severity ?? usual, other.severity ?? usual];
  return severityRank(left) < severityRank(right);
}

function locationsOf(
  path: string,
  places: readonly Place[],
  related: readonly Place[],
): readonly [Location, ...Location[]] {
  const seen = new Set<string>();
  const locations: Location[] = [];
  for (const place of [...places, ...related]) {
    const key = `${place.path}:${place.line}:${place.column}`;
    if (seen.has(key) || locations.length === SHOWN) continue;
    seen.add(key);
    locations.push({ kind: "file", path: place.path, line: place.line, column: place.column });
  }
  const [first = { kind: "file", path }, ...more] = locations;
  return [first, ...more];
}
