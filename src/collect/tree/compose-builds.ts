/** What Compose files build: `services.*.build` (Compose specification, "build"). */
import { join, posix } from "node:path";
import { append } from "../../core/append.ts";
import { isObject } from "../../core/untyped.ts";
import { readYamlMap } from "../kubernetes/yaml-map.ts";
import { bounds } from "./bounds.ts";

export interface ComposeBuild {
  /** Of the Dockerfile and of the directory that it is built from, from the root, with slashes. */
  readonly dockerfile: string;
  readonly context: string;
  /** What the result is called. */
  readonly image?: string;
}

/** A service whose Dockerfile stands in the Compose file itself (`build.dockerfile_inline`). */
export interface InlineDockerfile {
  /** Of the Compose file, as it was given. */
  readonly path: string;
  readonly services: readonly string[];
}

export interface ComposeBuilds {
  readonly builds: readonly ComposeBuild[];
  readonly inline: readonly InlineDockerfile[];
}

/** Of all files; a file that is of a rare form is passed over, since what it says is only a name for what is found anyway. */
export function composeBuilds(root: string, files: readonly string[]): ComposeBuilds {
  const builds: ComposeBuild[] = [];
  const inline: InlineDockerfile[] = [];
  for (const path of files) {
    const folder = posix.dirname(path.replaceAll("\\", "/"));
    const services = Object.entries(servicesIn(root, path));
    for (const [, service] of services) append(builds, buildOf(service, folder));
    const named = services.flatMap(([name, service]) => (isInline(service) ? [name] : []));
    if (named.length > 0) inline.push({ path, services: named });
  }
  return { builds, inline };
}

function isInline(service: unknown): boolean {
  return isObject(service) && isObject(service.build) && typeof service.build.dockerfile_inline === "string";
}

function servicesIn(root: string, file: string): Readonly<Record<string, unknown>> {
  const read = readYamlMap(join(root, file), file, bounds.composeBytes);
  return typeof read !== "string" && isObject(read.services) ? read.services : {};
}

function buildOf(service: unknown, folder: string): ComposeBuild[] {
  if (!isObject(service)) return [];
  const { build, image } = service;
  const stated = typeof build === "string" ? { context: build } : build;
  if (!isObject(stated) || stated.dockerfile_inline !== undefined) return [];
  const context = typeof stated.context === "string" ? stated.context : ".";
  const dockerfile = typeof stated.dockerfile === "string" ? stated.dockerfile : "Dockerfile";
  if (/[$:]/.test(context + dockerfile)) return [];
  const at = posix.normalize(posix.join(folder, context)).replace(/\/$/, "");
  if (at === ".." || at.startsWith("../") || posix.isAbsolute(context)) return [];
  return [
    {
      dockerfile: posix.join(at, dockerfile),
      context: at,
      ...(typeof image === "string" && !image.includes("$") ? { image } : {}),
    },
  ];
}
