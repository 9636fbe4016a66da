import type { Located } from "../located.ts";
import type { FileFacts, PackageRecord } from "../model.ts";

export type StatedLicenses = Extract<FileFacts, { kind: "licenses" }>;
type Terms = Pick<PackageRecord, "licenses" | "licensesRecognized">;

/**
 * Packages with the licenses that files apart from their database or list state. A package of Debian without such a file
 * has those of another of its source: it may link to that one's documentation, which has the one copyright file of the
 * source (Debian policy, 12.5). A module of Go has those of its folder: in a cache of modules that of its version, in a
 * vendor folder what the project around it has vendored.
 */
export function withLicenses(located: readonly Located[], stated: readonly StatedLicenses[]): readonly Located[] {
  if (stated.length === 0) return located;
  const byName = new Map<string, StatedLicenses[]>();
  for (const facts of stated) {
    const key = `${facts.owner.type} ${facts.owner.name}`;
    const known = byName.get(key);
    if (known === undefined) byName.set(key, [facts]);
    else known.push(facts);
  }
  const own = ({ record, path }: Located): Terms | undefined => {
    const found = byName.get(`${record.type} ${record.name}`)?.filter((facts) => isOf(facts, record, path)) ?? [];
    return found.length === 0 ? undefined : termsOf(found);
  };
  const bySource = new Map<string, Terms>();
  for (const item of located) {
    const source = item.record.type === "deb" ? item.record.source?.name : undefined;
    const terms = source === undefined || bySource.has(source) ? undefined : own(item);
    if (source !== undefined && terms !== undefined) bySource.set(source, terms);
  }
  return located.map((item) => {
    const { type, licenses, source } = item.record;
    if (licenses.length > 0) return item;
    const terms = own(item) ?? (type === "deb" ? bySource.get(source?.name ?? "") : undefined);
    return terms === undefined ? item : { ...item, record: { ...item.record, ...terms } };
  });
}

function isOf({ owner }: StatedLicenses, { version }: PackageRecord, path: string): boolean {
  if (owner.version !== undefined && owner.version !== version) return false;
  return owner.within === undefined || path.startsWith(owner.within);
}

/** Of `LICENSE-MIT` and `LICENSE-APACHE` both: neither says that one may be chosen. */
function termsOf(found: readonly StatedLicenses[]): Terms {
  const licenses = [...new Set(found.flatMap((facts) => facts.licenses))];
  return found.some(({ recognized }) => recognized === true) ? { licenses, licensesRecognized: true } : { licenses };
}
