import type { BaseKind } from "../../engines/contents/model.ts";

/** `slim, distroless or static`. */
export function listedKinds(kinds: readonly BaseKind[]): string {
  const last = kinds.at(-1);
  if (last === undefined) return "that the policy accepts: it accepts none";
  return kinds.length === 1 ? last : `${kinds.slice(0, -1).join(", ")} or ${last}`;
}
