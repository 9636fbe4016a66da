/** What checks over a changed dependency say of it. */
import type { FindingDraft } from "../../core/finding.ts";
import type { Location } from "../../core/location.ts";
import type { RatedSeverity, Severity } from "../../core/severity.ts";
import type { DependencyChange, LockedDependency } from "../../engines/packages/model.ts";
import { clip, clipSubject, SENTENCE } from "./one-line.ts";

/** A finding as a check states it. Texts may hold what packages, registries and lockfiles say. */
export interface DependencySaid {
  /** What tells it from other findings of this check about the package: whatever an attacker would change. Absent: nothing. */
  readonly about?: string;
  readonly severity: Severity | RatedSeverity;
  /** Behind the package's name and version: `runs install scripts`. */
  readonly title: string;
  readonly detail?: string;
  /** A sentence without a full stop. */
  readonly fix: string;
  /** Before the package's own: name → value. */
  readonly evidence?: Readonly<Record<string, string>>;
  /** Names that exceptions match beside the check's id. */
  readonly ids?: readonly string[];
  readonly references?: readonly string[];
  readonly confidence?: FindingDraft["confidence"];
}

/** One about the version that comes, at its line of the lockfile. */
export function dependencyFinding(id: string, change: DependencyChange, said: DependencySaid): FindingDraft {
  const { about, severity, title, detail, fix, evidence = {}, ids = [], references, confidence } = said;
  const { type, name, after } = change;
  const version = after?.version ?? "";
  const clipped = Object.entries(evidence).map(([key, value]) => [key, clip(value, SENTENCE)]);
  return {
    subject: clipSubject(about === undefined ? `${type} ${name}` : `${type} ${name}: ${about}`),
    severity,
    ...(confidence === undefined ? {} : { confidence }),
    title: clip(`${name} ${version} ${title}`, SENTENCE),
    ...(detail === undefined ? {} : { detail: clip(detail, SENTENCE) }),
    locations: [locationOf(change)],
    matches: { ids: [...ids.map((one) => clip(one)), id], package: name, version, path: change.lockfile },
    fix: { kind: "instruction", text: clip(fix, SENTENCE) },
    evidence: {
      ...Object.fromEntries(clipped),
      package: clip(name),
      version: clip(versionsOf(change)),
      ...dependencyOf(after),
    },
    ...(references === undefined ? {} : { references }),
  };
}

function locationOf({ lockfile, after }: DependencyChange): Location {
  return { kind: "file", path: lockfile, ...(after?.line === undefined ? {} : { line: after.line }) };
}

function versionsOf({ before, after }: DependencyChange): string {
  const to = after?.version ?? "";
  return before === undefined || before.version === to ? to : `${before.version} → ${to}`;
}

/** Whether the project names it itself, and through what it comes otherwise. */
function dependencyOf(after: LockedDependency | undefined): Record<string, string> {
  if (after === undefined || after.direct === undefined) return {};
  if (after.direct) return { dependency: "direct" };
  const through = after.through.length === 0 ? "" : ` through ${after.through.join(" › ")}`;
  return { dependency: clip(`transitive${through}`, SENTENCE) };
}

/** New to the lockfile, and asked for by the project itself. */
export function isNewDirect({ kind, after }: DependencyChange): boolean {
  return kind === "added" && after?.direct === true;
}
