/** Names in two parts: CycloneDX keeps the group apart, our records have it in the name as the ecosystem writes it. */
import type { PackageType } from "../model.ts";

/** Types whose names have a group → what stands between it and the rest. */
const SEPARATORS: Partial<Readonly<Record<PackageType, string>>> = { maven: ":", npm: "/", composer: "/" };

export interface GroupedName {
  readonly group?: string;
  readonly name: string;
}

/** Of Maven alone: of npm and Composer Trivy up to 0.5x looks for the whole name, and a group is nowhere demanded. */
export function splitName(type: PackageType, whole: string): GroupedName {
  const at = type === "maven" ? whole.indexOf(":") : -1;
  return at <= 0 || at === whole.length - 1
    ? { name: whole }
    : { group: whole.slice(0, at), name: whole.slice(at + 1) };
}

/** A group where the type has none, as other tools write it, is joined as a path is. */
export function joinName(type: PackageType, { group, name }: GroupedName): string {
  return group === undefined || group === "" ? name : `${group}${SEPARATORS[type] ?? "/"}${name}`;
}
