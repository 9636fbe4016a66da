/** Google's Artifact Analysis: `gcloud artifacts docker images describe --show-package-vulnerability`, and lists of occurrences. */
import { append } from "../../core/append.ts";
import { isObject, type Untyped } from "../../core/untyped.ts";
import {
  addressesOf,
  digestIn,
  lineOf,
  listAt,
  nameAt,
  noCounts,
  objectAt,
  objectsAt,
  oldest,
  type Placed,
  requiredName,
  type Source,
  tally,
  timeAt,
  unsupported,
} from "./document.ts";
import type { ReportedFlaw, ReportedSubject, ScannerReport } from "./model.ts";
import { packageOf } from "./packages.ts";
import { pathInImage } from "./paths.ts";
import { severityOfWord } from "./severity.ts";

export function isGoogle(root: unknown): boolean {
  if (Array.isArray(root)) return root.length > 0 && root.every(isOccurrence);
  if (!isObject(root)) return false;
  if (Array.isArray(root.occurrences)) return root.occurrences.every(isOccurrence);
  return "package_vulnerability_summary" in root || ("image_summary" in root && "discovery_summary" in root);
}

function isOccurrence(item: unknown): boolean {
  return isObject(item) && "noteName" in item && ("resourceUri" in item || "vulnerability" in item);
}

