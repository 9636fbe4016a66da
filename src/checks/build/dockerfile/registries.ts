/** Where an image comes from, held against the registries of a policy. */
import { compileGlob } from "../../../core/glob.ts";
import type { ImageName } from "../../../engines/dockerfile/model.ts";

/** With the registry and the folder that Docker adds: `docker.io/library/debian`. */
export function wholeName({ registry, repository }: ImageName): string {
  const host = registry === undefined || /^(?:index|registry-1)\.docker\.io$/.test(registry) ? "docker.io" : registry;
  return `${host}/${host === "docker.io" && !repository.includes("/") ? `library/${repository}` : repository}`;
}

/** Tells of a whole name whether a pattern means it, or a registry or folder that it lies in. */
export function allowedBy(patterns: readonly string[]): (name: string) => boolean {
  const matchers = patterns.map(compileGlob);
  return (name) => {
    const parts = name.slice(0, 512).split("/");
    const places = parts.map((_, index) => parts.slice(0, index + 1).join("/"));
    return matchers.some((matches) => places.some(matches));
  };
}
