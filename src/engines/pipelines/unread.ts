import type { Gap } from "../../core/evidence.ts";
import type { UnreadField } from "./field.ts";

/** What of a file was not understood, as gaps with their places. */
export function unreadGaps(
  unread: readonly UnreadField[],
  code: "pipelines.unread" | "pipelines.script" | "pipelines.unfollowed" = "pipelines.unread",
): Gap[] {
  return unread.map(({ place, reason }) => ({
    code,
    reason: `${place.path}:${place.line}:${place.column}: ${reason}`,
  }));
}
