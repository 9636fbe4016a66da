/** Where a package comes from, as findings call it. */
import type { PackageOrigin } from "../../engines/contents/model.ts";
import { gitRepository } from "../../engines/packages/model.ts";

/** The host, or the repository: stable while versions change. */
export function placeOf(origin: PackageOrigin): string {
  if (origin.kind === "git") return gitRepository(origin.url) ?? "a Git repository";
  return URL.parse(origin.url)?.host || "a local path";
}
