/** The engine as the guard itself reads and writes it: over the connections that streams go over, under tokens of the guard. */

import { createHash } from "node:crypto";
import { append } from "../../../core/append.ts";
import { type Digest, digestAlgorithm, parseDigest } from "../../../core/digest.ts";
import { parseJson } from "../../../core/parse-json.ts";
import { Problem } from "../../../core/problem.ts";
import { isObject, valueAt } from "../../../core/untyped.ts";
import type { ManifestReference } from "../../../engines/oci/distribution/model.ts";
import { isRepositoryName, referenceText } from "../../../engines/oci/distribution/routes.ts";
import { isTag } from "../../../engines/oci/reference.ts";
import { manifestMediaTypes } from "../../../engines/oci/registry/media-type.ts";
import { HttpFailure } from "../../../net/failure.ts";
import { headerOf } from "../../../net/raw-headers.ts";
import type { Upstream, UpstreamDocument, UpstreamRequest } from "../../../net/upstream-model.ts";
import type { Engine, EngineTokens, Grant, StoredManifest } from "../model.ts";
import { bounds } from "./bounds.ts";
import { engineHeaders } from "./forwarded.ts";

/** Everything that an engine may hold under a manifest's name: without its type in the list it would say that there is none. */
const ACCEPT = [
  ...manifestMediaTypes,
  "application/vnd.oci.artifact.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v1+prettyjws",
  "application/vnd.docker.distribution.manifest.v1+json",
  "*/*",
].join(", ");

export function createEngine(upstream: Upstream, tokens: EngineTokens | undefined): Engine {
  async function ask(
    request: Pick<UpstreamRequest, "method" | "path" | "body"> & { readonly headers?: readonly string[] },
    grants: readonly Grant[],
    maxBytes: number,
    signal?: AbortSignal,
    catalog = false,
  ): Promise<UpstreamDocument | Problem> {
    const late = AbortSignal.timeout(bounds.engineMilliseconds);
    try {
      const headers = [...(request.headers ?? []), ...engineHeaders(tokens?.authorization(grants, catalog))];
      const both = signal === undefined ? late : AbortSignal.any([signal, late]);
      return await upstream.ask({ ...request, headers }, { maxBytes, signal: both });
    } catch (error) {
      if (error === late.reason)
        return problem(request.path, "unavailable", `no answer in ${bounds.engineMilliseconds} ms`);
      if (signal?.aborted && error === signal.reason)
        return problem(request.path, "unavailable", "not answered in time");
      if (error instanceof HttpFailure) {
        const kind = error.reason === "too-large" ? "input" : "unavailable";
        return problem(request.path, kind, error.message, { cause: error });
      }
      throw error;
    }
  }

  function problem(path: string, kind: "unavailable" | "input", cause: string, options?: { cause?: unknown }): Problem {
    return new Problem(
      { kind, code: "registry.engine", place: `engine ${upstream.origin.host}${path}`, cause },
      options,
    );
  }

  const pull = (repository: string): Grant[] => [{ repository, actions: ["pull"] }];

  async function pages(path: string, field: string, grants: readonly Grant[], isCatalog: boolean) {
    const all: string[] = [];
    for (let next: string | undefined = `${path}?n=1000`, count = 0; next !== undefined; count += 1) {
      if (count >= bounds.pages) return problem(path, "input", `more than ${bounds.pages} pages`);
      const answer: UpstreamDocument | Problem = await ask(
        { method: "GET", path: next },
        grants,
        bounds.pageBytes,
        undefined,
        isCatalog,
      );
      if (answer instanceof Problem) return answer;
      if (answer.status === 404 && count === 0 && errorCode(answer) === "NAME_UNKNOWN") return [];
      if (answer.status !== 200) return problem(path, "unavailable", `it answered ${answer.status}`);
      const listed = valueAt(parsed(answer.body), [field]) ?? [];
      if (!Array.isArray(listed)) return problem(path, "input", `no list of ${field}`);
      append(
        all,
        listed.filter((each): each is string => typeof each === "string"),
      );
      next = nextPage(headerOf(answer.headers, "link"), path);
    }
    return all;
  }

  return {
    async manifest(repository, reference, signal) {
      const path = manifestPath(repository, reference);
      const answer = await ask(
        { method: "GET", path, headers: ["Accept", ACCEPT] },
        pull(repository),
        bounds.manifestBytes,
        signal,
      );
      if (answer instanceof Problem) return answer;
      if (answer.status === 404) {
        const code = errorCode(answer);
        if (code === "MANIFEST_UNKNOWN" || code === "NAME_UNKNOWN" || code === "NOT_FOUND") return undefined;
        return problem(path, "unavailable", "404, and not in a registry's words");
      }
      if (answer.status !== 200) return problem(path, "unavailable", `it answered ${answer.status}`);
      const stored = storedManifest(answer, reference);
      return typeof stored === "string" ? problem(path, "input", stored) : stored;
    },
    async putManifest(repository, reference, manifest) {
      const path = manifestPath(repository, reference);
      const answer = await ask(
        {
          method: "PUT",
          path,
          headers: ["Content-Type", manifest.mediaType],
          body: manifest.bytes,
        },
        [{ repository, actions: ["pull", "push"] }],
        bounds.answerBytes,
      );
      if (answer instanceof Problem) return answer;
      const stored = headerOf(answer.headers, "docker-content-digest");
      if (answer.status !== 201) return problem(path, "unavailable", `it answered ${answer.status}`);
      if (stored !== undefined && stored !== manifest.digest) return problem(path, "input", "it stored other bytes");
      return undefined;
    },
    async hasBlob(repository, digest) {
      const path = `/v2/${repository}/blobs/${digest}`;
      const answer = await ask({ method: "HEAD", path }, pull(repository), bounds.answerBytes);
      if (answer instanceof Problem) return answer;
      // Storage elsewhere is redirected to: the engine has it.
      if (answer.status === 200 || answer.status === 307 || answer.status === 302) return true;
      return answer.status === 404 ? false : problem(path, "unavailable", `it answered ${answer.status}`);
    },
    async tags(repository) {
      const listed = await pages(`/v2/${repository}/tags/list`, "tags", pull(repository), false);
      return listed instanceof Problem ? listed : listed.filter(isTag);
    },
    async repositories() {
      const listed = await pages("/v2/_catalog", "repositories", [], true);
      return listed instanceof Problem ? listed : listed.filter(isRepositoryName);
    },
  };
}

