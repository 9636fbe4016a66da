/** Each ecosystem's registry, asked for one package: which documents, and what they come to together. */
import { least } from "../../core/extremes.ts";
import { Problem } from "../../core/problem.ts";
import type { PackageType } from "../../engines/contents/model.ts";
import { describeUrl } from "../../engines/packages/registry/client.ts";
import { indexPath, readCrate, readIndex } from "../../engines/packages/registry/crates.ts";
import type { RegistryDocument, VersionEntry } from "../../engines/packages/registry/document.ts";
import { broken, encoded } from "../../engines/packages/registry/fields.ts";
import {
  escapedPath,
  type ModuleStanding,
  readModuleStanding,
  readVersionInfo,
  readVersionList,
  standingEntry,
} from "../../engines/packages/registry/go.ts";
import { registryName, versionIn } from "../../engines/packages/registry/match.ts";
import { readMavenMetadata } from "../../engines/packages/registry/maven.ts";
import { readPackument } from "../../engines/packages/registry/npm.ts";
import { pagesToFetch, readRegistration } from "../../engines/packages/registry/nuget.ts";
import { readComposerPackage } from "../../engines/packages/registry/packagist.ts";
import { readSimplePage, readVersionDocument, type VersionDocument } from "../../engines/packages/registry/pypi.ts";
import { readGemVersions } from "../../engines/packages/registry/rubygems.ts";
import { schemes } from "../../engines/vulnerability/versions/scheme.ts";
import type { Asker, Question, Told } from "./ask.ts";
import type { ChosenRegistry } from "./registry-of.ts";

export interface DocumentRequest {
  readonly asker: Asker;
  readonly registry: ChosenRegistry;
  readonly name: string;
  readonly version: string;
  /** What may be said to a URL of the registry. */
  readonly authorizationFor: (url: URL) => string | undefined;
}

type Ask = (request: DocumentRequest) => Promise<Told<RegistryDocument> | undefined>;

/** Undefined for an ecosystem whose registry is not asked. */
export function documentsOf(type: PackageType): Ask | undefined {
  return asks[type];
}

const asks: Readonly<Partial<Record<PackageType, Ask>>> = {
  npm: askNpm,
  pypi: askPypi,
  cargo: askCargo,
  gem: askGem,
  composer: askComposer,
  nuget: askNuget,
  golang: askGo,
  maven: askMaven,
};

/** The parts of a question that all have in common. */
function question<Content>(
  { registry, name, authorizationFor }: DocumentRequest,
  kind: string,
  path: string | URL,
  read: Question<Content>["read"],
): Question<Content> {
  const url = typeof path === "string" ? urlBelow(registry.base, path, name) : path;
  return { registry: registry.base, name, kind, url, authorization: authorizationFor(url), read };
}

/**
 * Names come from lockfiles: one with `//` or `..` in it leads to no other host and to no other place of the registry.
 *
 * @throws Problem (input) `packages.name`
 */
function urlBelow(base: string, path: string, name: string): URL {
  // Empty segments and those of dots are what URLs resolve.
  const isPlain = path
    .split("/")
    .every((segment, i, all) => !/^\.{0,2}$/.test(segment) || (segment === "" && i === all.length - 1));
  const url = isPlain ? URL.parse(path, base) : null;
  if (url?.href.startsWith(base) === true) return url;
  const place = JSON.stringify(name).slice(0, 200);
  throw new Problem({ kind: "input", code: "packages.name", place, cause: "not a name that a registry could have" });
}

/** A version that a kept answer does not have may have been published since. */
function hasVersion(version: string): (document: RegistryDocument) => boolean {
  return (document) => versionIn(document, version) !== undefined;
}

const ABBREVIATED = "application/vnd.npm.install-v1+json";

/** Whole, since the abbreviated form has no times; where it is too large that form has the rest. */
async function askNpm(request: DocumentRequest): Promise<Told<RegistryDocument> | undefined> {
  const path = npmPath(request.name);
  const suffices = hasVersion(request.version);
  const whole = question(request, "packument", path, ({ body, headers, url }) => {
    const form = headers["content-type"]?.startsWith(ABBREVIATED) === true ? "abbreviated" : "whole";
    return readPackument(body, form, describeUrl(url));
  });
  try {
    return await request.asker.ask({ ...whole, accept: "application/json", suffices });
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== "packages.too-large") throw error;
    const short = question(request, "abbreviated", path, ({ body, url }) =>
      readPackument(body, "abbreviated", describeUrl(url)),
    );
    return await request.asker.ask({ ...short, accept: `${ABBREVIATED}, application/json;q=0.5`, suffices });
  }
}

/** `@acme%2Fapi`, as npm's own client asks. */
export function npmPath(name: string): string {
  return name.startsWith("@") ? `@${encoded(name.slice(1))}` : encoded(name);
}

