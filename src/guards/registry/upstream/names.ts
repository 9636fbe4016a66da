/** Which repository of which upstream a repository of ours stands for. */
import { compileGlob } from "../../../core/glob.ts";
import { Problem } from "../../../core/problem.ts";
import type { UpstreamRule } from "../../../engines/oci/distribution/upstream-model.ts";
import { type ImageReference, parseReference, repositoryOf } from "../../../engines/oci/reference.ts";

export type Upstreams = Readonly<Record<string, UpstreamRule>>;

/** A repository of ours that is another registry's. */
export interface UpstreamRepository {
  readonly namespace: string;
  readonly rule: UpstreamRule;
  /** Ours: `hub/library/nginx`. */
  readonly repository: string;
  /** Where it is fetched; undefined where the namespace alone is named, or what follows it cannot be a repository there. */
  readonly source?: Pick<ImageReference, "domain" | "path">;
  /** The upstream's own name, as rules of trust are held against it: `docker.io/library/nginx`. */
  readonly name: string;
  readonly isAllowed: boolean;
}

/** Of several namespaces that one begins with, the longest; undefined: the repository is our own. */
export function upstreamOf(upstreams: Upstreams, repository: string): UpstreamRepository | undefined {
  const parts = repository.split("/");
  for (let length = Math.min(parts.length, NAMESPACE_PARTS); length > 0; length -= 1) {
    const namespace = parts.slice(0, length).join("/");
    const rule = Object.hasOwn(upstreams, namespace) ? upstreams[namespace] : undefined;
    if (rule !== undefined) return repositoryIn(namespace, rule, repository, parts.slice(length).join("/"));
  }
  return undefined;
}

/** As many as the form of the policy's key allows. */
const NAMESPACE_PARTS = 4;

function repositoryIn(namespace: string, rule: UpstreamRule, repository: string, rest: string): UpstreamRepository {
  const source = sourceOf(rule, rest);
  const common = { namespace, rule, repository };
  if (source === undefined) return { ...common, name: `${rule.registry}/${rest}`, isAllowed: false };
  const { domain, path } = source;
  // Docker Hub's official images are named without their folder; rules see the name that they have there.
  const [, ...folders] = rule.registry.split("/");
  const below = path.slice(folders.join("/").length + (folders.length === 0 ? 0 : 1));
  const isAllowed = rule.allow.length === 0 || rule.allow.some((pattern) => compileGlob(pattern)(below));
  return { ...common, source: { domain, path }, name: repositoryOf(source), isAllowed };
}

function sourceOf({ registry }: UpstreamRule, rest: string): ImageReference | undefined {
  if (rest === "") return undefined;
  try {
    return parseReference(`${registry}/${rest}`);
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

/**
 * The repository of ours that a client means who asks us in another registry's place, and so names it without our namespace:
 * containerd says which by `?ns=`, docker by the host name that it was told to ask. Undefined: by none of them.
 *
 * @param asked - `host`: as the client wrote it, with a port where it did
 */
export function mirroredRepository(
  upstreams: Upstreams,
  repository: string,
  { host, ns }: { readonly host?: string; readonly ns?: string },
): string | undefined {
  const entries = Object.entries(upstreams);
  const own = host?.toLowerCase();
  const byHost = entries.find(([, { hosts }]) => own !== undefined && hosts.includes(own));
  // A path that has the namespace already is of a mirror that was set up with one.
  if (byHost !== undefined) return inNamespace(byHost[0], repository);
  if (ns === undefined || ns === "" || upstreamOf(upstreams, repository)?.rule.registry === nameOfHub(ns)) {
    return undefined;
  }
  const byNs = entries.find(([, { registry }]) => registry === nameOfHub(ns));
  return byNs === undefined ? undefined : inNamespace(byNs[0], repository);
}

function inNamespace(namespace: string, repository: string): string {
  return `${namespace}/${repository}`;
}

/** Docker Hub has several names. */
function nameOfHub(registry: string): string {
  const name = registry.toLowerCase();
  return HUB.has(name) ? "docker.io" : name;
}

const HUB: ReadonlySet<string> = new Set([
  "docker.io",
  "index.docker.io",
  "registry-1.docker.io",
  "registry.hub.docker.com",
]);