export function manifestPath(repository: string, reference: ManifestReference): string {
  return `/v2/${repository}/manifests/${referenceText(reference)}`;
}

export function digestOf(bytes: Buffer, algorithm: "sha256" | "sha512" = "sha256"): Digest {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}` as Digest;
}

/** The code of the first error that an answer tells of. */
export function errorCode({ body }: UpstreamDocument): string | undefined {
  const code = valueAt(parsed(body), ["errors", 0, "code"]);
  return typeof code === "string" ? code : undefined;
}

/** Undefined where it is no JSON. */
export function parsed(body: Buffer): unknown {
  try {
    return parseJson(body.toString());
  } catch {
    return undefined;
  }
}

/** A sentence where the bytes are not what they are said to be. */
function storedManifest(answer: UpstreamDocument, reference: ManifestReference): StoredManifest | string {
  const { body: bytes } = answer;
  const asked = "digest" in reference ? reference.digest : undefined;
  const said = asked ?? parseDigest(headerOf(answer.headers, "docker-content-digest"));
  const digest = digestOf(bytes, said === undefined ? "sha256" : digestAlgorithm(said));
  if (said !== undefined && said !== digest) return `its bytes have digest ${digest}, not ${said}`;
  const mediaType = bareType(headerOf(answer.headers, "content-type"));
  const document = parsed(bytes);
  const own = isObject(document) ? document.mediaType : undefined;
  // Two readers could take the same digest for two different things.
  if (typeof own === "string" && own !== "" && own !== mediaType)
    return "it is served as another media type than it names";
  return { digest, mediaType, bytes };
}

/** Without parameters, in lower case. */
export function bareType(contentType: string | undefined): string {
  return (contentType ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

/** Only the query is taken from what the engine names. */
function nextPage(link: string | undefined, path: string): string | undefined {
  const target = /<([^<>]*)>[^<>]*?;\s*rel\s*=\s*"?next"?(?=[\s,;]|$)/i.exec(link ?? "")?.[1];
  const url = target === undefined ? null : URL.parse(target, "http://engine/");
  return url === null || url.search === "" ? undefined : path + url.search;
}
