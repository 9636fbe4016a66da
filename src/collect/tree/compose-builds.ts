/** What Compose files build: `services.*.build` (Compose specification, "build"), read as Compose does. */
import { join, posix } from "node:path";
import { append } from "../../core/append.ts";
import { isObject } from "../../core/untyped.ts";
import { readComposeDocument } from "../../engines/kubernetes/compose/document.ts";
import { expandCompose } from "../../engines/kubernetes/compose/interpolate.ts";
import { cutDocuments } from "../../formats/yaml/documents.ts";
import type { YamlNode } from "../../formats/yaml/model.ts";
import { plainValue } from "../../formats/yaml/value.ts";
import { bounds } from "./bounds.ts";
import { type InlineDockerfile, placeOfBlock } from "./inline-dockerfiles.ts";
import { readBoundedText } from "./text-file.ts";

export interface ComposeBuild {
  /** Of the Dockerfile and of the directory that it is built from, from the root, with slashes. */
  readonly dockerfile: string;
  readonly context: string;
  /** What the result is called. */
  readonly image?: string;
  /** `build.args` whose values are certain, by name, but for those that name an image which a Compose file builds. */
  readonly given: ReadonlyMap<string, string>;
}

export interface ComposeBuilds {
  readonly builds: readonly ComposeBuild[];
  readonly inline: readonly InlineDockerfile[];
}

/** Of all files; of one that cannot be read whoever reads it as a manifest says so. */
export function composeBuilds(root: string, files: readonly string[]): ComposeBuilds {
  const builds: ComposeBuild[] = [];
  const inline: InlineDockerfile[] = [];
  const built = new Set<string>();
  for (const file of files) {
    const path = file.replaceAll("\\", "/");
    const folder = posix.dirname(path);
    for (const { name, text, node } of servicesIn(root, file)) {
      const service = plainValue(node, []);
      if (!isObject(service) || service.build === undefined) continue;
      if (typeof service.image === "string") built.add(service.image);
      append(builds, buildOf(service, folder));
      const written = valueAt(node, ["build", "dockerfile_inline"]);
      if (written?.kind !== "scalar" || typeof written.value !== "string") continue;
      const place = placeOfBlock(text, written.start, written.value);
      inline.push({
        path,
        service: name,
        text: written.value,
        context: contextOf(service, folder) ?? folder,
        given: argumentsOf(service.build),
        ...(place === undefined ? {} : { place }),
      });
    }
  }
  const others = <Build extends Pick<ComposeBuild, "given">>(build: Build) => ({
    ...build,
    given: new Map([...build.given].filter(([, value]) => !built.has(value))),
  });
  return { builds: builds.map(others), inline: inline.map(others) };
}

interface Service {
  readonly name: string;
  /** Of the whole file. */
  readonly text: string;
  readonly node: YamlNode;
}

function servicesIn(root: string, file: string): Service[] {
  const text = readBoundedText(join(root, file), bounds.composeBytes);
  if (text === undefined) return [];
  return cutDocuments(file, text, bounds.composeDocuments).text.documents.flatMap((range) => {
    const { node } = readComposeDocument(text, range);
    const services = node && valueAt(node, ["services"]);
    if (services?.kind !== "map") return [];
    return services.entries.map(({ key, value }) => ({ name: key, text, node: value }));
  });
}

function valueAt(node: YamlNode, keys: readonly string[]): YamlNode | undefined {
  return keys.reduce<YamlNode | undefined>(
    (at, key) => (at?.kind === "map" ? at.entries.find((entry) => entry.key === key)?.value : undefined),
    node,
  );
}

function buildOf(service: Readonly<Record<string, unknown>>, folder: string): ComposeBuild[] {
  const { build, image } = service;
  if (isObject(build) && build.dockerfile_inline !== undefined) return [];
  const context = contextOf(service, folder);
  const dockerfile = isObject(build) && typeof build.dockerfile === "string" ? build.dockerfile : "Dockerfile";
  if (context === undefined || /[$:]/.test(dockerfile)) return [];
  return [
    {
      dockerfile: posix.join(context, dockerfile),
      context,
      given: argumentsOf(build),
      ...(typeof image === "string" && !image.includes("$") ? { image } : {}),
    },
  ];
}

/** Lists and mappings; a name without a value takes it from the environment of whoever builds. */
function argumentsOf(build: unknown): Map<string, string> {
  const args = isObject(build) ? build.args : undefined;
  const pairs = Array.isArray(args)
    ? args.flatMap((item): [string, unknown][] => {
        const text = String(item);
        const equals = text.indexOf("=");
        return equals < 1 ? [] : [[text.slice(0, equals), text.slice(equals + 1)]];
      })
    : isObject(args)
      ? Object.entries(args)
      : [];
  return new Map(
    pairs.flatMap(([name, value]): [string, string][] => {
      if (typeof value !== "string" && typeof value !== "number") return [];
      const { text, unresolved, invalid } = expandCompose(String(value), "unknown");
      return invalid || unresolved.length > 0 ? [] : [[name, text]];
    }),
  );
}

/**
 * What each Dockerfile is given, whichever service builds it: of an ARG that they give differently, or some do not, nothing.
 *
 * @returns by the path of the Dockerfile
 */
export function givenArguments(builds: readonly ComposeBuild[]): Map<string, ReadonlyMap<string, string>> {
  const given = new Map<string, ReadonlyMap<string, string>>();
  for (const build of builds) {
    const known = given.get(build.dockerfile) ?? build.given;
    const alike = [...build.given].filter(([name, value]) => known.get(name) === value);
    given.set(build.dockerfile, new Map(alike));
  }
  return given;
}

/** From the root; undefined where nothing is built, or from elsewhere. */
function contextOf({ build }: Readonly<Record<string, unknown>>, folder: string): string | undefined {
  const stated = typeof build === "string" ? { context: build } : build;
  if (!isObject(stated)) return undefined;
  const context = typeof stated.context === "string" ? stated.context : ".";
  if (/[$:]/.test(context)) return undefined;
  const at = posix.normalize(posix.join(folder, context)).replace(/\/$/, "");
  return at === ".." || at.startsWith("../") || posix.isAbsolute(context) ? undefined : at;
}
