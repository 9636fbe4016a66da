/** Findings of AWS: `ecr describe-image-scan-findings`, basic and enhanced, and `inspector2 list-findings`. */
import { append } from "../../core/append.ts";
import { isObject, type Untyped } from "../../core/untyped.ts";
import {
  addressesOf,
  digestIn,
  lineOf,
  nameAt,
  namesAt,
  noCounts,
  objectAt,
  objectsAt,
  oldest,
  type Placed,
  reasonWord,
  requiredName,
  type Source,
  tally,
  timeAt,
  unsupported,
} from "./document.ts";
import type { ReportedFlaw, ReportedSubject, ReportedTarget, ScannerReport } from "./model.ts";
import { packageOf } from "./packages.ts";
import { pathInImage } from "./paths.ts";
import { severityOfWord } from "./severity.ts";

export function isImageScan(root: Untyped): boolean {
  return "imageScanFindings" in root || ("imageScanStatus" in root && "imageId" in root);
}

export function isInspector(root: Untyped): boolean {
  const { findings } = root;
  return Array.isArray(findings) && findings.every((each) => isObject(each) && "findingArn" in each);
}

/** @throws Problem where it is broken, or of a scan that did not end */
export function readImageScan(root: Untyped, source: Source): ScannerReport {
  const status = objectAt(source, root.imageScanStatus, "imageScanStatus");
  const state = nameAt(source, status.status, "imageScanStatus.status");
  if (state !== undefined && state !== "COMPLETE" && state !== "ACTIVE") {
    throw unsupported(source, "imageScanStatus.status", `the scan is ${lineOf(state)}`, "wait until it is COMPLETE");
  }
  const found = objectAt(source, root.imageScanFindings, "imageScanFindings");
  const id = objectAt(source, root.imageId, "imageId");
  const repository = nameAt(source, root.repositoryName, "repositoryName") ?? "";
  const account = nameAt(source, root.registryId, "registryId");
  const tag = nameAt(source, id.imageTag, "imageId.imageTag");
  const digest = digestIn(nameAt(source, id.imageDigest, "imageId.imageDigest"));
  const subject: ReportedSubject = {
    kind: "image",
    name: `${account === undefined ? "" : `${account}/`}${repository}${tag === undefined ? "" : `:${tag}`}`,
    manifests: digest === undefined ? [] : [digest],
  };
  const enhanced = objectsAt(source, found.enhancedFindings, "imageScanFindings.enhancedFindings");
  const basic = objectsAt(source, found.findings, "imageScanFindings.findings");
  const unread = noCounts();
  const suppressed = noCounts();
  const kept = enhanced.filter((finding) => isOpen(finding, suppressed, unread, source));
  const at =
    timeAt(source, found.imageScanCompletedAt, "imageScanFindings.imageScanCompletedAt") ?? lastObserved(kept, source);
  const targets: ReportedTarget[] = [
    {
      subject,
      flaws: [
        ...basic.map((finding) => basicFlaw(finding, source)),
        ...kept.flatMap((finding) => inspectorFlaws(finding, source)),
      ],
      results: [],
      suppressed,
    },
  ];
  if (typeof root.nextToken === "string") tally(unread, "further pages of findings");
  return {
    place: source.path,
    format: enhanced.length > 0 ? "ECR enhanced scan findings" : "ECR scan findings",
    tool: { name: enhanced.length > 0 ? "Amazon Inspector" : "Amazon ECR" },
    ...(at === undefined ? {} : { observedAt: at }),
    targets,
    unread,
  };
}

/** @throws Problem where it is broken */
export function readInspector(root: Untyped, source: Source): ScannerReport {
  const unread = noCounts();
  const targets = new Map<
    string,
    { subject: ReportedSubject; flaws: ReportedFlaw[]; suppressed: Record<string, number> }
  >();
  const kept: Placed<Untyped>[] = [];
  for (const finding of objectsAt(source, root.findings, "findings")) {
    const { value, at } = finding;
    const resources = objectsAt(source, value.resources, `${at}.resources`);
    const images = resources.flatMap((resource) => imageOf(resource, source) ?? []);
    if (images.length === 0) tally(unread, "findings that are about no image");
    for (const subject of images) {
      const key = JSON.stringify([subject.name, subject.manifests]);
      const target = targets.get(key) ?? { subject, flaws: [], suppressed: noCounts() };
      targets.set(key, target);
      if (!isOpen(finding, target.suppressed, unread, source)) continue;
      kept.push(finding);
      append(target.flaws, inspectorFlaws(finding, source));
    }
  }
  if (typeof root.nextToken === "string") tally(unread, "further pages of findings");
  const observedAt = lastObserved(kept, source);
  return {
    place: source.path,
    format: "Amazon Inspector findings",
    tool: { name: "Amazon Inspector" },
    ...(observedAt === undefined ? {} : { observedAt }),
    targets: [...targets.values()].map((target) => ({ ...target, results: [] })),
    unread,
  };
}

