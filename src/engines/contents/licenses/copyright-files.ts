import type { Located } from "../located.ts";
import type { FileFacts } from "../model.ts";

export type StatedLicenses = Extract<FileFacts, { kind: "licenses" }>;

/**
 * Debian's packages with the licences that files apart from their database state. A package without such a file has
 * those of another of its source: it may link to that one's documentation, which has the one copyright file of the
 * source (Debian policy, 12.5).
 */
export function withLicenses(located: readonly Located[], stated: readonly StatedLicenses[]): readonly Located[] {
  if (stated.length === 0) return located;
  const byName = new Map(stated.map(({ owner, licenses }) => [owner, licenses]));
  const bySource = new Map<string, readonly string[]>();
  for (const { record } of located) {
    const licenses = record.type === "deb" ? byName.get(record.name) : undefined;
    const source = record.source?.name;
    if (licenses !== undefined && source !== undefined && !bySource.has(source)) bySource.set(source, licenses);
  }
  return located.map((item) => {
    const { type, name, licenses: own, source } = item.record;
    if (type !== "deb" || own.length > 0) return item;
    const licenses = byName.get(name) ?? bySource.get(source?.name ?? "");
    return licenses === undefined ? item : { ...item, record: { ...item.record, licenses } };
  });
}
