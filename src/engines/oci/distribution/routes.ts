/**
 * From method, path and query to what a client wants of a registry (OCI distribution specification 1.1, "Endpoints"). What
 * another reader of the same words could take for something else is refused: the engine is only ever asked what
 * {@link Route} says, and never what the client wrote.
 */
import { parseDigest } from "../../../core/digest.ts";
import { isTag } from "../reference.ts";
import type { DistributionRequest, ManifestReference, RepositoryAction } from "./model.ts";
import { type Parameters, readQuery } from "./query.ts";

/** What is asked, and how an engine is asked the same. */
export interface Route {
  readonly request: DistributionRequest;
  /** Written anew of what was read: `/v2/shop/web/manifests/1.0`. */
  readonly path: string;
  /** With its question mark, or empty: what of the query means something at this end. */
  readonly query: string;
}

/** Why a request is for no end of the specification, by its "Error Codes". */
export interface RouteFault {
  readonly status: 400 | 404 | 405;
  readonly code: "NAME_INVALID" | "DIGEST_INVALID" | "MANIFEST_INVALID" | "UNSUPPORTED";
  /** One sentence without a full stop. */
  readonly message: string;
  /** Of 405: what the end takes. */
  readonly allow?: readonly string[];
}

/** Characters of a path: a repository, a tag or a digest and an upload's session are far below. */
const PATH_LENGTH = 2_048;
const NAME_LENGTH = 255;
const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
/** As engines make them: a UUID, or base64 of their state. */
const SESSION = /^[A-Za-z0-9_][A-Za-z0-9._=-]{0,511}$/;

/** The grammar of a repository's name ("Pulling manifests"), without any host before it. */
export function isRepositoryName(text: string): boolean {
  return text.length <= NAME_LENGTH && text.split("/").every((component) => COMPONENT.test(component));
}

/**
 * @param path - as it came, without the query: nothing in it is decoded
 * @param query - without the question mark
 */
export function routeOf(method: string, path: string, query: string): Route | RouteFault {
  if (path.length > PATH_LENGTH) return fault(400, "NAME_INVALID", `the path is over ${PATH_LENGTH} characters`);
  if (path === "/v2/" || path === "/v2")
    return allowed(method, READ, { request: { kind: "ping" }, path: "/v2/", query: "" });
  if (!path.startsWith("/v2/")) return fault(404, "UNSUPPORTED", "not a path of the OCI distribution specification");
  if (path.includes("%")) return fault(400, "NAME_INVALID", "a path of a registry has no escapes (%)");
  const parameters = readQuery(query);
  if (typeof parameters === "string") return fault(400, "UNSUPPORTED", parameters);
  if (path === "/v2/_catalog") {
    return allowed(method, READ, { request: { kind: "catalog" }, path, query: parameters.write(["n", "last"]) });
  }
  const parts = path.slice("/v2/".length).split("/");
  const last = parts.pop() as string;
  const end = parts.pop() ?? "";
  if (end === "uploads" || (end === "blobs" && last === "uploads")) {
    const isBegun = end === "uploads";
    if (isBegun && parts.pop() !== "blobs") return unknownEnd();
    return inRepository(parts, (name) => upload(method, name, isBegun ? last : "", parameters));
  }
  const read = READERS[end];
  return read === undefined ? unknownEnd() : inRepository(parts, (name) => read(method, name, last, parameters));
}

type Reader = (method: string, name: string, last: string, parameters: Parameters) => Route | RouteFault;

const READ = ["GET", "HEAD"] as const;
const ACTIONS: Readonly<Record<string, RepositoryAction>> = {
  GET: "pull",
  HEAD: "pull",
  PUT: "push",
  DELETE: "delete",
};

