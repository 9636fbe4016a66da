/** What another scanner found, in the form that every check's findings have. */
import { someOf } from "../../core/counted.ts";
import type { FindingDraft } from "../../core/finding.ts";
import type { Location } from "../../core/location.ts";
import type { ImportedFlaw, ImportedResult, ReportedBy } from "../../engines/reports/model.ts";
import { clip, clipSubject, SENTENCE } from "./one-line.ts";
import { epssText, exploitedText, priorityOf } from "./vulnerability-finding.ts";

/** Tools, reports and lines that one finding names. */
const NAMED = 5;

/**
 * A flaw that other tools alone found. Their word is not verified here, so that its confidence is medium whatever their
 * number.
 *
 * @param inImage - paths are of an image's root filesystem
 */
export function importedFlaw(flaw: ImportedFlaw, { inImage }: { readonly inImage: boolean }): FindingDraft {
  const { name, version, purl, type } = flaw.package;
  const id = flaw.ids.find((each) => /^CVE-\d/i.test(each)) ?? flaw.ids[0];
  const unversioned = withoutVersion(purl ?? `${type ?? "package"}/${name}`);
  const [fixed] = flaw.fixed ?? [];
  return {
    subject: clipSubject(`${id} ${unversioned}${flaw.path === undefined ? "" : ` at ${flaw.path}`}`),
    severity: flaw.severity,
    confidence: "medium",
    title: clip(`${flaw.title} (reported by ${toolNames(flaw.by)})`, SENTENCE),
    locations: [
      flaw.path === undefined
        ? { kind: "object", object: clip(`package ${name} ${version}`.trim()) }
        : { kind: "file", path: inImage ? `/${flaw.path}` : flaw.path },
    ],
    matches: {
      ids: [id, ...flaw.ids.filter((each) => each !== id)],
      ...(name === "" ? {} : { package: name }),
      ...(version === "" ? {} : { version }),
      ...(purl === undefined ? {} : { purl }),
      ...(flaw.path === undefined ? {} : { path: flaw.path }),
    },
    ...fixOf(flaw),
    ...priorityOf({ ...flaw, ...(fixed === undefined ? {} : { fixedVersion: fixed }), package: {} }),
    evidence: {
      id,
      package: name,
      installed: version,
      ...(fixed === undefined ? {} : { fixed: (flaw.fixed ?? []).join(", ") }),
      ...(flaw.exploited === undefined ? {} : { exploited: exploitedText(flaw.exploited) }),
      ...(flaw.epss === undefined ? {} : { EPSS: `${epssText(flaw.epss)}, ${flaw.epss.asOf.slice(0, 10)}` }),
      "reported by": saidBy(flaw.by),
      "report in": placesOf(flaw.by),
    },
    references: flaw.references,
  };
}

/** A report that does not say whether there is a fix leaves nobody off: a policy that asks for fixable ones counts it. */
function fixOf({ fixed, package: { name, version } }: ImportedFlaw): Pick<FindingDraft, "fix"> {
  if (fixed === undefined) {
    const text = `upgrade ${name} from ${version}: the report does not say which version has a fix`;
    return { fix: { kind: "instruction", text: clip(text, SENTENCE) } };
  }
  const [first] = fixed;
  if (first === undefined) return {};
  const text = `upgrade ${name} from ${version} to ${fixed.join(" or ")} or later`;
  return { fix: { kind: "upgrade", version: first, text: clip(text, SENTENCE) } };
}

/** What a rule of another tool found in one file. */
export function importedResult(result: ImportedResult): FindingDraft {
  const { rule, title, path, outside, lines, count, by, inImage } = result;
  const tools = toolNames(by);
  const id = `${tools}:${rule}`;
  return {
    subject: clipSubject(`${id}${path === undefined ? "" : ` in ${path}`}${result.besideRated ? ", unrated" : ""}`),
    severity: result.severity,
    confidence: result.confidence,
    title: clip(`${title} (reported by ${tools})`, SENTENCE),
    locations: resultPlaces(path, lines, { inImage, report: placesOf(by) }),
    matches: { ids: [clip(id)], ...(path === undefined ? {} : { path }) },
    fix: { kind: "instruction", text: clip(`follow the advice of ${tools} for ${rule}`, SENTENCE) },
    evidence: {
      rule: clip(rule),
      ...(count === 1 ? {} : { results: String(count) }),
      ...(outside === undefined ? {} : { "place outside of what was scanned": clip(outside) }),
      "reported by": saidBy(by),
      "report in": placesOf(by),
    },
    references: result.references,
  };
}

function resultPlaces(
  path: string | undefined,
  lines: ImportedResult["lines"],
  { inImage, report }: { readonly inImage: boolean; readonly report: string },
): readonly [Location, ...Location[]] {
  if (path === undefined) return [{ kind: "object", object: `a result in ${report}` }];
  const file = { kind: "file", path: inImage ? `/${path}` : path } as const;
  const [first, ...more] = lines.slice(0, NAMED);
  return [{ ...file, ...first }, ...more.map((line) => ({ ...file, ...line }))];
}

/** `Trivy 0.58.1 on 2026-11-20`; of a report without a date, that there is none. */
export function saidBy(by: readonly ReportedBy[]): string {
  const said = by.map(
    ({ tool, observedAt, severity }) =>
      `${nameOf(tool)} ${observedAt === undefined ? "without a date" : `on ${observedAt.slice(0, 10)}`} (${severity})`,
  );
  return someOf([...new Set(said)], NAMED);
}

export function nameOf({ name, version }: ReportedBy["tool"]): string {
  return clip(version === undefined || version === "" ? name : `${name} ${version}`);
}

function toolNames(by: readonly ReportedBy[]): string {
  return someOf([...new Set(by.map(({ tool }) => clip(tool.name)))], NAMED);
}

function placesOf(by: readonly ReportedBy[]): string {
  return someOf([...new Set(by.map(({ place }) => clip(place)))], NAMED);
}

/** The fingerprint must outlive an upgrade that does not fix the flaw, and a scan by another release. */
function withoutVersion(purl: string): string {
  const plain = purl.split(/[?#]/, 1)[0] ?? purl;
  const at = plain.lastIndexOf("@");
  return at <= plain.lastIndexOf("/") ? plain : plain.slice(0, at);
}
