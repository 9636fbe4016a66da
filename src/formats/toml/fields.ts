import type { TomlTable, TomlValue } from "./read.ts";

/** Looks into what a file's TOML holds; whatever has another form than it should is not there. */
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

export function tomlNumber(value: TomlValue | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}
