/** What the checks of anonymous attempts at a registry have in common. */
import type { CheckDocumentation } from "../../../core/check.ts";
import type { RatedSeverity } from "../../../core/severity.ts";
import type { AnonymousAttempt, ProbedAccess } from "../../../engines/oci/model.ts";
import { clip } from "../../findings/one-line.ts";
import type { RegistryProbeCheck } from "../../subjects/registry.ts";
import { WITHOUT_CONTROL } from "./server-check.ts";

interface AttemptSpecification<Attempt extends AnonymousAttempt> {
  readonly attempt: Attempt;
  readonly title: string;
  readonly severity: RatedSeverity;
  readonly documentation: Omit<CheckDocumentation, "references">;
  /** `lists its repositories`: behind the registry's name. */
  readonly does: string;
  readonly fix: string;
}

export function attemptCheck<Attempt extends AnonymousAttempt>(
  specification: AttemptSpecification<Attempt>,
): RegistryProbeCheck<Attempt> {
  const { attempt, title, severity, documentation, does, fix } = specification;
  const id = `registry/anonymous-${attempt}`;
  return {
    id,
    title,
    layer: "registry",
    category: "configuration",
    controls: [],
    withoutControl: WITHOUT_CONTROL,
    severity,
    documentation: {
      ...documentation,
      references: ["https://github.com/opencontainers/distribution-spec/blob/main/spec.md"],
    },
    subject: "registry-probe",
    needs: { [attempt]: "partial" } as RegistryProbeCheck<Attempt>["needs"],
    *evaluate(facts) {
      const { registry, attempts } = (facts as Readonly<Record<Attempt, ProbedAccess>>)[attempt];
      const tried = attempts[attempt];
      if (tried.outcome !== "allowed") return;
      yield {
        subject: attempt,
        severity,
        title: `${clip(registry)} ${does}`,
        locations: [{ kind: "config", field: `/v2/ of ${clip(registry)}` }],
        matches: { ids: [id] },
        fix: { kind: "instruction", text: fix },
        evidence: { answer: clip(tried.answer) },
      };
    },
  };
}
