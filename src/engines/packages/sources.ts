/** Where packages may be fetched from: entries of `dependencies.sources`, and the public registries. */
import { trimEndOf } from "../../core/trim.ts";
import type { PackageType } from "../contents/model.ts";

/**
 * Hosts that serve an ecosystem's public registry, by its own documentation: registries, and what they serve archives from.
 * Anybody can publish there, and what is published is held to its hash by everybody.
 */
export const publicHosts: Readonly<Partial<Record<PackageType, readonly string[]>>> = {
  npm: ["registry.npmjs.org", "registry.yarnpkg.com", "npm.jsr.io", "jsr.io"],
  pypi: ["pypi.org", "files.pythonhosted.org", "pypi.python.org"],
  cargo: ["index.crates.io", "static.crates.io", "crates.io", "github.com/rust-lang/crates.io-index"],
  gem: ["rubygems.org", "index.rubygems.org"],
  golang: ["proxy.golang.org", "sum.golang.org"],
  composer: [
    "repo.packagist.org",
    "packagist.org",
    "api.github.com",
    "codeload.github.com",
    "github.com",
    "gitlab.com",
  ],
  nuget: ["api.nuget.org", "www.nuget.org", "nuget.org"],
  maven: ["repo.maven.apache.org", "repo1.maven.org", "plugins.gradle.org", "dl.google.com", "maven.google.com"],
  pub: ["pub.dev", "pub.dartlang.org"],
  hex: ["repo.hex.pm", "hex.pm"],
  conan: ["center2.conan.io", "center.conan.io"],
};

/** Hosts where the makers of widely used packages serve builds of their own, as their installation pages have it. */
const makersHosts: Readonly<Partial<Record<PackageType, readonly string[]>>> = {
  pypi: ["download.pytorch.org/whl", "pypi.nvidia.com"],
};

/** A host, or a URL of https with all below it. */
export function isSource(text: string): boolean {
  if (text.length > 500) return false;
  if (/^[a-z0-9.-]+(?::\d{1,5})?$/i.test(text)) return true;
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.search === "" && url.hash === "";
}

export function isGitPattern(text: string): boolean {
  return text.length <= 500 && /^[\w.*?-]+(?:\/[\w.*?~-]+)+$/.test(text);
}

/** Whether one entry names all that another names. */
export function coversSource(entry: string, wanted: string): boolean {
  if (entry === wanted) return true;
  const url = sourceUrl(wanted);
  return url !== undefined && isFrom(entry, url) && (wanted.includes("://") || !entry.includes("://"));
}

/** Whether a URL is below an entry: host for host, and by whole segments of the path. */
export function isFrom(entry: string, url: URL): boolean {
  if (!entry.includes("://")) {
    const [host = "", ...path] = entry.split("/");
    // A host that is listed by its name alone is meant over TLS.
    return url.protocol === "https:" && sameHost(host, url) && isBelow(url.pathname, path.join("/"));
  }
  const own = URL.parse(entry);
  return own !== null && own.protocol === url.protocol && own.host === url.host && isBelow(url.pathname, own.pathname);
}

function sameHost(host: string, url: URL): boolean {
  return (
    url.host === host.toLowerCase() ||
    (host.includes(":") ? false : url.hostname === host.toLowerCase() && url.port === "")
  );
}

function isBelow(path: string, prefix: string): boolean {
  const folder = trimEndOf(prefix.startsWith("/") ? prefix.slice(1) : prefix, "/");
  const own = path.slice(1);
  return folder === "" || own === folder || own.startsWith(`${folder}/`);
}

function sourceUrl(entry: string): URL | undefined {
  return URL.parse(entry.includes("://") ? entry : `https://${entry}/`) ?? undefined;
}

/** Whether a URL is of its ecosystem's public registry. */
export function isPublic(type: PackageType, url: URL): boolean {
  return publicHosts[type]?.some((host) => isFrom(host, url)) === true;
}

/** Whether a URL is where a package's own makers serve it. */
export function isOfMakers(type: PackageType, url: URL): boolean {
  return makersHosts[type]?.some((host) => isFrom(host, url)) === true;
}

/** `github.com/acme/api` of a git URL in any of the ways that package managers write it; undefined where it is none. */
export function gitRepository(url: string): string | undefined {
  const plain = url.replace(/^git\+/, "");
  const short = /^(github|gitlab|bitbucket):([\w.-]+\/[\w.-]+)/.exec(plain);
  if (short !== null) return `${short[1]}.${short[1] === "bitbucket" ? "org" : "com"}/${withoutGit(short[2] ?? "")}`;
  const scp = /^[\w.-]+@([\w.-]+):(?!\/\/)([^#?]+)/.exec(plain);
  if (scp !== null) return `${scp[1]?.toLowerCase()}/${withoutGit(scp[2] ?? "")}`;
  const parsed = URL.parse(plain);
  if (parsed === null || parsed.hostname === "") return undefined;
  return `${parsed.hostname.toLowerCase()}/${withoutGit(parsed.pathname.slice(1))}`;
}

function withoutGit(path: string): string {
  const plain = trimEndOf(path, "/");
  return plain.endsWith(".git") ? plain.slice(0, -".git".length) : plain;
}
