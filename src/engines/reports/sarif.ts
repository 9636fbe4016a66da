/** SARIF 2.1.0 (OASIS, 27 March 2020) of any tool: each run is one tool's word. */

import type { Severity } from "../../core/severity.ts";
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
import type { ReportedFlaw, ReportedResult, ReportedSubject, ScannerReport } from "./model.ts";
import { pathOfUri, pathWithin, positionOf } from "./paths.ts";
import { isTrivyFlaw, trivyFlawOf } from "./sarif-trivy.ts";
import { severityOfLevel, severityOfText } from "./severity.ts";

const VERSION = "2.1.0";

export function isSarif(root: Untyped): boolean {
  const schema = root.$schema;
  return Array.isArray(root.runs) && ("version" in root || (typeof schema === "string" && schema.includes("sarif")));
}

/** @throws Problem where it is broken, of another version, or of no named tool */
export function readSarif(root: Untyped, source: Source): ScannerReport[] {
  if (root.version !== VERSION)
    throw unsupported(source, "version", `not ${VERSION}, the version of SARIF that is read`);
  return objectsAt(source, root.runs, "runs").map((run) => runOf(run, source));
}

/** A rule, by its id and by its place in the run. */
interface Rules {
  readonly byId: ReadonlyMap<string, Untyped>;
  readonly listed: readonly Untyped[];
}

interface Run {
  readonly tool: string;
  readonly rules: Rules;
  readonly at: string;
  /** What `uriBaseId`s lead to within what was scanned; a base that is an address or absolute is its root. */
  readonly bases: ReadonlyMap<string, string>;
}

function runOf({ value: run, at }: Placed<Untyped>, source: Source): ScannerReport {
  const driver = objectAt(source, objectAt(source, run.tool, `${at}.tool`).driver, `${at}.tool.driver`);
  const name = lineOf(requiredName(source, driver.name, `${at}.tool.driver.name`)) ?? "";
  const version =
    nameAt(source, driver.semanticVersion, `${at}.tool.driver.semanticVersion`) ??
    nameAt(source, driver.version, `${at}.tool.driver.version`);
  const within: Run = { tool: name, rules: rulesOf(run, driver, at, source), at, bases: basesOf(run, at, source) };
  const subject = subjectOf(run, at, source);
  const suppressed = noCounts();
  const unread = noCounts();
  const flaws: ReportedFlaw[] = [];
  const results: ReportedResult[] = [];
  for (const result of objectsAt(source, run.results, `${at}.results`)) {
    const apart = setAside(result, source);
    if (apart !== undefined) tally(suppressed, apart);
    else if (!isStated(result.value)) tally(unread, "results that are no findings");
    else {
      const { rule, id } = ruleOf(result, within, source);
      const flaw = isTrivyFlaw(name, rule) ? trivyFlawOf(result, { id, rule, subject }, source) : undefined;
      if (flaw !== undefined) flaws.push(flaw);
      else results.push(resultOf(result, { id, rule, within }, source));
    }
  }
  const observedAt = dateOf(run, at, source);
  return {
    place: source.path,
    format: `SARIF ${VERSION}`,
    tool: { name, ...(version === undefined ? {} : { version: lineOf(version) ?? "" }) },
    ...(observedAt === undefined ? {} : { observedAt }),
    targets: [{ subject, flaws, results, suppressed }],
    unread,
  };
}

function dateOf(run: Untyped, at: string, source: Source): string | undefined {
  const own = `${at}.invocations`;
  return oldest(
    objectsAt(source, run.invocations, own).map(
      ({ value, at: within }) =>
        timeAt(source, value.endTimeUtc, `${within}.endTimeUtc`) ??
        timeAt(source, value.startTimeUtc, `${within}.startTimeUtc`),
    ),
  );
}

/** Trivy says in the run's properties which image it scanned. */
function subjectOf(run: Untyped, at: string, source: Source): ReportedSubject {
  const own = `${at}.properties`;
  const properties = objectAt(source, run.properties, own);
  const name = nameAt(source, properties.imageName, `${own}.imageName`);
  if (name === undefined) return { kind: "tree", name: "" };
  const config = digestIn(nameAt(source, properties.imageID, `${own}.imageID`));
  const manifests = namesAt(source, properties.repoDigests, `${own}.repoDigests`).flatMap(
    (text) => digestIn(text) ?? [],
  );
  return { kind: "image", name, ...(config === undefined ? {} : { config }), manifests };
}

function rulesOf(run: Untyped, driver: Untyped, at: string, source: Source): Rules {
  const listed = objectsAt(source, driver.rules, `${at}.tool.driver.rules`).map(({ value }) => value);
  const extensions = objectsAt(source, objectAt(source, run.tool, at).extensions, `${at}.tool.extensions`);
  const more = extensions.flatMap(({ value, at: own }) => objectsAt(source, value.rules, `${own}.rules`));
  const byId = new Map<string, Untyped>();
  for (const rule of [...listed, ...more.map(({ value }) => value)]) {
    const { id } = rule;
    if (typeof id === "string" && !byId.has(id)) byId.set(id, rule);
  }
  return { byId, listed };
}

