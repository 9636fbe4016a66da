/** What the name of an image says that is in it. */
import { type ImageName, splitImageName } from "../../../core/image-name.ts";
import type { KnownBase } from "../base/model.ts";
import { distributions } from "../lifecycle/distributions.ts";
import { runtimes } from "../lifecycle/runtimes.ts";
import type { Product } from "../lifecycle/table.ts";
import type { NamedContents, NamedRelease } from "./model.ts";
import { debianNames, type Publisher, publishers, ubuntuNames } from "./publishers.ts";

/**
 * A tag is its owner's word, and is taken for what the publisher says that its tags mean. An image of anybody else may
 * hold anything, whatever it is called.
 */
export function contentsByName(image: ImageName, known: Iterable<KnownBase> = []): NamedContents {
  const told = byPublisher(image);
  for (const { name, digest, kind } of known) {
    if (!isNamedBy(image, splitImageName(name), digest)) continue;
    return { ...told, kind, why: `${name} was of kind ${kind} when it was learnt on this machine` };
  }
  return told;
}

/** A name with a digest is of that digest alone. */
function isNamedBy(image: ImageName, base: ImageName, digest: string | undefined): boolean {
  if (image.digest !== undefined) return image.digest === (digest ?? base.digest);
  return repositoryOf(image) === repositoryOf(base) && (image.tag ?? "latest") === (base.tag ?? "latest");
}

function byPublisher(image: ImageName): NamedContents {
  const repository = repositoryOf(image);
  const { tag, digest } = image;
  if (tag === undefined && digest !== undefined) {
    return { why: "it is named by its digest alone", releases: releasesOfPath(repository) };
  }
  const told = redHat(repository, tag) ?? distroless(repository, tag) ?? chainguard(repository, tag);
  if (told !== undefined) return told;
  const publisher = publishers.get(repository);
  if (publisher === undefined) return { why: "its name does not tell what it is built on", releases: [] };
  return ofPublisher(repository, publisher, tag ?? "latest");
}

/** Where Docker's official images are also served. */
const OFFICIAL: ReadonlyMap<string, string> = new Map([
  ["docker.io", ""],
  ["index.docker.io", ""],
  ["registry-1.docker.io", ""],
  ["registry.hub.docker.com", ""],
  ["mirror.gcr.io", ""],
  ["public.ecr.aws", "docker/"],
]);

/** Owners of the official images for one processor each. */
const PORTS: ReadonlySet<string> = new Set([
  ...["amd64", "i386", "arm32v5", "arm32v6", "arm32v7", "arm64v8", "ppc64le", "riscv64", "s390x"],
]);

/** `debian`, `opensuse/leap`, `gcr.io/distroless/static`. */
function repositoryOf({ registry, repository }: ImageName): string {
  const before = registry === undefined ? "" : OFFICIAL.get(registry);
  if (before === undefined || !repository.startsWith(before)) return `${registry}/${repository}`;
  const own = repository.slice(before.length);
  const slash = own.indexOf("/");
  const owner = slash < 0 ? "" : own.slice(0, slash);
  return owner === "library" || PORTS.has(owner) ? own.slice(slash + 1) : own;
}

/** A tag longer than the specification allows is cut: 128 (OCI distribution specification). */
function partsOf(tag: string): string[] {
  return tag.slice(0, 128).toLowerCase().split("-");
}

function ofPublisher(repository: string, publisher: Publisher, tag: string): NamedContents {
  const parts = partsOf(tag);
  const releases = releasesOf(publisher, parts);
  const called = `${repository}:${tag}`;
  if (parts.some((part) => part.startsWith("windowsservercore") || part.startsWith("nanoserver"))) {
    return { why: `${called} is an image of Windows`, releases };
  }
  if (parts.some((part) => part === "alpine" || isAlpine(part))) {
    return { kind: "alpine", why: `${called} is built on Alpine`, releases };
  }
  if (parts.includes("chiseled") || parts.includes("distroless")) {
    return { kind: "distroless", why: `${called} has no shell and no package manager`, releases };
  }
  if (parts.includes("slim") || parts.includes("minimal") || parts.includes("micro")) {
    return { kind: "slim", why: `${called} is a slim variant`, releases };
  }
  // Images of the distribution, and those built on them, leave documentation out since 18.04 alone.
  const ubuntu = releases.find(({ product }) => product === distributions.ubuntu);
  if (ubuntu !== undefined && Number.parseFloat(ubuntu.version) >= 18) {
    return { kind: "slim", why: `${called} is built on Ubuntu's minimal image`, releases };
  }
  const { whole } = publisher;
  if (whole === undefined || ubuntu !== undefined) {
    return { why: `what ${called} is built on differs from release to release`, releases };
  }
  return { kind: whole, why: `${called} ${SAID[whole]}`, releases };
}

const SAID: Readonly<Record<NonNullable<Publisher["whole"]>, string>> = {
  scratch: "is empty",
  static: "has no shell, no package manager and no C library",
  distroless: "has no shell and no package manager",
  wolfi: "is built on Wolfi",
  alpine: "is built on Alpine",
  slim: "is built on a slim image",
  full: "is a whole distribution with a shell and a package manager",
};

/** `alpine3.10`. */
function isAlpine(part: string): boolean {
  return part.startsWith("alpine") && versionOf(part.slice("alpine".length)) !== undefined;
}

