/** What every check over a container engine has in common. `engineCheck` is where each of them begins. */
import { type Check, type CheckDocumentation, type ControlNumber, controlsOf } from "../../../core/check.ts";
import type { FindingDraft } from "../../../core/finding.ts";
import type { RatedSeverity } from "../../../core/severity.ts";
import type {
  EngineConfiguration,
  EngineInfo,
  EngineListener,
  EngineName,
  InsecureRegistry,
} from "../../../engines/kubernetes/model.ts";
import { clip, clipSubject, SENTENCE } from "../../findings/one-line.ts";

/** One engine of one machine. */
export interface EngineFacts {
  readonly info: EngineInfo;
  /** Partial where the command line or the file of the daemon was not read. */
  readonly listeners: readonly EngineListener[];
  readonly registries: readonly InsecureRegistry[];
  readonly configuration: EngineConfiguration;
}

export type EngineCheck = Check<EngineFacts> & {
  readonly subject: "engine";
  readonly engines: readonly EngineName[];
};

export interface EngineDetection {
  /** Short and stable. */
  readonly subject: string;
  readonly severity?: RatedSeverity;
  readonly title: string;
  readonly detail?: string;
  readonly fix: string;
  /** The setting, as it is written: `SecurityOptions`, `hosts`. */
  readonly field: string;
  readonly evidence?: Readonly<Record<string, string>>;
}

export interface EngineSpecification {
  readonly name: string;
  readonly title: string;
  readonly severity: RatedSeverity;
  readonly controls?: readonly ControlNumber[];
  readonly withoutControl?: string;
  readonly documentation: CheckDocumentation;
  /** Engines that have such a setting; absent: both. */
  readonly engines?: readonly EngineName[];
  /** Beside `info`, which every one is handed. */
  readonly needs?: Partial<Record<Exclude<keyof EngineFacts, "info">, "complete" | "partial">>;
  detect(facts: EngineFacts): Iterable<EngineDetection>;
}

export function engineCheck(specification: EngineSpecification): EngineCheck {
  const { name, title, severity, documentation, engines = ["docker", "podman"], needs = {} } = specification;
  const id = `cluster/${name}`;
  return {
    id,
    title,
    layer: "cluster",
    category: "configuration",
    ...controlsOf(specification),
    severity,
    documentation,
    subject: "engine",
    engines,
    needs: { info: "complete", ...needs } as EngineCheck["needs"],
    looked: ({ info: { engine, version = "version unknown" } }) => ({ engine: clip(`${engine} ${version}`) }),
    *evaluate(facts) {
      for (const detection of specification.detect(facts)) yield draftOf(id, severity, facts.info, detection);
    },
  };
}

function draftOf(
  id: string,
  severity: RatedSeverity,
  { engine }: EngineInfo,
  { subject, title, detail, fix, field, evidence = {}, ...rest }: EngineDetection,
): FindingDraft {
  return {
    subject: clipSubject(subject),
    severity: rest.severity ?? severity,
    title: clip(title, SENTENCE),
    ...(detail === undefined ? {} : { detail: clip(detail, SENTENCE) }),
    locations: [{ kind: "object", object: `Engine ${engine}`, field }],
    matches: { ids: [id] },
    fix: { kind: "instruction", text: clip(fix, SENTENCE) },
    evidence: Object.fromEntries(Object.entries({ engine, ...evidence }).map(([key, text]) => [key, clip(text)])),
  };
}
