/** What comments in a Dockerfile ask to ignore: applied to findings, or said not to count. */

import { hadolintRules } from "../../checks/knowledge/hadolint-rules.ts";
import type { Assessment } from "../../core/exception.ts";
import type { FindingDraft } from "../../core/finding.ts";
import type { Policy } from "../../core/policy.ts";
import { inlineIgnores } from "../../engines/dockerfile/inline-ignores.ts";
import type { Dockerfile, InlineIgnore } from "../../engines/dockerfile/model.ts";
import { bounds } from "./bounds.ts";

/** What the file's own comments say of a finding. Whoever names a trusted policy does not trust them. */
export function assessorOf(
  dockerfile: Dockerfile,
  policy: Policy,
): ((finding: FindingDraft) => Assessment | undefined) | undefined {
  const ignores = inlineIgnores(dockerfile).flatMap(asOurs);
  if (ignores.length === 0) return undefined;
  const trusted = policy.origin.kind === "trusted";
  const { path } = dockerfile;
  // By the line of the instruction, 0 for the whole file; the first comment that names a check counts.
  const byLine = new Map<number, Map<string, InlineIgnore>>();
  for (const ignore of ignores) {
    const line = ignore.covers === "file" ? 0 : ignore.covers.line;
    const named = byLine.get(line) ?? new Map<string, InlineIgnore>();
    byLine.set(line, named);
    for (const id of ignore.ids.map(checkId)) if (!named.has(id)) named.set(id, ignore);
  }
  const lineOf = instructionLines(dockerfile);
  return (finding) => {
    const [location] = finding.locations;
    const line = location.kind === "file" ? lineOf(location.line ?? 0) : 0;
    const [ignore] = [line, 0].flatMap((each) => finding.matches.ids.flatMap((id) => byLine.get(each)?.get(id) ?? []));
    if (ignore === undefined) return undefined;
    const { reason, range } = ignore;
    if (trusted) {
      return {
        kind: "noted",
        note: `${path}:${range.line} ignores it (${reason}), which a trusted policy does not allow`,
      };
    }
    const source = { path, line: range.line, column: range.column };
    return { kind: "dismissed", exception: { reason, owner: "a comment in the file", source } };
  };
}

/**
 * What counts here, by the ids of our checks. hadolint asks for no reason: what stands behind its rules is taken for one, and
 * where nothing does, that is what is said.
 */
function asOurs(ignore: InlineIgnore): InlineIgnore[] {
  if (ignore.form === "bulkhead") return ignore.reason === "" ? [] : [ignore];
  if (ignore.form !== "hadolint") return [];
  const ids = ignore.ids.flatMap((id) => hadolintRules.get(id) ?? []);
  if (ids.length === 0) return [];
  const written = `hadolint ignore=${ignore.ids.join(",")}`;
  return [
    { ...ignore, ids, reason: ignore.reason === "" ? `${written}, without a reason` : `${ignore.reason} (${written})` },
  ];
}

/** `latest-tag` and `build/latest-tag` are one. */
function checkId(written: string): string {
  return written.includes("/") ? written : `build/${written}`;
}

/** The first line of the instruction that a line belongs to. */
function instructionLines({ instructions }: Dockerfile): (line: number) => number {
  const starts = instructions.map(({ range }) => range.line);
  return (line) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= line) low = middle;
      else high = middle - 1;
    }
    return starts[low] ?? 0;
  };
}

/**
 * One sentence each about comments that do not count, up to a bound.
 *
 * @param known - the ids of all checks over Dockerfiles
 */
export function ignoreNotes(dockerfile: Dockerfile, policy: Policy, known: ReadonlySet<string>): string[] {
  const ignores = inlineIgnores(dockerfile);
  const at = ({ range }: InlineIgnore): string => `${dockerfile.path}:${range.line}`;
  const foreign = ignores.filter(({ form }) => form === "docker");
  const notes = [
    ...ignores
      .filter(({ form, reason }) => form === "bulkhead" && reason === "")
      .map((one) => `${at(one)}: the ignore comment has no reason and no effect`),
    ...ignores
      .filter(({ form }) => form === "bulkhead")
      .flatMap((one) =>
        one.ids
          .filter((id) => !known.has(checkId(id)))
          .map((id) => `${at(one)}: unknown check ${id} in the ignore comment`),
      ),
    ...(policy.origin.kind === "trusted"
      ? ignores.flatMap(asOurs).map((one) => `${at(one)}: the ignore comment has no effect under a trusted policy`)
      : []),
    ...(foreign.length === 0
      ? []
      : [
          `${dockerfile.path}: ${foreign.length} ignore ${foreign.length === 1 ? "comment is" : "comments are"} for ` +
            `other programs (${[...new Set(foreign.map(({ form }) => form))].join(", ")}), without effect here`,
        ]),
  ];
  const more = notes.length - bounds.dockerfileNotes;
  if (more <= 0) return notes;
  return [...notes.slice(0, bounds.dockerfileNotes), `${dockerfile.path}: ${more} more notes on ignore comments`];
}
