/** When two tools speak of one flaw of one package. */
import type { Finding } from "../../core/finding.ts";
import { severityRank } from "../../core/severity.ts";
import { bounds } from "../../engines/reports/bounds.ts";
import type { ImportedFlaw, ReportedBy, ReportedFlaw } from "../../engines/reports/model.ts";
import { packageOf, plainVersion } from "../../engines/reports/packages.ts";
import type { EpssScore, Exploited } from "../../engines/vulnerability/model.ts";

/** What the advisory database knows of an id; nothing where there is none. */
export interface KnownIds {
  /** Other names of the same flaw; not those of advisories that bundle several. */
  aliasesOf(id: string): readonly string[];
  exploited(cve: string): Exploited | undefined;
  epss(cve: string): EpssScore | undefined;
}

export interface OwnFlaws {
  /** Those findings of this run that are the same flaw of the same package: at the same place where the report states one of theirs. */
  same(flaw: ReportedFlaw): readonly Finding[];
}

/** Whose ids can be compared for being one flaw: CVEs where there are some, since an advisory may bundle several of them. */
export function identity(ids: readonly string[]): string[] {
  const all = [...new Set(ids.map((id) => id.toUpperCase()))];
  const cves = all.filter(isCve);
  return cves.length > 0 ? cves : all;
}

/**
 * The first, and as many more as reports may state of one finding: CVEs before all others, since by them flaws are one.
 */
export function someIds([first, ...more]: ReportedFlaw["ids"]): ReportedFlaw["ids"] {
  const others = [...new Set(more)].filter((id) => id !== first);
  if (others.length < bounds.reportListed) return [first, ...others];
  const [cves, rest] = [others.filter(isCve), others.filter((id) => !isCve(id))];
  return [first, ...[...cves, ...rest].slice(0, bounds.reportListed - 1)];
}

function isCve(id: string): boolean {
  return /^CVE-\d/i.test(id);
}

/** The findings of one asset, by id. */
export function ownFlaws(findings: Iterable<Finding>): OwnFlaws {
  const byId = new Map<string, Finding[]>();
  for (const finding of findings) {
    for (const id of new Set(finding.matches.ids.map((each) => each.toUpperCase()))) {
      const known = byId.get(id);
      if (known === undefined) byId.set(id, [finding]);
      else known.push(finding);
    }
  }
  return {
    same: (flaw) => {
      const ids = identity(flaw.ids);
      const found = new Set(ids.flatMap((id) => byId.get(id) ?? []));
      const same = [...found].filter((finding) => isSameFlaw(ids, finding) && isSamePackage(flaw, finding));
      const here = same.filter(({ matches }) => flaw.path !== undefined && matches.path === flaw.path);
      return here.length > 0 ? here : same;
    },
  };
}

/** Where both have CVEs, one of these: that one advisory bundles two CVEs does not make them one. */
function isSameFlaw(ids: readonly string[], { matches }: Finding): boolean {
  const own = identity(matches.ids);
  return ids.some((id) => own.includes(id)) || !(hasCve(ids) && hasCve(own));
}

function hasCve([first = ""]: readonly string[]): boolean {
  return first.startsWith("CVE-");
}

function isSamePackage({ package: theirs }: ReportedFlaw, { matches, evidence }: Finding): boolean {
  const { package: name = "", version = "", purl } = matches;
  if (plainVersion(theirs.version) !== plainVersion(version)) return false;
  const own = packageOf({ name, version, purl });
  if (theirs.type !== undefined && own.type !== undefined && theirs.type !== own.type) return false;
  const names = [own.name, name, evidence.source];
  return names.some((each) => each !== undefined && each.toLowerCase() === theirs.name.toLowerCase());
}

/** What reports alone say, one flaw each, whoever says it first; the worst of their severities. */
export class ForeignFlaws {
  readonly #groups: { flaw: ReportedFlaw; by: [ReportedBy, ...ReportedBy[]] }[] = [];
  readonly #places = new Map<string, number>();

  add(flaw: ReportedFlaw, by: ReportedBy): void {
    const { type = "", name, version } = flaw.package;
    const where = JSON.stringify([type, name.toLowerCase(), plainVersion(version), flaw.path ?? ""]);
    const keys = identity(flaw.ids).map((id) => `${where} ${id}`);
    const known = keys.map((key) => this.#places.get(key)).find((place) => place !== undefined);
    const group = known === undefined ? undefined : this.#groups[known];
    if (group === undefined) this.#groups.push({ flaw, by: [by] });
    else {
      group.flaw = joined(group.flaw, flaw);
      group.by.push(by);
    }
    for (const key of keys) if (!this.#places.has(key)) this.#places.set(key, known ?? this.#groups.length - 1);
  }

  all(known: KnownIds): ImportedFlaw[] {
    return this.#groups.map(({ flaw, by }) => {
      const cves = identity(flaw.ids).filter((id) => id.startsWith("CVE-"));
      const exploited = cves.map((cve) => known.exploited(cve)).find((each) => each !== undefined);
      const [epss] = cves.flatMap((cve) => known.epss(cve) ?? []).sort((a, b) => b.score - a.score);
      return {
        ...flaw,
        by,
        ...(exploited === undefined ? {} : { exploited }),
        ...(epss === undefined ? {} : { epss }),
      };
    });
  }
}

function joined(a: ReportedFlaw, b: ReportedFlaw): ReportedFlaw {
  const { fixed: _, ...first } = a;
  return {
    ...first,
    ids: someIds([...a.ids, ...b.ids]),
    severity: severityRank(b.severity) < severityRank(a.severity) ? b.severity : a.severity,
    ...fixedBy(a, b),
    title: a.title === a.ids[0] ? b.title : a.title,
  };
}

/** Who names a version knows more than who does not; that there is none counts where nobody leaves it open. */
function fixedBy({ fixed: a }: ReportedFlaw, { fixed: b }: ReportedFlaw): Pick<ReportedFlaw, "fixed"> {
  const named = [a, b].find((versions) => versions !== undefined && versions.length > 0);
  if (named !== undefined) return { fixed: named };
  return a === undefined || b === undefined ? {} : { fixed: [] };
}