/** @throws Problem where it is broken, or of a scan that did not end */
export function readGoogle(root: unknown, source: Source): ScannerReport {
  const described = isObject(root) && !Array.isArray(root.occurrences);
  const occurrences = described ? describedOccurrences(root, source) : listedOccurrences(root, source);
  const named = described ? describedName(root, source) : undefined;
  const unread = noCounts();
  const targets = new Map<
    string,
    { subject: ReportedSubject; flaws: ReportedFlaw[]; suppressed: Record<string, number> }
  >();
  const scanned: (string | undefined)[] = [];
  const updated: (string | undefined)[] = [];
  const targetOf = (name: string) => {
    const plain = name.replace(/^https:\/\//, "");
    const digest = digestIn(plain);
    const target = targets.get(plain) ?? {
      subject: { kind: "image" as const, name: plain, manifests: digest === undefined ? [] : [digest] },
      flaws: [],
      suppressed: noCounts(),
    };
    targets.set(plain, target);
    return target;
  };
  if (named !== undefined) targetOf(named);
  for (const { value, at } of occurrences) {
    const kind = nameAt(source, value.kind, `${at}.kind`) ?? ("vulnerability" in value ? "VULNERABILITY" : "");
    const uri = nameAt(source, value.resourceUri, `${at}.resourceUri`) ?? named;
    if (uri === undefined) tally(unread, "occurrences of no resource");
    else if (kind === "VULNERABILITY") {
      const target = targetOf(uri);
      const assessment = objectAt(source, objectAt(source, value.vulnerability, at).vexAssessment, at);
      const state = assessment.state;
      if (state === "NOT_AFFECTED" || state === "FIXED")
        tally(target.suppressed, state.toLowerCase().replace("_", " "));
      else append(target.flaws, flawsOf(value, at, source));
      updated.push(timeAt(source, value.updateTime, `${at}.updateTime`));
    } else if (kind === "DISCOVERY") {
      targetOf(uri);
      scanned.push(scanTimeOf(value, at, source));
    } else tally(unread, "occurrences of other kinds");
  }
  if (!described && isObject(root) && typeof root.nextPageToken === "string" && root.nextPageToken !== "") {
    tally(unread, "further pages of occurrences");
  }
  const observedAt = oldest(scanned) ?? oldest(updated);
  return {
    place: source.path,
    format: described ? "Google image description" : "Google occurrences",
    tool: { name: "Google Artifact Analysis" },
    ...(observedAt === undefined ? {} : { observedAt }),
    targets: [...targets.values()].map((target) => ({ ...target, results: [] })),
    unread,
  };
}

function listedOccurrences(root: unknown, source: Source): Placed<Untyped>[] {
  return Array.isArray(root)
    ? objectsAt(source, root, "")
    : objectsAt(source, objectAt(source, root, "").occurrences, "occurrences");
}

/** By severity, each a list; and what was said of the scan itself. */
function describedOccurrences(root: Untyped, source: Source): Placed<Untyped>[] {
  const at = "package_vulnerability_summary.vulnerabilities";
  const summary = objectAt(source, root.package_vulnerability_summary, "package_vulnerability_summary");
  const found: Placed<Untyped>[] = [];
  for (const [severity, list] of Object.entries(objectAt(source, summary.vulnerabilities, at))) {
    append(found, objectsAt(source, list, `${at}.${lineOf(severity) ?? ""}`));
  }
  const discovery = objectAt(source, root.discovery_summary, "discovery_summary");
  for (const each of objectsAt(source, discovery.discovery, "discovery_summary.discovery")) {
    found.push({ value: { kind: "DISCOVERY", ...each.value }, at: each.at });
  }
  return found;
}

function describedName(root: Untyped, source: Source): string | undefined {
  const image = objectAt(source, root.image_summary, "image_summary");
  const full = nameAt(source, image.fully_qualified_digest, "image_summary.fully_qualified_digest");
  if (full !== undefined) return full;
  const digest = nameAt(source, image.digest, "image_summary.digest");
  if (digest === undefined) return undefined;
  const registry = nameAt(source, image.registry, "image_summary.registry") ?? "";
  const repository = nameAt(source, image.repository, "image_summary.repository") ?? "";
  return `${registry}/${repository}@${digest}`;
}

/** @throws Problem where the scan did not end well: that it found nothing would say nothing */
function scanTimeOf(occurrence: Untyped, at: string, source: Source): string | undefined {
  const own = `${at}.discovery`;
  const discovery = objectAt(source, occurrence.discovery, own);
  const status = nameAt(source, discovery.analysisStatus, `${own}.analysisStatus`);
  if (status !== undefined && status !== "FINISHED_SUCCESS" && status !== "COMPLETE") {
    throw unsupported(
      source,
      `${own}.analysisStatus`,
      `the scan is ${lineOf(status)}`,
      "wait until it is FINISHED_SUCCESS",
    );
  }
  return timeAt(source, discovery.lastScanTime ?? occurrence.updateTime, `${own}.lastScanTime`);
}

/** One a package. */
function flawsOf(occurrence: Untyped, at: string, source: Source): ReportedFlaw[] {
  const own = `${at}.vulnerability`;
  const flaw = objectAt(source, occurrence.vulnerability, own);
  const note = nameAt(source, occurrence.noteName, `${at}.noteName`);
  const id =
    note?.slice(note.lastIndexOf("/") + 1) || requiredName(source, flaw.shortDescription, `${own}.shortDescription`);
  const severity = severityOfWord(flaw.effectiveSeverity ?? flaw.severity);
  const related = listAt(source, flaw.relatedUrls, `${own}.relatedUrls`).map((each) =>
    isObject(each) ? each.url : undefined,
  );
  return objectsAt(source, flaw.packageIssue, `${own}.packageIssue`).map(({ value, at: within }) => {
    const [location] = objectsAt(source, value.fileLocation, `${within}.fileLocation`);
    const path =
      location === undefined
        ? undefined
        : pathInImage(nameAt(source, location.value.filePath, `${location.at}.filePath`));
    const fixed = versionOf(value.fixedVersion, `${within}.fixedVersion`, source);
    const type = nameAt(source, value.packageType, `${within}.packageType`);
    const cpe = nameAt(source, value.affectedCpeUri, `${within}.affectedCpeUri`);
    return {
      ids: [id],
      package: packageOf({
        name: requiredName(source, value.affectedPackage, `${within}.affectedPackage`),
        version: versionOf(value.affectedVersion, `${within}.affectedVersion`, source) ?? "",
        type: type === "OS" || type === undefined ? distributionOf(cpe) : type,
        purl: undefined,
      }),
      ...(path === undefined ? {} : { path }),
      severity: value.effectiveSeverity === undefined ? severity : severityOfWord(value.effectiveSeverity),
      ...(fixed === undefined ? (value.fixedVersion === undefined ? {} : { fixed: [] }) : { fixed: [fixed] }),
      title: lineOf(flaw.shortDescription) ?? id,
      references: addressesOf(related),
    };
  });
}

/** Grafeas' versions; one of another kind than `NORMAL` is none (`MAXIMUM`: there is no fix). */
function versionOf(value: unknown, at: string, source: Source): string | undefined {
  const version = objectAt(source, value, at);
  const kind = version.kind;
  if (kind !== undefined && kind !== "NORMAL") return undefined;
  const full = nameAt(source, version.fullName, `${at}.fullName`);
  if (full !== undefined) return full;
  const name = nameAt(source, version.name, `${at}.name`);
  if (name === undefined) return undefined;
  const revision = nameAt(source, version.revision, `${at}.revision`);
  const { epoch } = version;
  const before = typeof epoch === "number" && Number.isSafeInteger(epoch) && epoch > 0 ? `${epoch}:` : "";
  return `${before}${name}${revision === undefined ? "" : `-${revision}`}`;
}

/** `cpe:/o:debian:debian_linux:12`. */
function distributionOf(cpe: string | undefined): string | undefined {
  return cpe === undefined ? undefined : /^cpe:(?:\/o|2\.3:o):([a-z]{1,20}):/.exec(cpe)?.[1];
}
