/** What is signed of a reference: the manifest that it names now, and with it those of an index. */

import type { Digest } from "../../../core/digest.ts";
import { parseDigest } from "../../../core/digest.ts";
import { parseJson } from "../../../core/parse-json.ts";
import { Problem } from "../../../core/problem.ts";
import { isObject, valueAt } from "../../../core/untyped.ts";
import { formatReference, type ImageReference, repositoryOf } from "../../oci/reference.ts";
import type { Manifest, RegistryClient } from "../../oci/registry/client.ts";
import { bounds } from "./bounds.ts";

/** A manifest as a referrer names its subject. */
export interface SigningTarget {
  /** `registry.example.com/shop/api`. */
  readonly repository: string;
  readonly digest: Digest;
  readonly mediaType: string;
  /** Bytes of the manifest. */
  readonly size: number;
  /** `linux/arm64`; absent of what was named, and where the index does not say. */
  readonly platform?: string;
  /** Of an image's manifest. */
  readonly configDigest?: Digest;
  /** Of the manifest. */
  readonly annotations: Readonly<Record<string, string>>;
}

const INDEXES: ReadonlySet<string> = new Set([
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
]);

/**
 * Resolves a reference once: everything after goes by digest, so that a tag that moves meanwhile changes nothing.
 *
 * @param recursive - whether the images of an index come too, those of indexes within it as well; each once
 * @throws Problem `signing.children` over the bound; what the registry throws
 */
export async function signingTargets(
  reference: ImageReference,
  client: RegistryClient,
  recursive: boolean,
): Promise<readonly [SigningTarget, ...SigningTarget[]]> {
  const repository = repositoryOf(reference);
  const first = await client.manifest(reference.digest ?? reference.tag ?? "latest");
  const root = targetOf(first, repository, undefined);
  if (!recursive) return [root];
  const targets = new Map<Digest, SigningTarget>([[root.digest, root]]);
  const pending: Manifest[] = [first];
  for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
    for (const { digest, platform } of childrenOf(index)) {
      if (targets.has(digest)) continue;
      if (targets.size > bounds.children) throw tooMany(reference);
      const child = await client.manifest(digest);
      targets.set(digest, targetOf(child, repository, platform));
      pending.push(child);
    }
  }
  const [, ...children] = targets.values();
  return [root, ...children];
}

function targetOf(
  { digest, mediaType, bytes }: Manifest,
  repository: string,
  platform: string | undefined,
): SigningTarget {
  const document = parsed(bytes);
  const annotations = valueAt(document, ["annotations"]);
  const configDigest = parseDigest(valueAt(document, ["config", "digest"]));
  const texts = isObject(annotations)
    ? Object.fromEntries(
        Object.entries(annotations).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
      )
    : {};
  return {
    ...{ repository, digest, mediaType, size: bytes.length },
    ...(platform === undefined ? {} : { platform }),
    ...(configDigest === undefined ? {} : { configDigest }),
    annotations: texts,
  };
}

function childrenOf({ mediaType, bytes, digest }: Manifest): { digest: Digest; platform: string | undefined }[] {
  if (!INDEXES.has(mediaType)) return [];
  const manifests = valueAt(parsed(bytes), ["manifests"]);
  if (!Array.isArray(manifests))
    throw new Problem({ ...indexFault, place: digest, cause: "an index without manifests" });
  return (manifests as unknown[]).map((entry) => {
    const child = parseDigest(valueAt(entry, ["digest"]));
    if (child === undefined)
      throw new Problem({ ...indexFault, place: digest, cause: "an entry of the index has no digest" });
    const [os, architecture, variant] = ["os", "architecture", "variant"].map((name) =>
      valueAt(entry, ["platform", name]),
    );
    const parts = [os, architecture, variant].filter((part): part is string => typeof part === "string" && part !== "");
    return { digest: child, platform: parts.length < 2 ? undefined : parts.join("/").slice(0, 80) };
  });
}

const indexFault = { kind: "input", code: "signing.children" } as const;

function parsed(bytes: Buffer): unknown {
  try {
    return parseJson(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}

function tooMany(reference: ImageReference): Problem {
  const cause = `more than ${bounds.children} manifests in the index`;
  return new Problem({ ...indexFault, place: formatReference(reference), cause });
}
