/** What every check across workflows has in common. */
import { type CheckDocumentation, type ControlNumber, controlsOf } from "../../../../core/check.ts";
import type { RatedSeverity } from "../../../../core/severity.ts";
import type { RepositoryRuns } from "../../../../engines/pipelines/model.ts";
import type { PipelinesCheck } from "../../../subjects/tree.ts";
import { groupedFindings, type WorkflowDetection } from "../workflow-check.ts";

interface AcrossSpecification {
  /** The file's name: `workflow-secret-reach`. */
  readonly name: string;
  readonly title: string;
  readonly severity: RatedSeverity;
  readonly controls?: readonly ControlNumber[];
  readonly withoutControl?: string;
  readonly documentation: CheckDocumentation;
  detect(runs: RepositoryRuns): Iterable<WorkflowDetection>;
}

/** A finding is of the file that its first place is in. */
export function acrossCheck(specification: AcrossSpecification): PipelinesCheck<"runs"> {
  const { name, title, severity, documentation } = specification;
  const id = `build/${name}`;
  return {
    id,
    title,
    layer: "build",
    category: "configuration",
    ...controlsOf(specification),
    severity,
    documentation,
    subject: "pipelines",
    needs: { runs: "partial" },
    applies: ({ runs }) => runs.jobs.length > 0,
    *evaluate({ runs }) {
      const byPath = Map.groupBy(specification.detect(runs), ({ place }) => place.path);
      for (const [path, detections] of byPath) yield* groupedFindings(id, severity, path, detections);
    },
  };
}
