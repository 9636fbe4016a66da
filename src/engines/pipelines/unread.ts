import type { Gap } from "../../core/evidence.ts";
import type { UnreadField } from "./field.ts";

/** What of a file was not understood, as gaps with their places. */
export function unreadGaps(unread: readonly UnreadField[]): Gap[] {
  return unread.map(({ place, reason }) => ({
    code: "pipelines.unread",
    reason: `${place.path}:${place.line}:${place.column}: ${reason}`,
  }));
}
