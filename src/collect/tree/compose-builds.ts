/** What Compose files build: `services.*.build` (Compose specification, "build"), read as Compose does. */
import { join, posix } from "node:path";
import { append } from "../../core/append.ts";
import { isObject } from "../../core/untyped.ts";
import { readComposeDocument } from "../../engines/kubernetes/compose/document.ts";
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
}

export interface ComposeBuilds {
  readonly builds: readonly ComposeBuild[];
  readonly inline: readonly InlineDockerfile[];
}

/** Of all files; of one that cannot be read whoever reads it as a manifest says so. */
export function composeBuilds(root: string, files: readonly string[]): ComposeBuilds {
  const builds: ComposeBuild[] = [];
  const inline: InlineDockerfile[] = [];
  for (const file of files) {
    const path = file.replaceAll("\\", "/");
    const folder = posix.dirname(path);
    for (const { name, text, node } of servicesIn(root, file)) {
      const service = plainValue(node, []);
      append(builds, buildOf(service, folder));
      const written = valueAt(node, ["build", "dockerfile_inline"]);
      if (written?.kind !== "scalar" || typeof written.value !== "string") continue;
      const place = placeOfBlock(text, written.start, written.value);
      inline.push({
        path,
        service: name,
        text: written.value,
        context: contextOf(service, folder) ?? folder,
        ...(place === undefined ? {} : { place }),
      });
    }
  }
  return { builds, inline };
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

function buildOf(service: unknown, folder: string): ComposeBuild[] {
  if (!isObject(service)) return [];
  const { build, image } = service;
  if (isObject(build) && build.dockerfile_inline !== undefined) return [];
  const context = contextOf(service, folder);
  const dockerfile = isObject(build) && typeof build.dockerfile === "string" ? build.dockerfile : "Dockerfile";
  if (context === undefined || /[$:]/.test(dockerfile)) return [];
  return [
    {
      dockerfile: posix.join(context, dockerfile),
      context,
      ...(typeof image === "string" && !image.includes("$") ? { image } : {}),
    },
  ];
}

/** From the root; undefined where nothing is built, or from elsewhere. */
function contextOf(service: unknown, folder: string): string | undefined {
  const build = isObject(service) ? service.build : undefined;
  const stated = typeof build === "string" ? { context: build } : build;
  if (!isObject(stated)) return undefined;
  const context = typeof stated.context === "string" ? stated.context : ".";
  if (/[$:]/.test(context)) return undefined;
  const at = posix.normalize(posix.join(folder, context)).replace(/\/$/, "");
  return at === ".." || at.startsWith("../") || posix.isAbsolute(context) ? undefined : at;
}