const SIMPLE = "application/vnd.pypi.simple.v1+json";

/** Two documents: what there is of the project, and the license of this version, which the JSON API alone has. */
async function askPypi(request: DocumentRequest): Promise<Told<RegistryDocument> | undefined> {
  const { base } = request.registry;
  const root = base.endsWith("/simple/") ? base.slice(0, -"simple/".length) : base;
  const name = registryName("pypi", request.name);
  const within = { ...request, name, registry: { ...request.registry, base: root } };
  const page = question(within, "simple", `simple/${encoded(name)}/`, ({ body, headers, url }) => {
    const place = describeUrl(url);
    if (headers["content-type"]?.startsWith("text/html") === true)
      throw broken(place, "HTML, not the simple API's JSON");
    return readSimplePage(body, url, place);
  });
  const path = `pypi/${encoded(name)}/${encoded(request.version)}/json`;
  const version = question(within, `version ${request.version}`, path, ({ body, url }) =>
    readVersionDocument(body, describeUrl(url)),
  );
  const [listed, own] = await Promise.allSettled([
    request.asker.ask({ ...page, accept: SIMPLE, suffices: hasVersion(request.version) }),
    request.asker.ask(version),
  ]);
  const document = own.status === "fulfilled" ? own.value : undefined;
  if (listed.status === "rejected") {
    // An index of before PEP 691: of this version the JSON API may say enough.
    if (document === undefined) throw listed.reason;
    return { content: onlyVersion(name, request.version, document.content), checkedAt: document.checkedAt };
  }
  if (listed.value === undefined || document === undefined) return listed.value;
  return {
    content: withVersion(listed.value.content, request.version, document.content),
    checkedAt: earlier(listed.value, document),
  };
}

function onlyVersion(name: string, version: string, { entry, archives }: VersionDocument): RegistryDocument {
  const dated = entry.published === undefined ? ["published"] : [];
  const own = { ...entry, ...(archives.length === 0 ? {} : { archives }), notServed: dated };
  return {
    type: "pypi",
    name,
    versions: { [version]: own },
    allVersions: false,
    notServed: ["versions", "attestations", ...(entry.yanked === undefined ? ["yanked"] : [])],
  };
}

function withVersion(document: RegistryDocument, version: string, { entry: told }: VersionDocument): RegistryDocument {
  const key = versionIn(document, version);
  const entry = key === undefined ? undefined : document.versions[key];
  if (key === undefined || entry === undefined) return document;
  const notServed = document.notServed.filter((field) => field !== "license");
  const own = (entry.notServed ?? []).filter((field) => field !== "published" || told.published === undefined);
  return {
    ...document,
    versions: { ...document.versions, [key]: { ...told, ...entry, ...license(told), notServed: own } },
    notServed,
  };
}

function license({ license: stated, repository, deprecated }: Partial<VersionEntry>): Partial<VersionEntry> {
  return {
    ...(stated === undefined ? {} : { license: stated }),
    ...(repository === undefined ? {} : { repository }),
    ...(deprecated === undefined ? {} : { deprecated }),
  };
}

function earlier(...all: readonly Told<unknown>[]): Date {
  return new Date(least(all.map(({ checkedAt }) => checkedAt.getTime())));
}

/** crates.io by its API, which has dates and licenses; other registries by their index, which is all that they must serve. */
function askCargo(request: DocumentRequest): Promise<Told<RegistryDocument> | undefined> {
  const suffices = hasVersion(request.version);
  if (request.registry.by === "settings") {
    return request.asker.ask({
      ...question(request, "index", indexPath(request.name), ({ body, url }) => readIndex(body, describeUrl(url))),
      suffices,
    });
  }
  const base = new URL(request.registry.base);
  const path = `api/v1/crates/${encoded(request.name)}`;
  return request.asker.ask({
    ...question(request, "crate", path, ({ body, url }) => readCrate(body, base, describeUrl(url))),
    suffices,
  });
}

function askGem(request: DocumentRequest): Promise<Told<RegistryDocument> | undefined> {
  const base = new URL(request.registry.base);
  const path = `api/v1/versions/${encoded(request.name)}.json`;
  return request.asker.ask({
    ...question(request, "versions", path, ({ body, url }) =>
      readGemVersions(body, request.name, base, describeUrl(url)),
    ),
    suffices: hasVersion(request.version),
  });
}

function askComposer(request: DocumentRequest): Promise<Told<RegistryDocument> | undefined> {
  const name = registryName("composer", request.name);
  const path = `p2/${name.split("/").map(encoded).join("/")}.json`;
  return request.asker.ask({
    ...question({ ...request, name }, "package", path, ({ body, url }) =>
      readComposerPackage(body, name, describeUrl(url)),
    ),
    suffices: hasVersion(request.version),
  });
}

