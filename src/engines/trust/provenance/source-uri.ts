/** URIs by which provenance names a source: `git+https://github.com/shop/api@refs/tags/v1`, `https://github.com/shop/api.git`. */

export interface SourceUri {
  /** `github.com/shop/api`. */
  readonly repository: string;
  /** `refs/tags/v1`. */
  readonly ref?: string;
}

const URI = /^(?:git\+)?https:\/\/([A-Za-z0-9.-]+(?::\d+)?)(\/[A-Za-z0-9._~/-]+)(?:@(refs\/[\x21-\x7e]+))?$/;

/** Undefined for what is no repository: a user before the host, a query, a fragment, `..`. */
export function parseSourceUri(text: string): SourceUri | undefined {
  const found = URI.exec(text);
  if (found === null) return undefined;
  const [, host = "", written = "", ref] = found;
  const path = written.replace(/\/$/, "").replace(/\.git$/, "");
  const [, ...parts] = path.split("/");
  if (parts.some((part) => part === "" || part === "." || part === "..")) return undefined;
  return { repository: `${host.toLowerCase()}${path}`, ...(ref === undefined ? {} : { ref }) };
}