function imageOf(
  { value, at }: Placed<Untyped>,
  source: Source,
): Extract<ReportedSubject, { kind: "image" }> | undefined {
  if (value.type !== "AWS_ECR_CONTAINER_IMAGE") return undefined;
  const details = objectAt(source, value.details, `${at}.details`);
  const own = `${at}.details.awsEcrContainerImage`;
  const image = objectAt(source, details.awsEcrContainerImage, own);
  const repository = nameAt(source, image.repositoryName, `${own}.repositoryName`) ?? "";
  const registry = nameAt(source, image.registry, `${own}.registry`);
  const [tag] = namesAt(source, image.imageTags, `${own}.imageTags`);
  const digest = digestIn(nameAt(source, image.imageHash, `${own}.imageHash`));
  return {
    kind: "image",
    name: `${registry === undefined ? "" : `${registry}/`}${repository}${tag === undefined ? "" : `:${tag}`}`,
    manifests: digest === undefined ? [] : [digest],
  };
}

/** False for one that is suppressed or closed, and for what is no vulnerability of a package: each is counted. */
function isOpen(
  { value, at }: Placed<Untyped>,
  suppressed: Record<string, number>,
  unread: Record<string, number>,
  source: Source,
): boolean {
  const status = nameAt(source, value.status, `${at}.status`);
  if (status !== undefined && status !== "ACTIVE") tally(suppressed, reasonWord(status));
  else if (!isObject(value.packageVulnerabilityDetails)) tally(unread, "findings that are about no package");
  else return true;
  return false;
}

function lastObserved(findings: readonly Placed<Untyped>[], source: Source): string | undefined {
  return oldest(
    findings.map(
      ({ value, at }) =>
        timeAt(source, value.lastObservedAt, `${at}.lastObservedAt`) ??
        timeAt(source, value.updatedAt, `${at}.updatedAt`),
    ),
  );
}

function basicFlaw({ value: item, at }: Placed<Untyped>, source: Source): ReportedFlaw {
  const id = requiredName(source, item.name, `${at}.name`);
  const attributes = new Map(
    objectsAt(source, item.attributes, `${at}.attributes`).map(({ value, at: own }) => [
      nameAt(source, value.key, `${own}.key`),
      typeof value.value === "string" ? value.value.slice(0, 2_048) : undefined,
    ]),
  );
  return {
    ids: [id],
    package: packageOf({
      name: attributes.get("package_name") ?? "",
      version: attributes.get("package_version") ?? "",
      purl: undefined,
    }),
    severity: severityOfWord(item.severity),
    // Whether there is a fix it does not say.
    title: lineOf(item.description) ?? id,
    references: addressesOf([item.uri]),
  };
}

/** One a package. */
function inspectorFlaws({ value: item, at }: Placed<Untyped>, source: Source): ReportedFlaw[] {
  const own = `${at}.packageVulnerabilityDetails`;
  const details = objectAt(source, item.packageVulnerabilityDetails, own);
  const id = requiredName(source, details.vulnerabilityId, `${own}.vulnerabilityId`);
  const related = namesAt(source, details.relatedVulnerabilities, `${own}.relatedVulnerabilities`);
  return objectsAt(source, details.vulnerablePackages, `${own}.vulnerablePackages`).map(({ value, at: within }) => {
    const path = pathInImage(nameAt(source, value.filePath, `${within}.filePath`));
    const fixed = nameAt(source, value.fixedInVersion, `${within}.fixedInVersion`);
    const manager = nameAt(source, value.packageManager, `${within}.packageManager`);
    return {
      ids: [id, ...related],
      package: packageOf({
        name: requiredName(source, value.name, `${within}.name`),
        version: installedVersion(value, within, source),
        // `OS` says no more than that it is of the distribution.
        type: manager === "OS" ? undefined : manager,
        purl: undefined,
      }),
      ...(path === undefined ? {} : { path }),
      severity: severityOfWord(item.severity ?? details.vendorSeverity),
      ...fixesOf(fixed, item.fixAvailable),
      title: lineOf(item.title) ?? lineOf(item.description) ?? id,
      references: addressesOf([
        details.sourceUrl,
        ...(Array.isArray(details.referenceUrls) ? details.referenceUrls : []),
      ]),
    };
  });
}

function fixesOf(fixed: string | undefined, isAvailable: unknown): Pick<ReportedFlaw, "fixed"> {
  if (fixed !== undefined && fixed !== "NotAvailable") return { fixed: [fixed] };
  return isAvailable === "YES" || isAvailable === "PARTIAL" ? {} : { fixed: [] };
}

/** `epoch:version-release`, where a distribution has them. */
function installedVersion(item: Untyped, at: string, source: Source): string {
  const version = nameAt(source, item.version, `${at}.version`) ?? "";
  const release = nameAt(source, item.release, `${at}.release`);
  const { epoch } = item;
  const before = typeof epoch === "number" && Number.isSafeInteger(epoch) && epoch > 0 ? `${epoch}:` : "";
  return `${before}${version}${release === undefined ? "" : `-${release}`}`;
}
