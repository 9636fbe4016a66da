/**
 * Modules of a repository (`modules.yaml`, modulemd-stream version 2): each stream lists its builds, and of a module that
 * has several only one counts. By dnf's "Modularity": a build of another stream is not offered, and neither is a package
 * outside of modules whose name an active stream has.
 */
import { Problem } from "../../../core/problem.ts";
import { isMap, type YamlMap, type YamlValue, yamlDocuments } from "../../../formats/yaml/texts.ts";
import type { Package } from "../../contents/model.ts";
import { streamOfLabel } from "../../vulnerability/rebuilds.ts";
import type { RpmOffer } from "./primary.ts";

export interface RepositoryModules {
  /** `name-epoch:version-release.arch` of the wanted names → the `name:stream`s that have it. */
  readonly builds: ReadonlyMap<string, ReadonlySet<string>>;
  /** Module → the stream that counts where none is enabled. */
  readonly defaults: ReadonlyMap<string, string>;
}

/** @throws Problem `updates.modules` where it is no YAML */
export function readModules(text: string, place: string, wanted: ReadonlySet<string>): RepositoryModules {
  const builds = new Map<string, Set<string>>();
  const defaults = new Map<string, string>();
  const documents = yamlDocuments(
    text,
    ({ line, column }, cause) =>
      new Problem({ kind: "input", code: "updates.modules", place: `${place}:${line}:${column}`, cause }),
  );
  for (const document of documents) {
    const kind = document.get("document");
    const data = document.get("data");
    if (!isMap(data)) continue;
    if (kind === "modulemd-defaults") {
      const [name, stream] = [textAt(data, "module"), textAt(data, "stream")];
      if (name !== undefined && stream !== undefined) defaults.set(name, stream);
    }
    if (kind !== "modulemd" && kind !== "modulemd-stream") continue;
    const stream = `${textAt(data, "name")}:${textAt(data, "stream")}`;
    for (const build of buildsOf(data)) {
      if (!wanted.has(nameOf(build))) continue;
      const own = builds.get(build);
      if (own === undefined) builds.set(build, new Set([stream]));
      else own.add(stream);
    }
  }
  return { builds, defaults };
}

function buildsOf(data: YamlMap): string[] {
  const artifacts = data.get("artifacts");
  const rpms: YamlValue | undefined = isMap(artifacts) ? artifacts.get("rpms") : undefined;
  return Array.isArray(rpms) ? rpms.filter((each: YamlValue) => typeof each === "string") : [];
}

function textAt(map: YamlMap, key: string): string | undefined {
  const value = map.get(key);
  return typeof value === "string" ? value : undefined;
}

/** `httpd-tools` of `httpd-tools-0:2.4.37-43.module+el8.5.0+…x86_64`. */
function nameOf(build: string): string {
  return build.slice(0, build.lastIndexOf("-", build.lastIndexOf("-") - 1));
}

/** The `name:stream`s that count: those that the image enabled or has packages of, else the defaults. */
export function activeStreams(
  modules: RepositoryModules,
  enabled: ReadonlyMap<string, string | undefined>,
  packages: readonly Package[],
): ReadonlySet<string> {
  const active = new Map<string, string | undefined>(modules.defaults);
  for (const { module } of packages) {
    const [name, stream] = module === undefined ? [] : streamOfLabel(module).split(":");
    if (name !== undefined) active.set(name, stream);
  }
  for (const [name, stream] of enabled) active.set(name, stream);
  return new Set([...active].flatMap(([name, stream]) => (stream === undefined ? [] : [`${name}:${stream}`])));
}

/** The offers that count, of one repository. */
export function offeredByModules(
  offers: readonly RpmOffer[],
  { builds }: RepositoryModules,
  active: ReadonlySet<string>,
): RpmOffer[] {
  const modular = new Set(
    [...builds].flatMap(([build, streams]) => (isActive(streams, active) ? [nameOf(build)] : [])),
  );
  return offers.filter((offer) => {
    const streams = builds.get(buildName(offer));
    return streams === undefined ? !modular.has(offer.name) : isActive(streams, active);
  });
}

function isActive(streams: ReadonlySet<string>, active: ReadonlySet<string>): boolean {
  return [...streams].some((stream) => active.has(stream));
}

function buildName({ name, version, architecture }: RpmOffer): string {
  return `${name}-${/^\d+:/.test(version) ? version : `0:${version}`}.${architecture}`;
}
