/** The registry's own list of referrers, page by page (OCI distribution specification 1.1, "Listing Referrers"). */
import type { Digest } from "../../../core/digest.ts";
import { gapOf } from "../../../core/evidence.ts";
import { isEvidenceProblem, Problem } from "../../../core/problem.ts";
import type { HttpAnswer } from "../../../net/client.ts";
import { bounds } from "../bounds.ts";
import { gatherReferrers, type ListedReferrers } from "../referrers/list.ts";

export interface ReferrerPages {
  /** For messages. */
  readonly place: string;
  /** Below `/v2/`, without a query. */
  readonly path: string;
  /** An answer without bytes says that the registry keeps no such list. */
  ask(path: string): Promise<{ readonly answer: HttpAnswer; readonly bytes?: Buffer }>;
}

/**
 * Asks for everything and filters nothing: the types that signatures go by are several, and a registry may ignore the
 * filter. What fails behind the first page is a gap.
 *
 * @returns undefined where the registry has no such list
 * @throws Problem of the first page
 */
export async function listReferrers(
  subject: Digest,
  { place, path, ask }: ReferrerPages,
): Promise<ListedReferrers | undefined> {
  const gathered = gatherReferrers();
  const asked = new Set<string>();
  for (let query: string | undefined = ""; query !== undefined; ) {
    if (asked.size >= bounds.referrerPages) {
      gathered.gap(`${place}: more than ${bounds.referrerPages} pages`);
      break;
    }
    if (asked.has(query)) {
      gathered.gap(`${place}: pages repeat`);
      break;
    }
    asked.add(query);
    try {
      const { answer, bytes } = await ask(path + query);
      if (bytes === undefined) {
        if (asked.size === 1) return undefined;
        gathered.gap(`${place}: page ${asked.size} was not found`);
        break;
      }
      if (!gathered.add(bytes, place)) break;
      if (answer.headers["oci-filters-applied"] !== undefined) {
        gathered.gap(`${place}: the registry applied a filter that was not requested`);
      }
      query = nextQuery(answer, path, subject);
    } catch (error) {
      if (asked.size === 1 || !isEvidenceProblem(error)) throw error;
      const { code, reason } = gapOf(error);
      gathered.gap(reason, code);
      break;
    }
  }
  return gathered;
}

/**
 * The query of the page that follows (RFC 8288; "Listing Referrers"). Only the query is taken from what the registry names:
 * a page of another list, or of another server, is none of this one.
 *
 * @throws Problem `oci.referrers`
 */
function nextQuery({ url, headers }: HttpAnswer, path: string, subject: Digest): string | undefined {
  const link = headers.link;
  if (link === undefined) return undefined;
  const text = Array.isArray(link) ? link.join(", ") : link;
  const target = /<([^<>]*)>[^<>]*?;\s*rel\s*=\s*"?next"?(?=[\s,;]|$)/i.exec(text)?.[1];
  if (target === undefined) return undefined;
  const next = URL.parse(target, url.href);
  if (
    next?.pathname === `/v2/${path}` ||
    next?.pathname === `/v2/${path.replace(subject, encodeURIComponent(subject))}`
  ) {
    return next.search;
  }
  const cause = "next page is not part of the same list";
  throw new Problem({ kind: "input", code: "oci.referrers", place: `referrers of ${subject}`, cause });
}
