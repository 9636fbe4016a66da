/**
 * Scopes of tokens (distribution, "Token Scope Documentation"): `repository:NAME:pull,push`, where the name may begin with a host
 * and its port, and `registry:catalog:*`.
 */
import type { RepositoryAction } from "./model.ts";

/** What a client asks a token for. */
export type Scope =
  | { readonly kind: "repository"; readonly repository: string; readonly actions: readonly RepositoryAction[] }
  | { readonly kind: "catalog" };

/** Scopes of one request: docker asks for two where it mounts. What they grant has to fit the headers of a request. */
export const SCOPES = 24;
/** Characters of a repository's name (distribution-spec, "Pulling manifests", and the engine's own bound). */
const NAME_CHARACTERS = 255;

const repositoryActions: readonly RepositoryAction[] = ["pull", "push", "delete"];
const PART = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const NAME = new RegExp(`^(?:[A-Za-z0-9.-]+:[0-9]{1,5}/)?${PART}(?:/${PART})*$`);

/**
 * What is not understood grants nothing, and is left out.
 *
 * @param texts - each one `scope` of the request: several are separated by blanks
 * @returns undefined where there are more than {@link SCOPES}
 */
export function parseScopes(texts: readonly string[]): readonly Scope[] | undefined {
  const written = texts.flatMap((text) => text.split(" ")).filter((text) => text !== "");
  return written.length > SCOPES ? undefined : written.flatMap((text) => parseScope(text) ?? []);
}

function parseScope(text: string): Scope | undefined {
  const first = text.indexOf(":");
  const last = text.lastIndexOf(":");
  if (first < 0 || first === last) return undefined;
  // `repository(plugin)`: the class of what is in it, which changes no right.
  const type = text.slice(0, first).replace(/\([a-z0-9]+\)$/, "");
  const name = text.slice(first + 1, last);
  const asked = text.slice(last + 1).split(",");
  if (type === "registry") return name === "catalog" && asked.includes("*") ? { kind: "catalog" } : undefined;
  if (type !== "repository" || name.length > NAME_CHARACTERS || !NAME.test(name)) return undefined;
  const actions = repositoryActions.filter((action) => asked.includes(action) || asked.includes("*"));
  return { kind: "repository", repository: name, actions };
}

/** As a challenge names it: what a token must grant. */
export function scopeText(
  grants: readonly { repository: string; actions: readonly string[] }[],
  catalog: boolean,
): string {
  return [
    ...grants.map(({ repository, actions }) => `repository:${repository}:${actions.join(",")}`),
    ...(catalog ? ["registry:catalog:*"] : []),
  ].join(" ");
}
