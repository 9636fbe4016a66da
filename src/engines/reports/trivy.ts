/** Trivy's JSON of schema 2: `image`, `filesystem`, `repository`, `rootfs`, `sbom`. */
import type { Untyped } from "../../core/untyped.ts";
import {
  addressesOf,
  broken,
  digestIn,
  lineOf,
  nameAt,
  namesAt,
  noCounts,
  objectAt,
  objectsAt,
  reasonWord,
  requiredName,
  type Source,
  tally,
  timeAt,
  unsupported,
} from "./document.ts";
import type { ReportedFlaw, ReportedResult, ReportedSubject, ReportedTarget, ScannerReport } from "./model.ts";
import { packageOf } from "./packages.ts";
import { pathInImage, pathWithin, positionOf } from "./paths.ts";
import { severityOfWord } from "./severity.ts";

const SCHEMA = 2;

/** Also what is of another version, or of a cluster: which is told when it is read. */
export function isTrivy(root: unknown): root is Untyped {
  if (typeof root !== "object" || root === null) return false;
  if (Array.isArray(root)) return root.length > 0 && isOldResult(root[0]);
  return "SchemaVersion" in root || "ClusterName" in root;
}

/** Before schema 2 a report was the list of its results. */
function isOldResult(item: unknown): boolean {
  return typeof item === "object" && item !== null && "Target" in item;
}

/** @throws Problem where it is broken, or of a version or a kind that is not known */
export function readTrivy(root: Untyped, source: Source): ScannerReport {
  if (Array.isArray(root)) {
    throw unsupported(source, "", "a Trivy report from before schema version 2", "write it with Trivy 0.20 or later");
  }
  if ("ClusterName" in root) {
    throw unsupported(source, "", "a Trivy report of a cluster", "use `bulkhead check --cluster`");
  }
  if (root.SchemaVersion !== SCHEMA) {
    throw unsupported(source, "SchemaVersion", `not ${SCHEMA}, the version of Trivy's schema that is read`);
  }
  const observedAt = timeAt(source, root.CreatedAt, "CreatedAt");
  const own = objectAt(source, root.Trivy, "Trivy");
  const version = nameAt(source, own.Version, "Trivy.Version");
  const unread = noCounts();
  return {
    place: source.path,
    format: "Trivy JSON",
    tool: { name: "Trivy", ...(version === undefined ? {} : { version }) },
    ...(observedAt === undefined ? {} : { observedAt }),
    targets: targetsOf(root, source, unread),
    unread,
  };
}

function targetsOf(root: Untyped, source: Source, unread: Record<string, number>): ReportedTarget[] {
  const subject = subjectOf(root, source);
  const flaws: ReportedFlaw[] = [];
  const results: ReportedResult[] = [];
  const suppressed = noCounts();
  for (const { value: result, at } of objectsAt(source, root.Results, "Results")) {
    const within: Within = { subject, target: requiredName(source, result.Target, `${at}.Target`), result, at };
    for (const { value, at: own } of objectsAt(source, result.Vulnerabilities, `${at}.Vulnerabilities`)) {
      flaws.push(flawOf(value, own, within, source));
    }
    for (const { value, at: own } of objectsAt(source, result.Misconfigurations, `${at}.Misconfigurations`)) {
      const status = nameAt(source, value.Status, `${own}.Status`) ?? "FAIL";
      if (status === "FAIL") results.push(misconfigurationOf(value, own, within, source));
      else if (status !== "PASS") tally(suppressed, reasonWord(status));
    }
    for (const { value, at: own } of objectsAt(source, result.Secrets, `${at}.Secrets`)) {
      results.push(secretOf(value, own, within, source));
    }
    for (const key of ["ExperimentalModifiedFindings", "ModifiedFindings"]) {
      for (const { value, at: own } of objectsAt(source, result[key], `${at}.${key}`)) {
        tally(suppressed, reasonWord(nameAt(source, value.Status, `${own}.Status`)));
      }
    }
    tally(unread, "licenses", objectsAt(source, result.Licenses, `${at}.Licenses`).length);
    tally(unread, "custom resources", objectsAt(source, result.CustomResources, `${at}.CustomResources`).length);
  }
  return [{ subject, flaws, results, suppressed }];
}

