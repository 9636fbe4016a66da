import type { PackageRecord } from "../../model.ts";
import { hexHash } from "../hashes.ts";
import type { TomlTable, TomlValue } from "../toml.ts";

/** Looks into what a lockfile's TOML holds; whatever has another form than it should is not there. */
export function tomlText(value: TomlValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function tomlTable(value: TomlValue | undefined): TomlTable | undefined {
  return value instanceof Map ? value : undefined;
}

export function tomlTexts(value: TomlValue | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

export function tomlTables(value: TomlValue | undefined): TomlTable[] {
  return Array.isArray(value) ? value.filter((item) => item instanceof Map) : [];
}

/**
 * The hash of a package that is distributed as one file. Where there are several (one for each platform), none of them
 * stands for the package.
 *
 * @param stated - of each file, `sha256:HEX`
 */
export function onlyHash(stated: readonly (string | undefined)[]): PackageRecord["hashes"] {
  const [first, ...more] = stated;
  return more.length > 0 || !first?.startsWith("sha256:") ? undefined : hexHash("sha256", first.slice(7)).hashes;
}