const READERS: Readonly<Record<string, Reader | undefined>> = Object.assign(Object.create(null), {
  manifests(method, repository, last) {
    const reference = manifestReference(last);
    if (reference === undefined) {
      const isDigest = last.includes(":");
      return fault(
        400,
        isDigest ? "DIGEST_INVALID" : "MANIFEST_INVALID",
        `"${excerpt(last)}" is neither a tag nor a digest`,
      );
    }
    const action = ACTIONS[method] ?? "pull";
    const path = `/v2/${repository}/manifests/${last}`;
    const request = { kind: "manifest", repository, reference, action } as const;
    return allowed(method, [...READ, "PUT", "DELETE"], { request, path, query: "" });
  },
  blobs(method, repository, last) {
    const digest = parseDigest(last);
    if (digest === undefined) return notADigest(last);
    const request = { kind: "blob", repository, digest, action: ACTIONS[method] ?? "pull" } as const;
    return allowed(method, [...READ, "DELETE"], { request, path: `/v2/${repository}/blobs/${digest}`, query: "" });
  },
  tags(method, repository, last, parameters) {
    if (last !== "list") return unknownEnd();
    const path = `/v2/${repository}/tags/list`;
    return allowed(method, READ, {
      request: { kind: "tags", repository },
      path,
      query: parameters.write(["n", "last"]),
    });
  },
  referrers(method, repository, last, parameters) {
    const digest = parseDigest(last);
    if (digest === undefined) return notADigest(last);
    // A plus that nobody has escaped is meant as one: no media type has a blank in it.
    const artifactType = parameters.value("artifactType")?.replaceAll(" ", "+");
    const request = {
      kind: "referrers",
      repository,
      digest,
      ...(artifactType === undefined || artifactType === "" ? {} : { artifactType }),
    } as const;
    return allowed(method, READ, { request, path: `/v2/${repository}/referrers/${digest}`, query: "" });
  },
} satisfies Record<string, Reader>);

function upload(method: string, repository: string, session: string, parameters: Parameters): Route | RouteFault {
  const written = parameters.value("digest");
  const digest = parseDigest(written);
  if (written !== undefined && digest === undefined) return notADigest(written);
  const whole = digest === undefined ? {} : { digest };
  const path = `/v2/${repository}/blobs/uploads/${session}`;
  if (session !== "") {
    if (!SESSION.test(session)) return fault(400, "NAME_INVALID", `"${excerpt(session)}" is not an upload`);
    if (parameters.value("mount") !== undefined || parameters.value("from") !== undefined) {
      return fault(400, "UNSUPPORTED", "an upload that has begun mounts no blob");
    }
    const request = { kind: "upload", repository, session, ...whole } as const;
    return allowed(method, [...READ, "PATCH", "PUT", "DELETE"], { request, path, query: parameters.write() });
  }
  const mounted = parameters.value("mount");
  const from = parameters.value("from");
  const mount = parseDigest(mounted);
  if (mounted !== undefined && mount === undefined) return notADigest(mounted);
  if (from !== undefined && from !== "" && !isRepositoryName(from)) return notAName(from);
  const source = from === undefined || from === "" ? {} : { from };
  const request = {
    kind: "upload",
    repository,
    ...(mount === undefined ? {} : { mount: { digest: mount, ...source } }),
    ...whole,
  } as const;
  // Whether a blob is mounted is decided before the engine reads of it.
  return allowed(method, ["POST"], { request, path, query: parameters.write(["digest", "digest-algorithm"]) });
}

export function manifestReference(text: string): ManifestReference | undefined {
  const digest = parseDigest(text);
  if (digest !== undefined) return { digest };
  return isTag(text) ? { tag: text } : undefined;
}

/** The text that stands in a path: `1.0`, `sha256:…`. */
export function referenceText(reference: ManifestReference): string {
  return "tag" in reference ? reference.tag : reference.digest;
}

function inRepository(parts: readonly string[], read: (name: string) => Route | RouteFault): Route | RouteFault {
  const name = parts.join("/");
  return isRepositoryName(name) ? read(name) : notAName(name);
}

function allowed(method: string, allow: readonly string[], route: Route): Route | RouteFault {
  if (allow.includes(method)) return route;
  return { status: 405, code: "UNSUPPORTED", message: `${excerpt(method)} is not for this path`, allow };
}

function notAName(name: string): RouteFault {
  const cause = name.length > NAME_LENGTH ? `is over ${NAME_LENGTH} characters` : "is not the name of a repository";
  return fault(400, "NAME_INVALID", `"${excerpt(name)}" ${cause}`);
}

function notADigest(text: string): RouteFault {
  return fault(400, "DIGEST_INVALID", `"${excerpt(text)}" is not a digest of sha256 or sha512 in lower case`);
}

function unknownEnd(): RouteFault {
  return fault(404, "UNSUPPORTED", "not a path of the OCI distribution specification");
}

function fault(status: 400 | 404, code: RouteFault["code"], message: string): RouteFault {
  return { status, code, message };
}

function excerpt(text: string): string {
  return text.length <= 100 ? text : `${text.slice(0, 100)}…`;
}