function subjectOf(root: Untyped, source: Source): ReportedSubject {
  const metadata = objectAt(source, root.Metadata, "Metadata");
  const name = nameAt(source, root.ArtifactName, "ArtifactName") ?? "";
  const config = digestIn(nameAt(source, metadata.ImageID, "Metadata.ImageID"));
  const manifests = namesAt(source, metadata.RepoDigests, "Metadata.RepoDigests").flatMap(
    (text) => digestIn(text) ?? [],
  );
  const isImage = root.ArtifactType === "container_image" || config !== undefined || manifests.length > 0;
  if (!isImage) return { kind: "tree", name };
  const [tag] = namesAt(source, metadata.RepoTags, "Metadata.RepoTags");
  return { kind: "image", name: tag ?? name, ...(config === undefined ? {} : { config }), manifests };
}

interface Within {
  readonly subject: ReportedSubject;
  /** A path, or what the operating system's packages are called together. */
  readonly target: string;
  readonly result: Untyped;
  readonly at: string;
}

function flawOf(
  item: Untyped,
  at: string,
  { subject, target, result, at: within }: Within,
  source: Source,
): ReportedFlaw {
  const id = requiredName(source, item.VulnerabilityID, `${at}.VulnerabilityID`);
  const identifier = objectAt(source, item.PkgIdentifier, `${at}.PkgIdentifier`);
  const path = nameAt(source, item.PkgPath, `${at}.PkgPath`) ?? lockfileOf(result, target);
  const placed = path === undefined ? undefined : subject.kind === "image" ? pathInImage(path) : pathWithin(path);
  return {
    ids: [id, ...namesAt(source, item.VendorIDs, `${at}.VendorIDs`)],
    package: packageOf({
      name: requiredName(source, item.PkgName, `${at}.PkgName`),
      version: nameAt(source, item.InstalledVersion, `${at}.InstalledVersion`) ?? "",
      type: nameAt(source, result.Type, `${within}.Type`),
      purl: nameAt(source, identifier.PURL, `${at}.PkgIdentifier.PURL`),
    }),
    ...(placed === undefined ? {} : { path: placed }),
    severity: severityOfWord(item.Severity),
    fixed: versionsIn(nameAt(source, item.FixedVersion, `${at}.FixedVersion`)),
    title: lineOf(item.Title) ?? id,
    references: addressesOf([item.PrimaryURL, ...(Array.isArray(item.References) ? item.References : [])]),
  };
}

/** Packages of an operating system, and of formats whose files Trivy takes together (`Node.js`, `Java`), are of no file. */
function lockfileOf(result: Untyped, target: string): string | undefined {
  const isFile = result.Class === "lang-pkgs" && target !== "Node.js" && /[./]/.test(target);
  return isFile ? target : undefined;
}

/** One for each branch: `1.2.6, 0.2.4`. */
export function versionsIn(text: string | undefined): string[] {
  return (text ?? "")
    .split(",")
    .map((version) => version.trim())
    .filter((version) => version !== "")
    .slice(0, 5);
}

function misconfigurationOf(item: Untyped, at: string, within: Within, source: Source): ReportedResult {
  const cause = objectAt(source, item.CauseMetadata, `${at}.CauseMetadata`);
  const rule = nameAt(source, item.ID, `${at}.ID`) ?? nameAt(source, item.AVDID, `${at}.AVDID`);
  if (rule === undefined) throw broken(source, `${at}.ID`, "missing");
  return {
    kind: "result",
    rule,
    title: lineOf(item.Message) ?? lineOf(item.Title) ?? rule,
    ...placedResult(within, positionOf(cause.StartLine)),
    severity: severityOfWord(item.Severity),
    references: addressesOf([item.PrimaryURL]),
  };
}

/** What matched is left where it is. */
function secretOf(item: Untyped, at: string, within: Within, source: Source): ReportedResult {
  const rule = requiredName(source, item.RuleID, `${at}.RuleID`);
  return {
    kind: "secret",
    rule,
    title: lineOf(item.Title) ?? rule,
    ...placedResult(within, positionOf(item.StartLine)),
    severity: severityOfWord(item.Severity),
    references: [],
  };
}

function placedResult(
  { subject, target }: Within,
  line: number | undefined,
): Pick<ReportedResult, "path" | "outside" | "line" | "confidence"> {
  const path = subject.kind === "image" ? pathInImage(target) : pathWithin(target);
  return {
    ...(path === undefined ? { outside: target } : { path }),
    ...(path === undefined || line === undefined ? {} : { line }),
    confidence: "medium",
  };
}
