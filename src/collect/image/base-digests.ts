/** What the names of base images point to now: asked of their registries, or of the mirrors that stand in for them. */

import { Problem, usageProblem } from "../../core/problem.ts";
import type { DigestAnswer } from "../../engines/dockerfile/model.ts";
import { formatReference, type ImageReference, parseReference } from "../../engines/oci/reference.ts";
import { openRegistry, type RegistryOptions } from "../../engines/oci/registry/client.ts";
import { bounds } from "./bounds.ts";

/** A registry that is asked in the place of another. */
export interface Mirror {
  /** Host with its port. */
  readonly domain: string;
  /** Put before the repository: empty, or `hub/`. */
  readonly prefix: string;
}

export interface LookUpOptions {
  readonly registry?: RegistryOptions;
  /** By the domain that each stands in for: `docker.io`. */
  readonly mirrors: ReadonlyMap<string, Mirror>;
  readonly onAsk?: (name: string) => void;
}

/** Registries that are asked at the same time. */
const AT_ONCE = 4;

/** Where one of these came for an image, the same registry is not asked for another. */
const silent: ReadonlySet<string> = new Set([
  "registry.unreachable",
  "registry.stalled",
  "registry.timeout",
  "registry.tls",
  "registry.certificate",
  "registry.broken",
]);

/**
 * Reads `docker.io=localhost:5000` or `docker.io=mirror.example/hub`.
 *
 * @throws Problem `cli.usage` where it is no such pair, or names one domain twice
 */
export function parseMirrors(written: readonly string[]): ReadonlyMap<string, Mirror> {
  const mirrors = new Map<string, Mirror>();
  for (const text of written) {
    const equals = text.indexOf("=");
    if (equals < 1) throw usage(text, "not DOMAIN=HOST");
    const domain = domainOf(text, text.slice(0, equals));
    const place = text.slice(equals + 1).replace(/\/$/, "");
    const slash = place.indexOf("/");
    const prefix = slash < 0 ? "" : `${place.slice(slash + 1)}/`;
    const mirror = { domain: domainOf(text, slash < 0 ? place : place.slice(0, slash)), prefix };
    if (prefix !== "") readMirrored(text, { ...mirror, path: `${prefix}x` });
    if (mirrors.has(domain)) throw usage(text, `${domain} has a mirror already`);
    mirrors.set(domain, mirror);
  }
  return mirrors;
}

/**
 * Asks for each name once. It never fails: what could not be answered says why.
 *
 * @param names - as a Dockerfile has them: `debian:13`
 */
export async function lookUpDigests(
  names: Iterable<string>,
  options: LookUpOptions,
): Promise<ReadonlyMap<string, DigestAnswer>> {
  const answers = new Map<string, DigestAnswer>();
  const byDomain = new Map<string, [name: string, reference: ImageReference][]>();
  let asked = 0;
  for (const name of new Set(names)) {
    const reference = mirroredReference(name, options.mirrors);
    if (reference instanceof Problem) {
      answers.set(name, { kind: "failed", reason: reference.line() });
    } else if (asked >= bounds.digestLookUps) {
      answers.set(name, { kind: "failed", reason: `only ${bounds.digestLookUps} images are looked up in one run` });
    } else {
      asked += 1;
      byDomain.set(reference.domain, [...(byDomain.get(reference.domain) ?? []), [name, reference]]);
    }
  }
  const waiting = [...byDomain.values()];
  const work = async (): Promise<void> => {
    for (let images = waiting.pop(); images !== undefined; images = waiting.pop()) {
      await askOne(images, options, answers);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return answers;
}

/** The images of one registry, one after the other. */
async function askOne(
  images: readonly (readonly [string, ImageReference])[],
  { registry, onAsk }: LookUpOptions,
  answers: Map<string, DigestAnswer>,
): Promise<void> {
  let given: Problem | undefined;
  for (const [name, reference] of images) {
    if (given !== undefined) {
      answers.set(name, { kind: "failed", reason: given.line() });
      continue;
    }
    onAsk?.(formatReference(reference));
    try {
      const client = openRegistry(reference, registry);
      try {
        // The index, where the tag has one: it stands for every platform.
        const { digest } = await client.manifest(reference.tag ?? "latest");
        answers.set(name, { kind: "found", digest });
      } finally {
        client.close();
      }
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      answers.set(name, { kind: "failed", reason: error.line() });
      if (silent.has(error.code)) given = error;
    }
  }
}

function mirroredReference(name: string, mirrors: ReadonlyMap<string, Mirror>): ImageReference | Problem {
  try {
    const reference = parseReference(name);
    const mirror = mirrors.get(reference.domain);
    if (mirror === undefined) return reference;
    // Read again: what comes of prefix and path has to be a reference too.
    return readMirrored(name, { ...reference, domain: mirror.domain, path: mirror.prefix + reference.path });
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

function readMirrored(written: string, reference: ImageReference): ImageReference {
  const read = parseReference(formatReference({ ...reference, tag: reference.tag ?? "latest" }));
  if (read.domain !== reference.domain) throw usage(written, `${reference.domain} is not a host of a registry`);
  return read;
}

function domainOf(written: string, text: string): string {
  const { domain, path } = parseReference(`${text}/x/y`);
  // Without a dot, a port or localhost, Docker takes it for a part of a repository on its own hub.
  if (path !== "x/y") throw usage(written, `"${text}" is not a host: write it with a dot or a port`);
  return domain;
}

function usage(written: string, cause: string): Problem {
  return usageProblem(`--registry-mirror ${written}`, cause, "for example docker.io=localhost:5000");
}
