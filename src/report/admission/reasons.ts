/** Reasons as lines: what is said of one place by several checks is said once. */
import { counted } from "../../core/counted.ts";
import { hanging, type Page } from "../page.ts";
import { placeText, type ReasonView } from "./trial-view.ts";

/** `image REF: it is not signed (bulkhead.yaml:14)`, `spec.hostPID: … (bulkhead.yaml:31)`. */
export function reasonText({
  image,
  field,
  message,
  policy,
}: Pick<ReasonView, "image" | "field" | "message" | "policy">): string {
  const about = image === undefined || image === "" ? field : `image ${image}`;
  return `${about === undefined ? "" : `${about}: `}${message}${policy === undefined ? "" : ` (${policy})`}`;
}

export interface AlikeReasons {
  readonly reason: ReasonView;
  /** Each once. */
  readonly checks: readonly string[];
}

/** In the order in which the first of each came. */
export function alikeReasons(reasons: readonly ReasonView[]): AlikeReasons[] {
  const groups = Map.groupBy(reasons, ({ field, image, message, policy, action, verdict }) =>
    // What could not be found out is one thing, whichever rules needed it.
    JSON.stringify([field, image, message, verdict === "unknown" ? "" : policy, action, verdict]),
  );
  return [...groups.values()].flatMap((alike) => {
    const reason = alike.find(({ policy }) => policy !== undefined) ?? alike[0];
    return reason === undefined ? [] : [{ reason, checks: [...new Set(alike.map(({ check }) => check))] }];
  });
}

/** @param said - the action goes without saying */
export function reasonLines({ reason, checks }: AlikeReasons, page: Page, said: boolean): string[] {
  const { fix, place, action } = reason;
  const of = checks.length === 1 ? "" : ` · ${checks.length} checks`;
  return [
    ...hanging(page, short(page, `${said ? "" : `${action}: `}${reasonText(reason)}${of}`), 4, "  "),
    ...(place === undefined ? [] : hanging(page, `at ${placeText(place)}`, 6, "  ").map(page.colors.dim)),
    ...(fix === undefined ? [] : hanging(page, short(page, `fix: ${fix}`), 6, "  ")),
  ];
}

/** `workload/privileged`, `registry/unsigned-image and 5 more checks`. */
export function checksText([first = "", ...more]: readonly string[]): string {
  return more.length === 0 ? first : `${first} and ${counted(more.length, "more check")}`;
}

/** Digests as long as tells them apart, unless all is asked for. */
export function short({ all }: Pick<Page, "all">, text: string): string {
  return all ? text : text.replaceAll(/\b(sha(?:256|512):[0-9a-f]{12})[0-9a-f]{52,116}\b/g, "$1…");
}
