import type { Permissions } from "../github/model.ts";

/**
 * Scopes that a job's token may write by all that is stated for it, sorted; `all` for `write-all`. Undefined where nothing is
 * stated: then the repository's settings decide.
 */
export function writableScopes(stated: readonly Permissions[]): readonly string[] | undefined {
  if (stated.length === 0) return undefined;
  let scopes: readonly string[] | "all" = "all";
  for (const permissions of stated) {
    if (permissions.kind === "all" && permissions.level === "write-all") continue;
    const own: readonly string[] =
      permissions.kind === "all"
        ? []
        : permissions.grants.filter(({ level }) => level.value === "write").map(({ scope }) => scope.value);
    scopes = scopes === "all" ? own : scopes.filter((scope) => own.includes(scope));
  }
  return scopes === "all" ? ["all"] : [...scopes].sort();
}
