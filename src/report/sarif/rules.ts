import type { CheckDescription } from "../../core/check.ts";
import type { Finding } from "../../core/finding.ts";
import { printable } from "../../core/printable.ts";
import { type Severity, severityRank } from "../../core/severity.ts";
import { checkMarkdown } from "../check-markdown.ts";
import { code, plain } from "../markdown-text.ts";
import { isWebAddress } from "../markup.ts";
import { findingName } from "../wording.ts";
import { limits } from "./limits.ts";
import type { Entry } from "./selection.ts";

export type Rule = { readonly id: string } & Readonly<Record<string, unknown>>;

/** An advisory's findings are of its own rule, so that each has its severity, help and link; all others of their check's. */
export function ruleIdOf(finding: Finding): string {
  return isVulnerability(finding) ? clipped(findingName(finding), limits.idCharacters) : finding.check;
}

/** A finding that is about a package and that advisories name. */
function isVulnerability({ matches, check }: Finding): boolean {
  return matches.package !== undefined && ADVISORY.test(matches.ids[0] ?? "") && matches.ids[0] !== check;
}

/** `CVE-2021-44906`, `GHSA-xvch-5gv4-984h`, `RUSTSEC-2021-0001`; ids of checks have a slash. */
const ADVISORY = /^[A-Za-z][A-Za-z0-9]*[-:][^/]+$/;

/** The rules of what the log holds, by id: one of each check that was run, one of each advisory that was found. */
export function rulesOf(checks: readonly CheckDescription[], entries: Iterable<Entry>): Rule[] {
  const worst = new Map<string, Finding>();
  const others = new Set<string>();
  for (const { finding, evaluation } of entries) {
    if (finding === undefined) others.add(evaluation.check);
    else {
      const id = ruleIdOf(finding);
      const before = worst.get(id);
      if (before === undefined || severityRank(finding.severity) < severityRank(before.severity))
        worst.set(id, finding);
    }
  }
  const byId = new Map<string, Rule>();
  for (const check of checks) {
    byId.set(check.id, ofCheck(check, check.severity === "varies" ? worst.get(check.id)?.severity : check.severity));
  }
  const described = new Map(checks.map((check) => [check.id, check]));
  for (const [id, finding] of worst) {
    if (!byId.has(id)) byId.set(id, isVulnerability(finding) ? ofAdvisory(id, finding, described) : undescribed(id));
  }
  for (const id of others) if (!byId.has(id)) byId.set(id, undescribed(id));
  // Of each result there is one rule at most: what is over the limit then are checks that found nothing.
  for (const { id } of byId.size > limits.rules ? checks : []) if (!worst.has(id) && !others.has(id)) byId.delete(id);
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function undescribed(id: string): Rule {
  return { id, shortDescription: { text: id } };
}

function ofCheck(check: CheckDescription, severity: Severity | undefined): Rule {
  const { what, fix, references } = check.documentation;
  return {
    id: check.id,
    name: check.id.replace(/(?:^|[^a-z0-9])([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: clipped(check.title, limits.descriptionCharacters) },
    fullDescription: { text: clipped(what, limits.descriptionCharacters) },
    help: { text: `${what}\n\n${fix}`, markdown: checkMarkdown(check) },
    ...linked(references),
    ...rated(severity),
    properties: {
      tags: tagged("security", check.layer, check.category, ...check.controls.map((control) => `control-${control}`)),
      ...securitySeverity(severity),
    },
  };
}

/** The advisory's own text is anybody's: it is text, and never markup. */
function ofAdvisory(id: string, finding: Finding, checks: ReadonlyMap<string, CheckDescription>): Rule {
  const { title, detail, severity, fix, matches, references = [], check } = finding;
  const description = checks.get(check);
  const summary = printable(title);
  const upgrade = fix === undefined ? "No fix available." : `Fix: ${printable(fix.text)}`;
  const aliases = matches.ids.slice(1).map(printable);
  const known = aliases.length === 0 ? [] : [`Also known as ${aliases.join(", ")}.`];
  const links = references.filter(isWebAddress).map((address) => `<${encodeURI(printable(address))}>`);
  return {
    id,
    name: id,
    shortDescription: { text: clipped(title === id ? id : `${id}: ${summary}`, limits.descriptionCharacters) },
    fullDescription: { text: clipped(detail ?? title, limits.descriptionCharacters) },
    help: {
      text: [summary, upgrade, ...known].join("\n\n"),
      markdown: [
        plain(title),
        ...(fix === undefined ? ["No fix available."] : [`**Fix**: ${plain(fix.text)}`]),
        ...(aliases.length === 0 ? [] : [`Also known as ${aliases.map(code).join(", ")}.`]),
        ...links.slice(0, SHOWN_LINKS),
      ].join("\n\n"),
    },
    ...linked([...references, ...advisoryPages(matches.ids)]),
    ...rated(severity),
    properties: {
      tags: tagged("security", "vulnerability", ...(description === undefined ? [] : [description.layer])),
      ...securitySeverity(severity),
      check,
    },
  };
}

const SHOWN_LINKS = 5;

/** Where the advisory stands, by whose id it is. */
function* advisoryPages(ids: readonly string[]): Generator<string> {
  for (const id of ids) {
    if (/^CVE-\d{4}-\d{4,}$/.test(id)) yield `https://nvd.nist.gov/vuln/detail/${id}`;
    if (/^GHSA(?:-[0-9a-z]{4}){3}$/.test(id)) yield `https://github.com/advisories/${id}`;
  }
}

function linked(references: readonly string[]): { helpUri?: string } {
  const address = references.find(isWebAddress);
  return address === undefined ? {} : { helpUri: encodeURI(decodable(address)) };
}

/** So that what is encoded already is not encoded twice. */
function decodable(address: string): string {
  try {
    return decodeURI(address.toWellFormed());
  } catch {
    return address.toWellFormed();
  }
}

function tagged(...tags: readonly string[]): readonly string[] {
  return [...new Set(tags)].slice(0, limits.tagsShown);
}

function clipped(text: string, most: number): string {
  const shown = printable(text);
  return shown.length <= most ? shown : `${shown.slice(0, most - 1).toWellFormed()}…`;
}

export const levels: Record<Severity, "error" | "warning" | "note"> = {
  critical: "error",
  high: "error",
  medium: "warning",
  low: "note",
  negligible: "note",
  unknown: "warning",
};

function rated(severity: Severity | undefined): object {
  return { defaultConfiguration: { level: levels[severity ?? "unknown"] } };
}

/** The lower end of each CVSS band: what readers of this property sort the score into. */
const scores: Record<Severity, string | undefined> = {
  critical: "9.0",
  high: "7.0",
  medium: "4.0",
  low: "0.1",
  negligible: "0.0",
  unknown: undefined,
};

export function securitySeverity(severity: Severity | undefined): { "security-severity"?: string } {
  const score = severity === undefined ? undefined : scores[severity];
  return score === undefined ? {} : { "security-severity": score };
}
