/** What every check over the whole network has in common: `networkCheck` is where each begins. */
import { type CheckDocumentation, type ControlNumber, controlsOf, type Need } from "../../../core/check.ts";
import type { RatedSeverity } from "../../../core/severity.ts";
import { draftsOf, type FieldDetection } from "../../findings/kubernetes-finding.ts";
import type { NetworkCheck, NetworkFacts } from "../../subjects/network.ts";

interface NetworkSpecification<Needed extends keyof NetworkFacts> {
  /** The file's name: `policy-selects-nothing`. */
  readonly name: string;
  readonly title: string;
  readonly severity: RatedSeverity;
  readonly controls?: readonly ControlNumber[];
  readonly withoutControl?: string;
  readonly documentation: CheckDocumentation;
  readonly needs: Readonly<Record<Needed, Need>>;
  /** Whether there is anything for it to judge. */
  applies(facts: Pick<NetworkFacts, Needed>): boolean;
  detect(facts: Pick<NetworkFacts, Needed>): Iterable<FieldDetection>;
}

export function networkCheck<Needed extends keyof NetworkFacts>(
  specification: NetworkSpecification<Needed>,
): NetworkCheck {
  const { name, title, severity, documentation, needs, applies } = specification;
  const id = `network/${name}`;
  return {
    id,
    title,
    layer: "network",
    category: "network",
    ...controlsOf(specification),
    severity,
    documentation,
    subject: "network",
    // The runner hands out what is declared here, and `detect` sees nothing else.
    needs: needs as unknown as NetworkCheck["needs"],
    applies,
    *evaluate(facts) {
      yield* draftsOf(id, severity, specification.detect(facts));
    },
  };
}
