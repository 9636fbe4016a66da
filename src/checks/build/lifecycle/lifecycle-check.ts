/** What every check over two layers that have to fit has in common. `lifecycleCheck` is where each of them begins. */

import { type Check, type CheckDocumentation, type ControlNumber, controlsOf, type Need } from "../../../core/check.ts";
import { someOf } from "../../../core/counted.ts";
import type { Confidence, FindingDraft } from "../../../core/finding.ts";
import type { Location } from "../../../core/location.ts";
import type { RatedSeverity } from "../../../core/severity.ts";
import { type FieldPath, type KubernetesObject, locationOf } from "../../../engines/kubernetes/model.ts";
import type { LifecycleStep, Place } from "../../../engines/pipelines/model.ts";
import { clip, clipSubject, SENTENCE } from "../../findings/one-line.ts";
import type { LifecycleCheck, LifecycleFacts } from "../../subjects/lifecycle.ts";

/** One cause, with all its places: of one finding. */
export interface LifecycleDetection {
  /** Without a line, a digest or a version: `cosign in .github/workflows/release.yml`. */
  readonly subject: string;
  readonly title: string;
  readonly detail?: string;
  readonly severity?: RatedSeverity;
  readonly confidence?: Confidence;
  readonly places: readonly [Place, ...Place[]];
  /** Places in objects, behind those in files. */
  readonly objects?: readonly { readonly object: KubernetesObject; readonly path: FieldPath }[];
  /** A verb first. */
  readonly fix: string;
  readonly evidence?: Readonly<Record<string, string>>;
}

interface LifecycleSpecification<Needed extends keyof LifecycleFacts, Parameters extends object> {
  /** The file's name: `signed-never-verified`. */
  readonly name: string;
  readonly title: string;
  readonly severity: RatedSeverity;
  readonly controls?: readonly ControlNumber[];
  readonly documentation: CheckDocumentation;
  /** The one fact that it is about. */
  readonly of: Needed;
  /** `complete` where the finding is that something is not there. */
  readonly need: Need;
  readonly parameters?: NonNullable<LifecycleCheck<Needed, Parameters>["parameters"]>;
  detect(facts: LifecycleFacts[Needed], now: Date, parameters: Parameters): Iterable<LifecycleDetection>;
}

/** Locations of one finding that are shown. */
const SHOWN = 20;

export function lifecycleCheck<Needed extends keyof LifecycleFacts, Parameters extends object = object>(
  specification: LifecycleSpecification<Needed, Parameters>,
): LifecycleCheck<Needed, Parameters> {
  const { name, title, severity, documentation, of, need, parameters } = specification;
  const id = `build/${name}`;
  return {
    id,
    title,
    layer: "build",
    category: "configuration",
    ...controlsOf(specification),
    severity,
    documentation,
    subject: "lifecycle",
    needs: { [of]: need } as LifecycleCheck<Needed>["needs"],
    ...(parameters === undefined ? {} : { parameters }),
    *evaluate(facts: Pick<LifecycleFacts, Needed> & Parameters, now: Date) {
      const own: Pick<LifecycleFacts, Needed> = facts;
      for (const one of specification.detect(own[of], now, facts)) yield draftOf(id, severity, one);
    },
  } satisfies Check<Pick<LifecycleFacts, Needed>, Parameters> & { subject: "lifecycle" };
}

function draftOf(id: string, usual: RatedSeverity, detection: LifecycleDetection): FindingDraft {
  const { subject, title, detail, severity = usual, confidence, places, objects = [], fix, evidence = {} } = detection;
  const [first, ...more] = places;
  return {
    subject: clipSubject(subject),
    severity,
    ...(confidence === undefined ? {} : { confidence }),
    title: clip(title, SENTENCE),
    ...(detail === undefined ? {} : { detail: clip(detail, SENTENCE) }),
    locations: [
      fileLocation(first),
      ...[...more.map(fileLocation), ...objects.map(({ object, path }) => locationOf(object, path))].slice(0, SHOWN),
    ],
    matches: { ids: [id], path: first.path },
    fix: { kind: "instruction", text: clip(fix, SENTENCE) },
    evidence: Object.fromEntries(Object.entries(evidence).map(([key, value]) => [key, clip(value)])),
  };
}

function fileLocation({ path, line, column }: Place): Location {
  return { kind: "file", path, line, column };
}

/** One entry a tool and pipeline: steps of it are one cause. */
export function byTool(
  steps: readonly LifecycleStep[],
): readonly { readonly tool: string; readonly pipeline: string; readonly places: readonly [Place, ...Place[]] }[] {
  return [...Map.groupBy(steps, ({ tool, pipeline }) => JSON.stringify([tool, pipeline])).values()].flatMap(
    ([first, ...more]) =>
      first === undefined
        ? []
        : [
            {
              tool: first.tool,
              pipeline: first.pipeline,
              places: [first.place, ...more.map(({ place }) => place)] as const,
            },
          ],
  );
}

/** `a.yml, b.yml and 2 more`. */
export function listed(names: readonly string[], most = 3): string {
  return someOf([...new Set(names)], most);
}
