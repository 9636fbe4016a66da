/** Patterns over packages' names, as policies write them: `left-pad`, `@acme/*`, `npm:left-pad`. */
import { compileGlob } from "../../core/glob.ts";
import type { PackageType } from "../contents/model.ts";

const TYPES: Readonly<Record<PackageType, true>> = {
  ...{ deb: true, apk: true, rpm: true, npm: true, pypi: true, golang: true, maven: true, cargo: true, gem: true },
  ...{ composer: true, nuget: true, pub: true, hex: true, swift: true, conan: true, cran: true, alpm: true },
  ...{ conda: true, cocoapods: true, bitnami: true, generic: true },
};

interface NamePattern {
  /** Absent: of every ecosystem. */
  readonly type?: string;
  readonly name: string;
}

/** Maven's names have a colon of their own (`org.apache:commons`): only the word of an ecosystem is taken for one. */
function parsed(pattern: string): NamePattern {
  const colon = pattern.indexOf(":");
  const type = pattern.slice(0, Math.max(0, colon));
  return Object.hasOwn(TYPES, type) ? { type, name: pattern.slice(colon + 1) } : { name: pattern };
}

export function isNamePattern(text: string): boolean {
  return parsed(text).name !== "" && text.length <= 214 && /^[\w@./*?:~+-]+$/.test(text);
}

/** Whether one of the patterns names the package. Names of PyPI are compared as PEP 503 normalizes them. */
export function namedBy(patterns: readonly string[], type: PackageType, name: string): boolean {
  return patterns.some((pattern) => {
    const own = parsed(pattern);
    if (own.type !== undefined && own.type !== type) return false;
    return compileGlob(spelt(type, own.name))(spelt(type, name));
  });
}

function spelt(type: PackageType, name: string): string {
  if (type === "pypi") return name.toLowerCase().replaceAll(/[-_.]+/g, "-");
  if (type === "nuget" || type === "composer") return name.toLowerCase();
  return type === "cargo" ? name.replaceAll("_", "-") : name;
}