function releasesOf({ kind, product, words, built }: Publisher, parts: readonly string[]): NamedRelease[] {
  const [first = ""] = parts;
  const word = parts.find((part) => words?.has(part)) ?? "";
  const version = words?.get(word) ?? versionOf(first);
  const own = product === undefined ? [] : stated(kind, product, version);
  if (kind === "distribution") return own;
  const system = built === undefined ? [] : stated("distribution", built, versionOf(first));
  return [...own, ...system, ...parts.flatMap((part, i) => systemOf(part, parts[i + 1] ?? ""))];
}

/** The distribution that a part of a tag names, with the next one: `bookworm`, `alpine3.10`, `alpine-3.10`, `noble`, `ubi9`. */
function systemOf(part: string, next: string): NamedRelease[] {
  const debian = debianNames.get(part);
  if (debian !== undefined) return stated("distribution", distributions.debian, debian);
  const ubuntu = ubuntuNames.get(part);
  if (ubuntu !== undefined) return stated("distribution", distributions.ubuntu, ubuntu);
  if (isAlpine(part)) return stated("distribution", distributions.alpine, versionOf(part.slice("alpine".length)));
  if (part === "alpine") return stated("distribution", distributions.alpine, versionOf(next));
  if (part.startsWith("ubi")) return stated("distribution", distributions.rhel, versionOf(part.slice("ubi".length)));
  return [];
}

/** Left out is a version of which the table has several releases: the tag moves from one to the next. */
function stated(kind: NamedRelease["kind"], product: Product | undefined, version: string | undefined): NamedRelease[] {
  if (product === undefined || version === undefined) return [];
  const isWhole = product.releases.some(([release]) => release === version);
  if (!isWhole && product.releases.some(([release]) => release.startsWith(`${version}.`))) return [];
  return [{ kind, product, version }];
}

/** The digits and dots that a word begins with, after a `v`: of `3.10.2rc1` `3.10.2`. */
function versionOf(word: string): string | undefined {
  const from = word.startsWith("v") ? 1 : 0;
  let end = from;
  while (end < word.length && "0123456789.".includes(word.charAt(end))) end += 1;
  while (end > from && word.charAt(end - 1) === ".") end -= 1;
  const version = word.slice(from, end);
  return version === "" || version.startsWith(".") ? undefined : version;
}

const RED_HAT: ReadonlySet<string> = new Set(["registry.access.redhat.com", "registry.redhat.io"]);

/** `registry.access.redhat.com/ubi9/ubi-minimal`, `redhat/ubi9-minimal`. */
function redHat(repository: string, tag: string | undefined): NamedContents | undefined {
  const [owner = "", ...rest] = repository.split("/");
  if (!RED_HAT.has(owner) && owner !== "redhat") return undefined;
  const [group = "", name = group] = rest;
  const release = versionOf(group.startsWith("ubi") ? group.slice("ubi".length) : "");
  if (release === undefined) return undefined;
  const releases = stated("distribution", distributions.rhel, release);
  const called = `${repository}${tag === undefined ? "" : `:${tag}`}`;
  const variant = name.slice(name.indexOf("-") + 1);
  if (variant === "minimal" || variant === "micro") {
    return { kind: "slim", why: `${called} is a slim variant`, releases };
  }
  if (name === "ubi" || name === "ubi-init" || name === `ubi${release}` || name === `ubi${release}-init`) {
    return { kind: "full", why: `${called} ${SAID.full}`, releases };
  }
  return { why: "its name does not tell what it is built on", releases };
}

const DISTROLESS = "gcr.io/distroless/";

/** `gcr.io/distroless/nodejs22-debian12:debug`. */
function distroless(repository: string, tag: string | undefined): NamedContents | undefined {
  if (!repository.startsWith(DISTROLESS)) return undefined;
  const releases = releasesOfPath(repository);
  const called = `${repository}${tag === undefined ? "" : `:${tag}`}`;
  if (tag !== undefined && partsOf(tag).includes("debug")) {
    return { kind: "slim", why: `${called} has a shell`, releases };
  }
  const isStatic = repository.slice(DISTROLESS.length).split("-")[0] === "static";
  const kind = isStatic ? "static" : "distroless";
  return { kind, why: `${called} ${SAID[kind]}`, releases };
}

/** What the path itself names, whatever the tag. */
function releasesOfPath(repository: string): NamedRelease[] {
  if (!repository.startsWith(DISTROLESS)) return [];
  return repository
    .slice(DISTROLESS.length)
    .split("-")
    .flatMap((part) => {
      if (part.startsWith("debian")) return stated("distribution", distributions.debian, versionOf(part.slice(6)));
      if (part.startsWith("nodejs")) return stated("program", runtimes.node, versionOf(part.slice(6)));
      if (part.startsWith("java")) return stated("program", runtimes.java, versionOf(part.slice(4)));
      return [];
    });
}

const CHAINGUARD: readonly string[] = ["cgr.dev/chainguard/", "chainguard/"];

/** A variant with a shell and apk has `-dev` in its tag. */
function chainguard(repository: string, tag: string | undefined): NamedContents | undefined {
  const name = CHAINGUARD.flatMap((before) =>
    repository.startsWith(before) ? [repository.slice(before.length)] : [],
  )[0];
  if (name === undefined) return undefined;
  const called = `${repository}${tag === undefined ? "" : `:${tag}`}`;
  if (name === "static") return { kind: "static", why: `${called} ${SAID.static}`, releases: [] };
  if (name === "wolfi-base" || (tag !== undefined && partsOf(tag).includes("dev"))) {
    return { kind: "wolfi", why: `${called} ${SAID.wolfi}`, releases: [] };
  }
  return { why: "whether it has a shell its name does not tell", releases: [] };
}