/** Pages of one registration that are asked for: each has 64 versions. */
const NUGET_PAGES = 40;

async function askNuget(request: DocumentRequest): Promise<Told<RegistryDocument> | undefined> {
  const name = registryName("nuget", request.name);
  const within = { ...request, name };
  const path = `${encoded(name)}/index.json`;
  const index = await request.asker.ask(
    question(within, "registration", path, ({ body, url }) => {
      const place = describeUrl(url);
      const origin = new URL(request.registry.base).origin;
      // What a registry names is asked for where the registry is, and nowhere else.
      const pages = pagesToFetch(body, place).filter((page) => new URL(page).origin === origin);
      return { text: body.toString("utf8"), pages, place };
    }),
  );
  if (index === undefined) return undefined;
  const { text, pages, place } = index.content;
  const all = await Promise.all(
    pages
      .slice(0, NUGET_PAGES)
      .map((page) =>
        request.asker.ask(question(within, `page ${page}`, new URL(page), ({ body }) => body.toString("utf8"))),
      ),
  );
  const bodies = all.flatMap((one) => (one === undefined ? [] : Buffer.from(one.content)));
  const document = readRegistration(Buffer.from(text), bodies, name, place);
  const isWhole = bodies.length === pages.length;
  const content = isWhole
    ? document
    : { ...document, allVersions: false, notServed: [...document.notServed, "versions"] };
  return { content, checkedAt: index.checkedAt };
}

/** The version's own document, and what the latest go.mod takes back. */
async function askGo(request: DocumentRequest): Promise<Told<RegistryDocument> | undefined> {
  const path = escapedPath(request.name);
  const version = request.version.startsWith("v") ? request.version : `v${request.version}`;
  const info = await request.asker.ask({
    ...question(request, `info ${version}`, `${path}/@v/${escapedPath(version)}.info`, ({ body, url }) =>
      readVersionInfo(body, describeUrl(url)),
    ),
    immutable: true,
  });
  if (info === undefined) return undefined;
  const optional = async <T>(asked: Promise<Told<T> | undefined>): Promise<Told<T> | undefined> => {
    try {
      return await asked;
    } catch (error) {
      if (error instanceof Problem) return undefined;
      throw error;
    }
  };
  const [list, latest] = await Promise.all([
    optional(request.asker.ask(question(request, "list", `${path}/@v/list`, ({ body }) => readVersionList(body)))),
    optional(
      request.asker.ask(
        question(request, "latest", `${path}/@latest`, ({ body, url }) => readVersionInfo(body, describeUrl(url))),
      ),
    ),
  ]);
  const standing =
    latest === undefined
      ? undefined
      : await optional(
          request.asker.ask({
            ...question(
              request,
              `mod ${latest.content.version}`,
              `${path}/@v/${escapedPath(latest.content.version)}.mod`,
              ({ body }) => readModuleStanding(body),
            ),
            immutable: true,
          }),
        );
  return {
    content: goDocument(request.name, version, info.content.at, list?.content, standing?.content),
    checkedAt: latest?.checkedAt ?? info.checkedAt,
  };
}

function goDocument(
  name: string,
  version: string,
  at: string | undefined,
  list: readonly string[] | undefined,
  standing: ModuleStanding | undefined,
): RegistryDocument {
  const entry: VersionEntry = {
    ...(at === undefined ? {} : { publishedAfter: at }),
    hasInstallScript: false,
    ...(standing === undefined
      ? { notServed: ["deprecated", "yanked"] }
      : standingEntry(standing, (range) => isWithin(version, range))),
  };
  return {
    type: "golang",
    name,
    versions: { ...Object.fromEntries((list ?? []).map((one) => [one, {}])), [version]: entry },
    allVersions: list !== undefined,
    notServed: [
      ...["published", "license", "hashes", "attestations", "signatures"],
      ...(list === undefined ? ["versions"] : []),
    ],
  };
}

function isWithin(version: string, { from, to }: { from: string; to: string }): boolean {
  const [own, low, high] = [version, from, to].map((text) => schemes.go.parse(text));
  if (own === undefined || low === undefined || high === undefined) return version === from;
  return schemes.go.compare(own, low) >= 0 && schemes.go.compare(own, high) <= 0;
}

function askMaven(request: DocumentRequest): Promise<Told<RegistryDocument> | undefined> {
  const [group = "", artifact = ""] = request.name.split(/[:/]/);
  const path = `${group.split(".").map(encoded).join("/")}/${encoded(artifact)}/maven-metadata.xml`;
  return request.asker.ask({
    ...question(request, "metadata", path, ({ body, url }) => readMavenMetadata(body, request.name, describeUrl(url))),
    suffices: hasVersion(request.version),
  });
}
