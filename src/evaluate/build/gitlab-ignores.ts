/** What comments in GitLab's files ask to ignore: applied to findings, or said not to count. */
import type { Assessment } from "../../core/exception.ts";
import type { FindingDraft } from "../../core/finding.ts";
import type { Location } from "../../core/location.ts";
import type { Policy } from "../../core/policy.ts";
import type { GitlabPipeline, IgnoreComment } from "../../engines/pipelines/model.ts";
import { ignoreNotes } from "./workflow-ignores.ts";

/**
 * `# bulkhead ignore=gitlab-mutable-image REASON`, at the line or above it. A finding is dismissed where each of its places is,
 * in whichever file. Whoever names a trusted policy does not trust the comments.
 */
export function gitlabAssessor(
  { files }: Pick<GitlabPipeline, "files">,
  policy: Policy,
): ((finding: FindingDraft) => Assessment | undefined) | undefined {
  const counted = files.flatMap(({ ignores }) =>
    ignores.filter(({ form, reason }) => form === "bulkhead" && reason !== ""),
  );
  if (counted.length === 0) return undefined;
  const trusted = policy.origin.kind === "trusted";
  return ({ locations, matches }) => {
    const named = counted.filter(({ ids }) =>
      ids.some((id) => matches.ids.includes(id.includes("/") ? id : `build/${id}`)),
    );
    const [first, ...more] = locations.map((location) => named.find((ignore) => isCovered(location, ignore)));
    if (first === undefined || more.includes(undefined)) return undefined;
    const { path, line, column } = first.place;
    if (trusted) {
      const note = `${path}:${line} ignores it (${first.reason}), which a trusted policy does not allow`;
      return { kind: "noted", note };
    }
    const source = { path, line, column };
    return { kind: "dismissed", exception: { reason: first.reason, owner: "a comment in the file", source } };
  };
}

function isCovered(location: Location, { place, covers }: IgnoreComment): boolean {
  if (location.kind !== "file" || location.path !== place.path) return false;
  const { line = 0 } = location;
  return covers === "file" || (line >= covers.first && line <= covers.last);
}

/** One sentence each about comments that do not count. */
export function gitlabNotes({ files }: GitlabPipeline, policy: Policy, known: ReadonlySet<string>): string[] {
  return files.flatMap(({ path, ignores }) =>
    ignoreNotes({ path, ignores: ignores.filter(({ form }) => form === "bulkhead") }, policy, known),
  );
}
