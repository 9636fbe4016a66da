/** Grype's JSON. Its schema has no version of its own: `descriptor` says which Grype wrote it. */
import type { Untyped } from "../../core/untyped.ts";
import {
  addressesOf,
  digestIn,
  lineOf,
  nameAt,
  namesAt,
  noCounts,
  objectAt,
  objectsAt,
  type Placed,
  reasonWord,
  requiredName,
  type Source,
  tally,
  timeAt,
  unsupported,
} from "./document.ts";
import type { ReportedFlaw, ReportedSubject, ScannerReport } from "./model.ts";
import { packageOf } from "./packages.ts";
import { pathInImage, pathWithin } from "./paths.ts";
import { severityOfWord } from "./severity.ts";

export function isGrype(root: Untyped): boolean {
  return "matches" in root && "descriptor" in root;
}

/** @throws Problem where it is broken, or of a tool that is not known */
export function readGrype(root: Untyped, source: Source): ScannerReport {
  const descriptor = objectAt(source, root.descriptor, "descriptor");
  const name = nameAt(source, descriptor.name, "descriptor.name");
  if (name?.toLowerCase() !== "grype") throw unsupported(source, "descriptor.name", "not grype");
  const version = nameAt(source, descriptor.version, "descriptor.version");
  const observedAt = timeAt(source, descriptor.timestamp, "descriptor.timestamp");
  const subject = subjectOf(root, source);
  const suppressed = noCounts();
  for (const { value, at } of objectsAt(source, root.ignoredMatches, "ignoredMatches")) {
    const [rule] = objectsAt(source, value.appliedIgnoreRules, `${at}.appliedIgnoreRules`);
    const status = rule === undefined ? undefined : nameAt(source, rule.value["vex-status"], `${rule.at}.vex-status`);
    tally(suppressed, reasonWord(status ?? "ignored"));
  }
  const flaws = objectsAt(source, root.matches, "matches").map((match) => flawOf(match, subject, source));
  const unread = noCounts();
  tally(unread, "alerts about packages", objectsAt(source, root.alertsByPackage, "alertsByPackage").length);
  return {
    place: source.path,
    format: "Grype JSON",
    tool: { name: "Grype", ...(version === undefined ? {} : { version }) },
    ...(observedAt === undefined ? {} : { observedAt }),
    targets: [{ subject, flaws, results: [], suppressed }],
    unread,
  };
}

function subjectOf(root: Untyped, source: Source): ReportedSubject {
  const scanned = objectAt(source, root.source, "source");
  if (scanned.type !== "image") {
    const target = scanned.target;
    return { kind: "tree", name: typeof target === "string" ? (nameAt(source, target, "source.target") ?? "") : "" };
  }
  const target = objectAt(source, scanned.target, "source.target");
  const config = digestIn(nameAt(source, target.imageID, "source.target.imageID"));
  const manifests = [
    nameAt(source, target.manifestDigest, "source.target.manifestDigest"),
    ...namesAt(source, target.repoDigests, "source.target.repoDigests"),
  ].flatMap((text) => digestIn(text) ?? []);
  const [tag] = namesAt(source, target.tags, "source.target.tags");
  const name = nameAt(source, target.userInput, "source.target.userInput") ?? tag ?? "";
  return { kind: "image", name, ...(config === undefined ? {} : { config }), manifests };
}

function flawOf({ value: match, at }: Placed<Untyped>, subject: ReportedSubject, source: Source): ReportedFlaw {
  const flaw = objectAt(source, match.vulnerability, `${at}.vulnerability`);
  const artifact = objectAt(source, match.artifact, `${at}.artifact`);
  const id = requiredName(source, flaw.id, `${at}.vulnerability.id`);
  const related = objectsAt(source, match.relatedVulnerabilities, `${at}.relatedVulnerabilities`);
  const fix = objectAt(source, flaw.fix, `${at}.vulnerability.fix`);
  const versions = namesAt(source, fix.versions, `${at}.vulnerability.fix.versions`);
  const [location] = objectsAt(source, artifact.locations, `${at}.artifact.locations`);
  const written = location === undefined ? undefined : nameAt(source, location.value.path, `${location.at}.path`);
  const path = subject.kind === "image" ? pathInImage(written) : inTree(written);
  return {
    ids: [id, ...related.flatMap(({ value, at: own }) => nameAt(source, value.id, `${own}.id`) ?? [])],
    package: packageOf({
      name: requiredName(source, artifact.name, `${at}.artifact.name`),
      version: nameAt(source, artifact.version, `${at}.artifact.version`) ?? "",
      type: nameAt(source, artifact.type, `${at}.artifact.type`),
      purl: nameAt(source, artifact.purl, `${at}.artifact.purl`),
    }),
    ...(path === undefined ? {} : { path }),
    severity: severityOfWord(flaw.severity),
    // Of `unknown` nobody knows whether there is a fix.
    ...(versions.length === 0 && !/^(?:not|wont)-fix/.test(String(fix.state)) ? {} : { fixed: versions }),
    title: lineOf(flaw.description) ?? related.map(({ value }) => lineOf(value.description)).find(Boolean) ?? id,
    references: addressesOf([flaw.dataSource, ...(Array.isArray(flaw.urls) ? flaw.urls : [])]),
  };
}

/** Of a directory Grype writes paths from its root with a slash before them. */
function inTree(written: string | undefined): string | undefined {
  return written === undefined ? undefined : pathWithin(written.startsWith("/") ? written.slice(1) : written);
}
