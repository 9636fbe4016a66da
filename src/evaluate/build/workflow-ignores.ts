/** What comments in GitHub's files ask to ignore: applied to findings, or said not to count. */
import { zizmorAudits } from "../../checks/knowledge/zizmor-audits.ts";
import type { Assessment } from "../../core/exception.ts";
import type { FindingDraft } from "../../core/finding.ts";
import type { Policy } from "../../core/policy.ts";
import type { Dependabot, GithubFile, IgnoreComment } from "../../engines/pipelines/model.ts";

type Commented = Pick<GithubFile | Dependabot, "path" | "ignores">;

/** What the file's own comments say of a finding. Whoever names a trusted policy does not trust them. */
export function assessorOf(
  { path, ignores }: Commented,
  policy: Policy,
): ((finding: FindingDraft) => Assessment | undefined) | undefined {
  const counted = ignores.flatMap(asOurs);
  if (counted.length === 0) return undefined;
  const trusted = policy.origin.kind === "trusted";
  return (finding) => {
    const ignore = ignoreOf(finding, path, counted);
    if (ignore === undefined) return undefined;
    const { reason, place } = ignore;
    if (trusted) {
      const note = `${path}:${place.line} ignores it (${reason}), which a trusted policy does not allow`;
      return { kind: "noted", note };
    }
    const source = { path, line: place.line, column: place.column };
    return { kind: "dismissed", exception: { reason, owner: "a comment in the file", source } };
  };
}

/**
 * Of a finding of one place a comment at any of its lines counts, also where the trigger stands; of several places
 * (`evidence.places`), which come first, each needs one of its own.
 */
function ignoreOf(
  { locations, matches, evidence }: FindingDraft,
  path: string,
  counted: readonly IgnoreComment[],
): IgnoreComment | undefined {
  const named = counted.filter(({ ids }) => matches.ids.some((id) => ids.includes(id)));
  const lines = locations.flatMap((one) => (one.kind === "file" && one.path === path ? [one.line ?? 0] : []));
  const at = (line: number): IgnoreComment | undefined =>
    named.find(({ covers }) => covers === "file" || (line >= covers.first && line <= covers.last));
  const places = Number(evidence.places ?? 1);
  if (places === 1) return lines.map(at).find((ignore) => ignore !== undefined);
  const each = lines.slice(0, places).map(at);
  return each.every((ignore) => ignore !== undefined) ? each[0] : undefined;
}

/** By the ids of our checks. zizmor asks for no reason: where none is written, that is what is said. */
function asOurs(ignore: IgnoreComment): IgnoreComment[] {
  if (ignore.form === "bulkhead") return ignore.reason === "" ? [] : [{ ...ignore, ids: ignore.ids.map(checkId) }];
  const ids = ignore.ids.flatMap((id) => zizmorAudits.get(id) ?? []);
  if (ids.length === 0) return [];
  const written = `zizmor: ignore[${ignore.ids.join(",")}]`;
  const reason = ignore.reason === "" ? `${written}, without a reason` : `${ignore.reason} (${written})`;
  return [{ ...ignore, ids, reason }];
}

/** `workflow-unpinned-action` and `build/workflow-unpinned-action` are one. */
function checkId(written: string): string {
  return written.includes("/") ? written : `build/${written}`;
}

/**
 * One sentence each about comments that do not count.
 *
 * @param known - the ids of all checks over such files
 */
export function ignoreNotes({ path, ignores }: Commented, policy: Policy, known: ReadonlySet<string>): string[] {
  const at = ({ place }: IgnoreComment): string => `${path}:${place.line}`;
  const own = ignores.filter(({ form }) => form === "bulkhead");
  const foreign = ignores.filter(({ form }) => form === "zizmor");
  return [
    ...own.flatMap((one) => (one.reason === "" ? [`${at(one)}: the ignore comment has no reason and no effect`] : [])),
    ...own.flatMap((one) =>
      one.ids.flatMap((id) =>
        known.has(checkId(id)) ? [] : [`${at(one)}: unknown check ${id} in the ignore comment`],
      ),
    ),
    ...foreign.flatMap((one) =>
      one.ids.flatMap((id) =>
        zizmorAudits.has(id) ? [] : [`${at(one)}: no check of ours is zizmor's ${id}: its comment has no effect`],
      ),
    ),
    ...(policy.origin.kind === "trusted"
      ? ignores.flatMap(asOurs).map((one) => `${at(one)}: the ignore comment has no effect under a trusted policy`)
      : []),
  ].slice(0, MOST_NOTES);
}

/** Of one file. */
const MOST_NOTES = 20;
