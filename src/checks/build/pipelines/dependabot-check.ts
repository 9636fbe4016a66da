/** What every check over `.github/dependabot.yml` has in common. `dependabotCheck` is where each of them begins. */
import { type Check, type CheckDocumentation, controlsOf, type Need } from "../../../core/check.ts";
import type { RatedSeverity } from "../../../core/severity.ts";
import type { Dependabot, DependabotUpdate } from "../../../engines/pipelines/model.ts";
import type { DependabotCheck, DependabotFacts } from "../../subjects/pipelines.ts";
import { groupedFindings, type WorkflowDetection } from "./workflow-check.ts";

interface DependabotSpecification<Parameters extends object> {
  /** The file's name: `dependabot-cooldown`. */
  readonly name: string;
  readonly title: string;
  readonly severity: RatedSeverity;
  readonly withoutControl?: string;
  readonly documentation: CheckDocumentation;
  readonly needs: Need;
  readonly parameters?: NonNullable<Check<DependabotFacts, Parameters>["parameters"]>;
  detect(dependabot: Dependabot, parameters: Parameters): Iterable<WorkflowDetection>;
}

export function dependabotCheck<Parameters extends object = object>(
  specification: DependabotSpecification<Parameters>,
): DependabotCheck<Parameters> {
  const { name, title, severity, documentation, needs, parameters } = specification;
  const id = `build/${name}`;
  return {
    id,
    title,
    layer: "build",
    category: "configuration",
    ...controlsOf(specification),
    severity,
    documentation,
    subject: "dependabot",
    needs: { dependabot: needs },
    ...(parameters === undefined ? {} : { parameters }),
    applies: ({ dependabot }) => dependabot.updates.length > 0,
    *evaluate(facts) {
      yield* groupedFindings(id, severity, facts.dependabot.path, specification.detect(facts.dependabot, facts));
    },
  };
}

/** What an entry updates: `npm`, `github-actions`. */
export function updateName({ ecosystem }: DependabotUpdate): string {
  return ecosystem?.value ?? "unnamed";
}
