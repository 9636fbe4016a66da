/** What every check over the commands of `run` steps has in common. `scriptCheck` is where each of them begins. */
import type { CheckDocumentation } from "../../../core/check.ts";
import type { RatedSeverity } from "../../../core/severity.ts";
import type { WorkflowCheck, WorkflowFacts } from "../../subjects/pipelines.ts";
import { groupedFindings, type WorkflowDetection } from "./workflow-check.ts";

interface ScriptSpecification {
  /** The file's name: `workflow-adhoc-packages`. */
  readonly name: string;
  readonly title: string;
  readonly severity: RatedSeverity;
  readonly documentation: CheckDocumentation;
  detect(facts: WorkflowFacts): Iterable<WorkflowDetection>;
}

/** Makes the check. One command proves a finding; a script that was not taken apart proves nothing. */
export function scriptCheck(specification: ScriptSpecification): WorkflowCheck<keyof WorkflowFacts> {
  const { name, title, severity, documentation } = specification;
  const id = `build/${name}`;
  return {
    id,
    title,
    layer: "build",
    category: "configuration",
    controls: [],
    severity,
    documentation,
    subject: "workflow",
    needs: { file: "partial", commands: "partial" },
    *evaluate(facts) {
      yield* groupedFindings(id, severity, facts.file.path, specification.detect(facts));
    },
  };
}
