/** One name for a repository, however its address is written (git-fetch(1), "GIT URLS"). */

/** `scheme://[user[:password]@]host[:port]/path`; a host may be an IPv6 address in brackets. */
const URL_FORM = /^([a-z][a-z0-9+.-]*):\/\/(?:[^/@]*@)?(\[[0-9a-f:.]+\]|[^/:@[\]]+)(?::(\d{0,5}))?(\/.*)$/i;
/** `[user@]host:path`: no slash before the first colon. */
const SCP_FORM = /^(?:[^/:@]*@)?(\[[0-9a-f:.]+\]|[^/:@[\]]+):(.+)$/i;

/** Schemes of git's own transports, and the ports that need not be written. */
const PORTS: Readonly<Record<string, string>> = {
  ssh: "22",
  "git+ssh": "22",
  "ssh+git": "22",
  git: "9418",
  http: "80",
  https: "443",
};

/** Hosts that speak SSH on the port of HTTPS for others (their documentation of firewalls). */
const SSH_HOSTS: Readonly<Record<string, string>> = {
  "ssh.github.com": "github.com",
  "altssh.gitlab.com": "gitlab.com",
  "altssh.bitbucket.org": "bitbucket.org",
};

/** Where two names that differ in case alone are one repository. */
const ANY_CASE: ReadonlySet<string> = new Set(["github.com", "gitlab.com", "bitbucket.org"]);

const HOST = /^(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*|\[[0-9a-f:.]+\])$/;
/** Printable, and none of what an address would give a meaning of its own. */
const PATH_PART = /^[\p{L}\p{N}._~+@!$&'()*,;=:-]+$/u;
const LENGTH = 500;

/**
 * `host/path` in lower case where it is not told apart, without user, password, port (where it is the scheme's own) and
 * `.git`: `git@github.com:a/b.git`, `ssh://git@github.com/a/b` and `https://user:x@github.com/a/b.git/` are all
 * `github.com/a/b`.
 *
 * @returns undefined of a path, a bundle or a remote helper's address, which mean something on one machine alone, and of
 *   what could show a secret
 */
export function remoteName(url: string): string | undefined {
  if (url.length > LENGTH) return undefined;
  const parts = partsOf(url);
  if (parts === undefined) return undefined;
  const written = parts.host.toLowerCase().replace(/\.$/, "");
  if (!HOST.test(written)) return undefined;
  const known = SSH_HOSTS[written];
  const host = known ?? written;
  const port = known !== undefined || parts.port === "" ? "" : `:${parts.port}`;
  const segments = parts.path.split("/").filter((part) => part !== "");
  const last = segments.pop()?.replace(/\.git$/, "");
  if (last === undefined || last === "") return undefined;
  segments.push(last);
  if (segments.some((part) => part === "." || part === ".." || !PATH_PART.test(part))) return undefined;
  // A password with a slash in it would stand there.
  if (segments[0]?.includes("@") === true) return undefined;
  const path = segments.join("/");
  return `${host}${port}/${ANY_CASE.has(host) ? path.toLowerCase() : path}`;
}

function partsOf(url: string): { readonly host: string; readonly port: string; readonly path: string } | undefined {
  const [, scheme, host = "", port = "", path = ""] = URL_FORM.exec(url) ?? [];
  if (scheme !== undefined) {
    const own = PORTS[scheme.toLowerCase()];
    return own === undefined
      ? undefined
      : { host, port: Number(port) === Number(own) ? "" : port, path: decoded(path) };
  }
  // What has `::` names a program, what has `://` is an address that is not understood.
  if (/^[^/]*::/.test(url.replace(/^[^[]*\[[^\]]*\]/, "")) || url.includes("://")) return undefined;
  const [, named, place = ""] = SCP_FORM.exec(url) ?? [];
  if (named === undefined) return undefined;
  // A letter before the colon is a drive where there are any.
  return /^[a-z]$/i.test(named) ? undefined : { host: named, port: "", path: place };
}

/** Of a URL git decodes what is escaped; `%` that begins no escape makes it unusable below. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
