/** What Compose files build: `services.*.build` (Compose specification, "build"). */
import { join, posix } from "node:path";
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

/** Builds of all files; a file that is of a rare form is passed over, since what it says is only a name for what is found anyway. */
export function composeBuilds(root: string, files: readonly string[]): ComposeBuild[] {
  return files.flatMap((file) => {
    const read = readYamlMap(join(root, file), file, bounds.composeBytes);
    if (typeof read === "string" || !isObject(read.services)) return [];
    return Object.values(read.services).flatMap((service) =>
      buildOf(service, posix.dirname(file.replaceAll("\\", "/"))),
    );
  });
}

function buildOf(service: unknown, folder: string): ComposeBuild[] {
  if (!isObject(service)) return [];
  const { build, image } = service;
  const stated = typeof build === "string" ? { context: build } : build;
  if (!isObject(stated)) return [];
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
