/** For the tests of checks over Dockerfiles: what a check finds in a text, and what its fixes make of it. */
import assert from "node:assert/strict";
import { defaultPolicy } from "../../../collect/policy/default.ts";
import { type Evidence, present } from "../../../core/evidence.ts";
import type { Finding } from "../../../core/finding.ts";
import { runCheck } from "../../../core/runner.ts";
import { placedCommands } from "../../../engines/dockerfile/commands.ts";
import type { BuildContext, DigestAnswer, Dockerfile } from "../../../engines/dockerfile/model.ts";
import { parseDockerfile } from "../../../engines/dockerfile/parse.ts";
import { applyEdits } from "../../../engines/dockerfile/rewrite.ts";
import type { LintCheck, LintFacts } from "./lint-check.ts";

/** What a test says that is not in the Dockerfile. */
export interface Around {
  readonly context?: BuildContext;
  readonly registries?: readonly string[];
  readonly digests?: ReadonlyMap<string, DigestAnswer>;
}

const now = new Date("2026-01-01T00:00:00Z");

/** The lines of a template, without the indentation that they share and the first and last line end. */
export function dockerfile(strings: TemplateStringsArray, ...values: readonly string[]): string {
  const text = String.raw({ raw: strings.raw }, ...values);
  const lines = text
    .replace(/^\n/, "")
    .replace(/\n[ \t]*$/, "\n")
    .split("\n");
  const indents = lines.filter((line) => line.trim() !== "").map((line) => /^ */.exec(line)?.[0].length ?? 0);
  const shared = Math.min(...indents);
  return lines.map((line) => line.slice(shared)).join("\n");
}

function factsOf(
  file: Dockerfile,
  { context = { ignoreFiles: [] }, digests = new Map() }: Around,
): {
  [Name in keyof LintFacts]: Evidence<LintFacts[Name]>;
} {
  const at = now.toISOString();
  return {
    dockerfile: present(file, at),
    commands: present(placedCommands(file), at),
    context: present(context, at),
    digests: present(digests, at),
  };
}

/** Findings in the order of the file. Their subjects differ, as the runner needs them to. */
export function findings(check: LintCheck, text: string, around: Around = {}): Finding[] {
  const file = parseDockerfile("Dockerfile", text);
  const asset = { kind: "file", id: "Dockerfile", lineage: "Dockerfile", name: "Dockerfile" } as const;
  const { findings: found } = runCheck(check, factsOf(file, around), {
    asset,
    policy: { ...defaultPolicy, registries: around.registries ?? [] },
    now,
  });
  assert.equal(new Set(found.map(({ subject }) => subject)).size, found.length, "subjects differ");
  return [...found].sort((a, b) => placeOf(a) - placeOf(b));
}

/** `line:column title` of each finding. */
export function detected(check: LintCheck, text: string, around: Around = {}): string[] {
  return findings(check, text, around).map((finding) => {
    const [location] = finding.locations;
    const place = location.kind === "file" ? `${location.line}:${location.column}` : "";
    return `${place} ${finding.title}`;
  });
}

/** The text with every edit that the check offers, which must then find nothing that it offers an edit for. */
export function fixed(check: LintCheck, text: string, around: Around = {}): string {
  const edits = findings(check, text, around).flatMap(({ fix }) => (fix?.kind === "edit" ? fix.edits : []));
  const changed = applyEdits(text, edits);
  const left = findings(check, changed, around).filter(({ fix }) => fix?.kind === "edit");
  assert.deepEqual(
    left.map(({ title }) => title),
    [],
    "the edits end what they are for",
  );
  return changed;
}

function placeOf({ locations: [location] }: Finding): number {
  return location.kind === "file" ? (location.line ?? 0) * 100_000 + (location.column ?? 0) : 0;
}
