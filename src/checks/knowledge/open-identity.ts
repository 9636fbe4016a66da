/** What a pattern over identities leaves open. */

/**
 * What of an identity a pattern leaves open that decides who signs: the first part of it with a wildcard, or a ref that is
 * missing; undefined where only tags, or a part of a branch's name, are open.
 */
export function openPart(
  pattern: string,
): "issuer's host" | "owner" | "repository" | "workflow" | "ref" | "user" | undefined {
  if (!pattern.includes("*")) return undefined;
  const [head, tail] = parted(pattern);
  const url = /^https:\/\/([^/]*)(?:\/([^/]*))?(?:\/([^/]*))?(?:\/(.*))?$/.exec(head);
  // An address: whoever has a mailbox there.
  if (url === null) return hasWildcard(head) ? "user" : "issuer's host";
  const [, host = "", owner = "", repository = "", path = ""] = url;
  if (hasWildcard(host)) return "issuer's host";
  if (owner === "" || hasWildcard(owner)) return "owner";
  if (repository === "" || hasWildcard(repository)) return "repository";
  if (path === "" || hasWildcard(path)) return "workflow";
  return tail === undefined || /^\*{1,2}$/.test(tail) || /^refs\/(?:heads\/|pull\/)?\*/.test(tail) ? "ref" : undefined;
}

function hasWildcard(text: string): boolean {
  return text.includes("*");
}

function parted(text: string): [string, string?] {
  const at = text.indexOf("@");
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