/** Relative bases alone lead anywhere; every other one is where the tool ran, which is taken for the root. */
function basesOf(run: Untyped, at: string, source: Source): ReadonlyMap<string, string> {
  const own = `${at}.originalUriBaseIds`;
  const bases = objectAt(source, run.originalUriBaseIds, own);
  const found = new Map<string, string>();
  for (const [id, value] of Object.entries(bases)) {
    const uri = isObject(value) ? nameAt(source, value.uri, `${own}.${lineOf(id) ?? ""}.uri`) : undefined;
    found.set(id, (uri === undefined ? undefined : pathOfUri(uri)) ?? "");
  }
  return found;
}

/** What the tool, or whoever ran it, does not hold against what was scanned: in which word. */
function setAside({ value: result, at }: Placed<Untyped>, source: Source): string | undefined {
  const inForce = objectsAt(source, result.suppressions, `${at}.suppressions`).find(
    ({ value: { status } }) => status !== "rejected" && status !== "underReview",
  );
  if (inForce !== undefined) {
    const kind = nameAt(source, inForce.value.kind, `${inForce.at}.kind`);
    return kind === undefined ? "suppressed" : `suppressed ${reasonWord(kind)}`;
  }
  // What was there in an earlier run, and is gone.
  return result.baselineState === "absent" ? "absent since the baseline" : undefined;
}

/** `pass`, `notApplicable` and `informational` find nothing (3.27.9). */
function isStated({ kind }: Untyped): boolean {
  return kind === undefined || kind === "fail" || kind === "open" || kind === "review";
}

function ruleOf(
  { value: result, at }: Placed<Untyped>,
  { rules }: Run,
  source: Source,
): { readonly id: string; readonly rule: Untyped } {
  const reference = objectAt(source, result.rule, `${at}.rule`);
  const stated = nameAt(source, result.ruleId ?? reference.id, `${at}.ruleId`);
  const index = result.ruleIndex ?? reference.index;
  const inExtension = isObject(reference.toolComponent);
  const listed = typeof index === "number" && !inExtension ? rules.listed[index] : undefined;
  // A hierarchical id is its rule's with more behind it (3.5.4).
  const rule = (stated === undefined ? undefined : rules.byId.get(stated)) ?? listed ?? {};
  const id = stated ?? (typeof rule.id === "string" ? nameAt(source, rule.id, `${at}.rule`) : undefined) ?? "result";
  return { id, rule };
}

function resultOf(
  { value: result, at }: Placed<Untyped>,
  { id, rule, within }: { readonly id: string; readonly rule: Untyped; readonly within: Run },
  source: Source,
): ReportedResult {
  const message = objectAt(source, result.message, `${at}.message`);
  const short = objectAt(source, rule.shortDescription, `${at}.rule.shortDescription`);
  return {
    kind: isAboutSecrets(rule, within.tool) ? "secret" : "result",
    rule: id,
    title: lineOf(short.text) ?? lineOf(rule.name) ?? lineOf(message.text) ?? id,
    severity: severityOf(result, rule, source, at),
    confidence: result.kind === "open" || result.kind === "review" ? "low" : "medium",
    ...placeOf({ value: result, at }, within, source),
    references: addressesOf([rule.helpUri]),
  };
}

/** Rules for secrets say so by their tags; what these tools find is nothing else. */
function isAboutSecrets(rule: Untyped, tool: string): boolean {
  if (/^(?:gitleaks|trufflehog|detect-secrets)$/i.test(tool)) return true;
  const properties = rule.properties;
  const tags = isObject(properties) && Array.isArray(properties.tags) ? properties.tags : [];
  return tags.some((tag) => tag === "secret" || tag === "secrets");
}

/** A score says more than a level; a result's own level more than its rule's (3.27.10). */
function severityOf(result: Untyped, rule: Untyped, source: Source, at: string): Severity {
  const own = objectAt(source, result.properties, `${at}.properties`);
  const properties = objectAt(source, rule.properties, `${at}.rule.properties`);
  const configuration = objectAt(source, rule.defaultConfiguration, `${at}.rule.defaultConfiguration`);
  return (
    severityOfText(own["security-severity"]) ??
    severityOfText(properties["security-severity"]) ??
    severityOfLevel(result.level ?? configuration.level)
  );
}

function placeOf(
  { value: result, at }: Placed<Untyped>,
  { bases }: Run,
  source: Source,
): Pick<ReportedResult, "path" | "outside" | "line" | "column"> {
  const [first] = objectsAt(source, result.locations, `${at}.locations`);
  if (first === undefined) return {};
  const own = `${first.at}.physicalLocation`;
  const physical = objectAt(source, first.value.physicalLocation, own);
  const artifact = objectAt(source, physical.artifactLocation, `${own}.artifactLocation`);
  const uri = nameAt(source, artifact.uri, `${own}.artifactLocation.uri`);
  if (uri === undefined) return {};
  const base = nameAt(source, artifact.uriBaseId, `${own}.artifactLocation.uriBaseId`);
  const inner = pathOfUri(uri);
  const before = base === undefined ? "" : (bases.get(base) ?? "");
  const path = inner === undefined ? undefined : pathWithin(before === "" ? inner : `${before}/${inner}`);
  if (path === undefined) return { outside: uri };
  const region = objectAt(source, physical.region, `${own}.region`);
  const line = positionOf(region.startLine);
  const column = positionOf(region.startColumn);
  return { path, ...(line === undefined ? {} : { line, ...(column === undefined ? {} : { column }) }) };
}
