import { bounds } from "../../bounds.ts";
import type { Pom } from "./pom.ts";

const PROPERTY = /\$\{([^${}]*)\}/g;

/** Properties within properties. */
const DEEPEST = 32;

/**
 * Replaces `${…}` by the pom's own properties and by what it says of its project and parent ("Properties" of the POM
 * Reference). Undefined for what the file does not settle: an unknown property, one that needs itself, or a value over
 * the bound on versions. Each property is worked out once, so references to references cannot multiply.
 */
export function interpolation({
  coordinates,
  parent,
  properties,
}: Pom): (text: string | undefined) => string | undefined {
  const ofProject = new Map<string, string | undefined>([
    ["groupId", coordinates.groupId ?? parent?.groupId],
    ["artifactId", coordinates.artifactId],
    ["version", coordinates.version ?? parent?.version],
    ["parent.groupId", parent?.groupId],
    ["parent.artifactId", parent?.artifactId],
    ["parent.version", parent?.version],
  ]);
  const known = new Map<string, string | undefined>();

  const settled = (name: string, depth: number): string | undefined => {
    if (known.has(name)) return known.get(name);
    if (depth > DEEPEST) return undefined;
    // Until it is worked out it has no value, which ends a cycle.
    known.set(name, undefined);
    const value = replaced(properties.get(name) ?? ofProject.get(name.replace(/^(?:project|pom)\./, "")), depth + 1);
    known.set(name, value);
    return value;
  };
  const replaced = (text: string | undefined, depth: number): string | undefined => {
    if (text === undefined || text.length > bounds.packageNameLength) return undefined;
    let whole = true;
    const result = text.replace(PROPERTY, (_, name: string) => {
      const value = settled(name.trim(), depth);
      if (value === undefined) whole = false;
      return value ?? "";
    });
    return whole && result.length <= bounds.packageNameLength ? result : undefined;
  };
  return (text) => replaced(text, 0);
}
