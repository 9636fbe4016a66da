/** What every check over a namespace's network has in common: `networkNamespaceCheck` is where each begins. */
import { type CheckDocumentation, type ControlNumber, controlsOf, type Need } from "../../../core/check.ts";
import type { RatedSeverity } from "../../../core/severity.ts";
import { draftsOf, type FieldDetection } from "../../findings/kubernetes-finding.ts";
import type {
  NamespaceNetwork,
  NetworkNamespaceCheck,
  NetworkNamespaceFacts,
  NetworkParameters,
  NetworkPart,
} from "../../subjects/network.ts";

interface NetworkNamespaceSpecification {
  /** The file's name: `open-egress`. */
  readonly name: string;
  readonly title: string;
  readonly severity: RatedSeverity;
  readonly controls?: readonly ControlNumber[];
  readonly withoutControl?: string;
  readonly documentation: CheckDocumentation;
  /** What of the network it is about, of which partial evidence may prove a fail. */
  readonly part: NetworkPart;
  /** Beside that. */
  readonly needs?: Readonly<Partial<Record<Exclude<keyof NetworkNamespaceFacts, NetworkPart>, Need>>>;
  detect(network: NamespaceNetwork, parameters: NetworkParameters): Iterable<FieldDetection>;
}

export function networkNamespaceCheck(specification: NetworkNamespaceSpecification): NetworkNamespaceCheck {
  const { name, title, severity, documentation, part, needs = {} } = specification;
  const id = `network/${name}`;
  return {
    id,
    title,
    layer: "network",
    category: "network",
    ...controlsOf(specification),
    severity,
    documentation,
    subject: "network-namespace",
    // The runner hands out what is declared here, and `detect` sees the network alone.
    needs: { [part]: "partial", ...needs } as NetworkNamespaceCheck["needs"],
    parameters: { mtls: (policy) => policy.network.mesh.mtls },
    *evaluate(facts) {
      yield* draftsOf(id, severity, specification.detect(facts[part], facts));
    },
  };
}
