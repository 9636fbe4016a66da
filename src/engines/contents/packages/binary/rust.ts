import { inflateSync } from "node:zlib";
import { parseJson } from "../../../../core/parse-json.ts";
import { bounds } from "../../bounds.ts";
import type { PackageRecord } from "../../model.ts";
import { identityOf } from "../identity.ts";
import type { Unread } from "../unread.ts";
import type { Executable } from "./executable.ts";

/**
 * The crates that a Rust program was built from, as cargo-auditable embeds them: zlib-compressed JSON in the section
 * `.dep-v0`, `{packages: [{name, version, source, kind?, dependencies?: [index…], root?}]}` (its PARSING.md).
 */
export function rustPackages(executable: Executable, unread: Unread): PackageRecord[] {
  const section = executable.section(".dep-v0");
  if (section === undefined || section.length === 0) return [];
  let document: unknown;
  try {
    document = parseJson(inflateSync(section, { maxOutputLength: bounds.crateListBytes }).toString("utf8"));
  } catch (error) {
    unread.add(`its list of crates cannot be read: ${(error as Error).message.slice(0, 100)}`);
    return [];
  }
  const packages = (document as { packages?: unknown } | null)?.packages;
  if (!Array.isArray(packages)) {
    unread.add("its list of crates has no packages");
    return [];
  }
  if (packages.length > bounds.packages) unread.add(`more than ${bounds.packages} crates`);
  const listed = packages.slice(0, bounds.packages).map(crateOf);
  const direct = new Set(listed.flatMap((read) => ("isRoot" in read && read.isRoot ? read.dependencies : [])));
  const records: PackageRecord[] = [];
  for (const [index, read] of listed.entries()) {
    if ("fault" in read) unread.add(`a crate ${read.fault}`);
    else records.push(withDependencies(read, listed, direct.has(index)));
  }
  return records;
}

interface Crate {
  readonly record: PackageRecord & { readonly reference: string };
  readonly isRoot: boolean;
  /** Indexes in the list, as stated. */
  readonly dependencies: readonly unknown[];
}

type Listed = Crate | { readonly fault: string };

function crateOf(item: unknown, index: number): Listed {
  if (typeof item !== "object" || item === null) return { fault: "is not an object" };
  const { name, version, kind, root, dependencies } = item as Record<string, unknown>;
  const identity = identityOf(textOf(name), textOf(version));
  if ("fault" in identity) return identity;
  return {
    record: {
      type: "cargo",
      ...identity,
      licenses: [],
      reference: String(index),
      // Procedural macros and build scripts ran while it was built and are not in it.
      ...(kind === "build" ? { usage: "development" as const } : {}),
    },
    isRoot: root === true,
    dependencies: Array.isArray(dependencies) ? dependencies : [],
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function withDependencies(crate: Crate, listed: readonly Listed[], direct: boolean): PackageRecord {
  const references = new Set<string>();
  for (const index of crate.dependencies) {
    const needed = typeof index === "number" ? listed[index] : undefined;
    if (needed !== undefined && "record" in needed) references.add(needed.record.reference);
  }
  return {
    ...crate.record,
    ...(references.size === 0 ? {} : { dependsOn: [...references].sort() }),
    ...(direct ? { direct } : {}),
  };
}
