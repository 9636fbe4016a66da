import type { TomlTable, TomlValue } from "../../engines/contents/packages/toml.ts";

export function textOf(table: TomlTable, key: string): string | undefined {
  const value = table.get(key);
  return typeof value === "string" ? value : undefined;
}

export function numberOf(table: TomlTable, key: string): number | undefined {
  const value = table.get(key);
  return typeof value === "number" ? value : undefined;
}

export function textsOf(table: TomlTable, key: string): string[] {
  const value = table.get(key);
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === "string") : [];
}

export function tablesOf(table: TomlTable, key: string): TomlTable[] {
  const value = table.get(key);
  return Array.isArray(value) ? value.filter(isTable) : [];
}

/** None, or the one. */
export function tableOf(table: TomlTable, key: string): TomlTable[] {
  return [table.get(key)].filter(isTable);
}

function isTable(value: TomlValue | undefined): value is TomlTable {
  return value instanceof Map;
}
