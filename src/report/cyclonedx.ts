import { createHash } from "node:crypto";
import { type Asset, assetTitle } from "../core/asset.ts";
import { counted } from "../core/counted.ts";
import type { Finding } from "../core/finding.ts";
import { printable } from "../core/printable.ts";
import type { Report } from "../core/report.ts";
import { type Severity, severityRank } from "../core/severity.ts";
import { inOrder } from "./in-order.ts";
import { itemByItem, jsonPieces, keyByKey } from "./json/pieces.ts";
import { isWebAddress } from "./markup.ts";
import { findingName, unknownText } from "./wording.ts";

/** One advisory, and where it was found. */
interface Vulnerability {
  readonly id: string;
  /** The worst of its findings. */
  finding: Finding;
  /** References of the components that it is in. */
  readonly affects: Set<string>;
}

interface Found {
  readonly assets: Map<string, { readonly asset: Asset; readonly components: Set<string> }>;
  readonly components: Map<string, Finding["matches"]>;
  readonly vulnerabilities: Map<string, Vulnerability>;
  /** Findings about no package. */
  others: number;
}

const severities: Record<Severity, string> = {
  critical: "critical",
  high: "high",
  medium: "medium",
  low: "low",
  negligible: "info",
  unknown: "unknown",
};

const types: Record<Asset["kind"], string> = {
  image: "container",
  rootfs: "operating-system",
  sbom: "application",
  file: "file",
  workload: "application",
  namespace: "application",
  cluster: "platform",
  registry: "platform",
  host: "platform",
};

/**
 * Vulnerabilities of packages as CycloneDX 1.6 (ECMA-424): each advisory once, with the components that it is in, and each
 * asset with those of its components that findings name: it lists no others, so it is no bill of materials (`image sbom`
 * writes one). Baselined findings are in it, excepted ones are not; other findings and what is unknown are told among
 * its properties. In pieces; ends with a line break.
 */
export function* renderCyclonedx(report: Report): Generator<string> {
  const found = foundIn(report);
  const { assets, components, vulnerabilities } = found;
  const program = { type: "application", name: report.tool.name, version: report.tool.version };
  const document = keyByKey({
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${uuidOf(report)}`,
    version: 1,
    metadata: keyByKey({
      timestamp: report.startedAt,
      tools: { components: [program] },
      component: { type: "application", name: printable(report.subject) || ".", "bom-ref": "subject" },
      properties: propertiesOf(report, found),
    }),
    components: chained(
      itemByItem(assets, ([ref, { asset }]) => assetComponent(ref, asset)),
      itemByItem(components, ([ref, matches]) => packageComponent(ref, matches)),
    ),
    dependencies: chained(
      [keyByKey({ ref: "subject", dependsOn: assets.keys() })],
      itemByItem(assets, ([ref, { components: own }]) => keyByKey({ ref, dependsOn: own.values() })),
    ),
    vulnerabilities: itemByItem(vulnerabilities.values(), vulnerabilityOf),
  });
  yield* jsonPieces(document);
  yield "\n";
}

function* chained(...lists: readonly Iterable<unknown>[]): Generator<unknown> {
  for (const list of lists) yield* list;
}

function foundIn(report: Report): Found {
  const found: Found = { assets: new Map(), components: new Map(), vulnerabilities: new Map(), others: 0 };
  for (const { asset, findings, baselined = [] } of inOrder(report.evaluations)) {
    for (const finding of findings) add(found, asset, finding);
    for (const { finding } of baselined) add(found, asset, finding);
  }
  return found;
}

function add(found: Found, asset: Asset, finding: Finding): void {
  const { matches } = finding;
  if (matches.package === undefined) {
    found.others++;
    return;
  }
  const component = `package:${digestOf([matches.purl, matches.package, matches.version])}`;
  if (!found.components.has(component)) found.components.set(component, matches);
  const owner = `asset:${digestOf([asset.kind, asset.id, assetTitle(asset)])}`;
  const known = found.assets.get(owner);
  if (known === undefined) found.assets.set(owner, { asset, components: new Set([component]) });
  else known.components.add(component);
  const id = findingName(finding);
  const vulnerability = found.vulnerabilities.get(id);
  if (vulnerability === undefined) {
    found.vulnerabilities.set(id, { id, finding, affects: new Set([component]) });
    return;
  }
  vulnerability.affects.add(component);
  if (severityRank(finding.severity) < severityRank(vulnerability.finding.severity)) vulnerability.finding = finding;
}

function assetComponent(ref: string, asset: Asset): object {
  return { type: types[asset.kind], "bom-ref": ref, name: printable(assetTitle(asset)) || asset.kind };
}

function packageComponent(ref: string, { package: name = "", version, purl }: Finding["matches"]): object {
  return {
    type: "library",
    "bom-ref": ref,
    name: printable(name) || "unnamed",
    ...(version === undefined ? {} : { version: printable(version) }),
    ...(purl === undefined ? {} : { purl: purl.toWellFormed() }),
  };
}

function vulnerabilityOf({ id, finding, affects }: Vulnerability): unknown {
  const { title, detail, severity, fix, references = [], matches, priority, loaded } = finding;
  const links = references.filter(isWebAddress);
  const others = matches.ids.slice(1);
  return keyByKey({
    "bom-ref": `vulnerability:${digestOf([id])}`,
    id: printable(id),
    ratings: [{ severity: severities[severity] }],
    description: printable(title),
    ...(detail === undefined ? {} : { detail: printable(detail) }),
    ...(fix === undefined ? {} : { recommendation: printable(fix.text) }),
    ...(links.length === 0 ? {} : { advisories: links.map((url) => ({ url: encodeURI(printable(url)) })) }),
    affects: itemByItem(affects, (ref) => ({ ref })),
    properties: [
      { name: "bulkhead:check", value: finding.check },
      ...others.map((other) => ({ name: "bulkhead:alias", value: printable(other) })),
      ...(loaded === undefined ? [] : [{ name: "bulkhead:loaded", value: loaded.state }]),
      ...(priority?.exploited === true ? [{ name: "bulkhead:exploited", value: "true" }] : []),
    ],
  });
}

function* propertiesOf({ evaluations, exitCode }: Report, { others }: Found): Generator<object> {
  yield { name: "bulkhead:exitCode", value: String(exitCode) };
  yield { name: "bulkhead:components", value: "only those with findings" };
  if (others > 0) yield { name: "bulkhead:left-out", value: `${counted(others, "finding")} about no package` };
  for (const evaluation of evaluations) {
    if (evaluation.verdict !== "unknown") continue;
    const value = `${assetTitle(evaluation.asset)}: ${evaluation.check}: ${unknownText(evaluation)}`;
    yield { name: "bulkhead:unknown", value: printable(value) };
  }
}

function digestOf(parts: readonly (string | undefined)[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
}

function uuidOf({ subject, startedAt, tool }: Report): string {
  const hex = digestOf([tool.name, tool.version, subject, startedAt]);
  // Version 8 and the variant of RFC 9562: a form of our own.
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}
