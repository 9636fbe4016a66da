/**
 * Image references as docker reads them: the grammar and the defaults of the distribution project's reference package,
 * with the length limit of the OCI distribution specification ("Pulling manifests").
 */
import { isIPv6 } from "node:net";
import { type Digest, parseDigest } from "../../core/digest.ts";
import { Problem } from "../../core/problem.ts";

/** A reference with its defaults filled in. It has a tag, a digest or both. */
export interface ImageReference {
  /** Host with its port where one is written: `docker.io`, `localhost:5000`, `[::1]:5000`. */
  readonly domain: string;
  /** The repository within the registry: `library/nginx`. */
  readonly path: string;
  readonly tag?: string;
  readonly digest?: Digest;
}

const DEFAULT_DOMAIN = "docker.io";
const LEGACY_DEFAULT_DOMAIN = "index.docker.io";
const DEFAULT_API_HOST = "registry-1.docker.io";
const DEFAULT_NAMESPACE = "library/";
const DEFAULT_TAG = "latest";

/** Characters of domain, slash and path together. */
const NAME_LENGTH = 255;
const TAG_LENGTH = 128;
/** Nothing longer can be a reference: name, colon, tag, at sign and the longest digest. */
const REFERENCE_LENGTH = NAME_LENGTH + 1 + TAG_LENGTH + 1 + "sha512:".length + 128;

const DOMAIN_COMPONENT = /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/;
const PATH_COMPONENT = /^[a-z0-9]+(?:(?:\.|__|_|-+)[a-z0-9]+)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const IMAGE_ID = /^[0-9a-f]{64}$/;

/**
 * Reads a reference and fills in docker's defaults: `nginx` is `docker.io/library/nginx:latest`.
 *
 * @throws Problem `oci.reference` (usage)
 */
export function parseReference(text: string): ImageReference {
  if (text === "") throw invalid(text, "empty");
  if (text.length > REFERENCE_LENGTH) throw invalid(text, `longer than ${REFERENCE_LENGTH} characters`);
  if (IMAGE_ID.test(text)) {
    throw invalid(text, "64 hexadecimal digits are an image's ID, not a repository", "write NAME@sha256:… instead");
  }
  const at = text.indexOf("@");
  const digest = at < 0 ? undefined : readDigest(text, text.slice(at + 1));
  const named = at < 0 ? text : text.slice(0, at);

  const { domain, rest } = splitDomain(text, named);
  const colon = rest.indexOf(":");
  const tag = colon < 0 ? undefined : readTag(text, rest.slice(colon + 1));
  const written = colon < 0 ? rest : rest.slice(0, colon);
  const path = domain === DEFAULT_DOMAIN && !written.includes("/") ? DEFAULT_NAMESPACE + written : written;
  checkPath(text, written);
  if (domain.length + 1 + path.length > NAME_LENGTH) {
    throw invalid(text, `its name is longer than ${NAME_LENGTH} characters`);
  }

  if (digest === undefined) return { domain, path, tag: tag ?? DEFAULT_TAG };
  return tag === undefined ? { domain, path, digest } : { domain, path, tag, digest };
}

/** The full form, which reads back as the same reference: `docker.io/library/nginx:1.27@sha256:…`. */
export function formatReference(reference: ImageReference): string {
  const tag = reference.tag === undefined ? "" : `:${reference.tag}`;
  const digest = reference.digest === undefined ? "" : `@${reference.digest}`;
  return `${reference.domain}/${reference.path}${tag}${digest}`;
}

/**
 * A reference as it is written, with the digest behind its tag: runtimes pull by the digest, and people read the tag. One that
 * has a digest is itself.
 *
 * @throws Problem `oci.reference` (usage)
 */
export function pinReference(written: string, digest: Digest): string {
  if (parseReference(written).digest !== undefined) return written;
  const hasTag = written.includes(":", written.lastIndexOf("/") + 1);
  return `${written}${hasTag ? "" : `:${DEFAULT_TAG}`}@${digest}`;
}

/** The repository without tag and digest, which is the image's lineage: `docker.io/library/nginx`. */
export function repositoryOf(reference: ImageReference): string {
  return `${reference.domain.toLowerCase()}/${reference.path}`;
}

/** Host and port of the registry's API, which for docker.io is another host than its name says. */
export function registryHost(reference: ImageReference): string {
  return reference.domain === DEFAULT_DOMAIN ? DEFAULT_API_HOST : reference.domain;
}

