/** What every check over a registry server has in common. `serverCheck` is where each of them begins. */
import { type Check, type CheckDocumentation, type ControlNumber, controlsOf } from "../../../core/check.ts";
import type { FindingDraft } from "../../../core/finding.ts";
import type { RatedSeverity } from "../../../core/severity.ts";
import type { RegistryServer, RegistrySetting } from "../../../engines/oci/model.ts";
import { clip, clipSubject, SENTENCE } from "../../findings/one-line.ts";

export interface RegistryServerFacts {
  /** As its configuration describes it. Partial where something that it names was not read. */
  readonly server: RegistryServer;
}

export type RegistryServerCheck = Check<RegistryServerFacts> & { readonly subject: "registry-server" };

export interface ServerDetection {
  /** Short and stable, without a changing value. */
  readonly subject: string;
  readonly title: string;
  readonly severity?: RatedSeverity;
  readonly detail?: string;
  readonly fix: string;
  /** Absent: the finding is that something is not there. */
  readonly setting?: RegistrySetting | undefined;
}

export interface ServerSpecification {
  readonly name: string;
  readonly title: string;
  readonly severity: RatedSeverity;
  readonly controls?: readonly ControlNumber[];
  readonly withoutControl?: string;
  readonly documentation: CheckDocumentation;
  /** Absent: always. */
  applies?(server: RegistryServer): boolean;
  detect(server: RegistryServer): Iterable<ServerDetection>;
}

export const WITHOUT_CONTROL = "none of the ten is about the registry itself: it is a layer of its own";

export function serverCheck(specification: ServerSpecification): RegistryServerCheck {
  const { name, title, severity, documentation, applies } = specification;
  const id = `registry/${name}`;
  return {
    id,
    title,
    layer: "registry",
    category: "configuration",
    ...controlsOf(specification),
    severity,
    documentation,
    subject: "registry-server",
    needs: { server: "complete" },
    ...(applies === undefined ? {} : { applies: ({ server }: RegistryServerFacts) => applies(server) }),
    looked: ({ server }) => ({ server: server.title }),
    *evaluate({ server }) {
      for (const detection of specification.detect(server)) yield draftOf(id, severity, server, detection);
    },
  };
}

function draftOf(
  id: string,
  severity: RatedSeverity,
  server: RegistryServer,
  { subject, title, detail, fix, setting, ...rest }: ServerDetection,
): FindingDraft {
  const location = setting?.location ?? server.location;
  return {
    subject: clipSubject(subject),
    severity: rest.severity ?? severity,
    title: clip(title, SENTENCE),
    ...(detail === undefined ? {} : { detail: clip(detail, SENTENCE) }),
    locations: [location],
    matches: { ids: [id], ...(location.kind === "file" ? { path: location.path } : {}) },
    fix: { kind: "instruction", text: clip(fix, SENTENCE) },
    evidence: {
      server: server.title,
      ...(setting === undefined || setting.path.length === 0 ? {} : { setting: clip(setting.path.join(".")) }),
    },
  };
}