/** True where the text can stand behind the colon of a reference. */
export function isTag(text: string): boolean {
  return TAG.test(text);
}

/**
 * Docker's rule: what is before the first slash is a host if it has a dot, a colon or an upper-case letter, or is
 * `localhost`; otherwise it belongs to a repository on docker.io.
 */
function splitDomain(text: string, named: string): { domain: string; rest: string } {
  const slash = named.indexOf("/");
  const first = slash < 0 ? "" : named.slice(0, slash);
  const lower = first.toLowerCase();
  const evident = /[.:]/.test(first) || lower === "localhost";
  if (slash < 0 || (!evident && first === lower)) return { domain: DEFAULT_DOMAIN, rest: named };
  checkDomain(text, first);
  // Host names ignore case (RFC 4343). One that is a host only by its upper case must keep it to be read back as one.
  const domain = evident ? lower : first;
  return { domain: domain === LEGACY_DEFAULT_DOMAIN ? DEFAULT_DOMAIN : domain, rest: named.slice(slash + 1) };
}

function checkDomain(text: string, domain: string): void {
  const bracket = domain.startsWith("[") ? domain.indexOf("]") : -1;
  const colon = domain.startsWith("[") && bracket < 0 ? -1 : domain.indexOf(":", bracket + 1);
  const host = colon < 0 ? domain : domain.slice(0, colon);
  if (colon >= 0) {
    const port = domain.slice(colon + 1);
    if (!/^[0-9]{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535) {
      throw invalid(text, `"${excerpt(port)}" is not a port`);
    }
  }
  if (host.startsWith("[")) {
    const address = host.slice(1, -1);
    if (!host.endsWith("]") || address.includes("%") || !isIPv6(address)) {
      throw invalid(text, `"${excerpt(host)}" is not an IPv6 address in brackets`);
    }
    return;
  }
  if (!host.split(".").every((component) => DOMAIN_COMPONENT.test(component))) {
    throw invalid(text, `"${excerpt(host)}" is not a host name`);
  }
}

function checkPath(text: string, path: string): void {
  for (const component of path.split("/")) {
    if (PATH_COMPONENT.test(component)) continue;
    if (component === "") throw invalid(text, "a part of its repository is empty");
    if (/[A-Z]/.test(component) && PATH_COMPONENT.test(component.toLowerCase())) {
      throw invalid(text, `"${excerpt(component)}" has upper case, and a repository is lower case`);
    }
    throw invalid(
      text,
      `"${excerpt(component)}" cannot be a part of a repository`,
      "use a-z and 0-9, with single dots, one or two underscores or dashes between them",
    );
  }
}

function readTag(text: string, tag: string): string {
  if (tag === "") throw invalid(text, "its tag is empty");
  if (tag.length > TAG_LENGTH) throw invalid(text, `its tag is longer than ${TAG_LENGTH} characters`);
  if (!TAG.test(tag)) throw invalid(text, `"${excerpt(tag)}" is not a tag`);
  return tag;
}

function readDigest(text: string, digest: string): Digest {
  const parsed = parseDigest(digest);
  if (parsed !== undefined) return parsed;
  if (digest === "") throw invalid(text, "its digest is empty");
  const colon = digest.indexOf(":");
  const algorithm = colon < 0 ? "" : digest.slice(0, colon);
  if (algorithm !== "sha256" && algorithm !== "sha512") {
    throw invalid(text, `"${excerpt(digest)}" is not a digest: it starts with neither sha256: nor sha512:`);
  }
  const hex = digest.slice(colon + 1);
  if (!/^[0-9a-f]*$/.test(hex)) {
    throw invalid(text, "its digest has characters that are not hexadecimal digits in lower case");
  }
  const length = algorithm === "sha256" ? 64 : 128;
  throw invalid(text, `its ${algorithm} digest has ${hex.length} hexadecimal digits instead of ${length}`);
}

function invalid(text: string, cause: string, remedy?: string): Problem {
  return new Problem({
    kind: "usage",
    code: "oci.reference",
    place: `image reference "${excerpt(text)}"`,
    cause,
    ...(remedy === undefined ? {} : { remedy }),
  });
}

function excerpt(text: string): string {
  return text.length <= 120 ? text : `${text.slice(0, 120)}…`;
}
