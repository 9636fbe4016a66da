/** Vulnerabilities in Trivy's SARIF: the package stands in the message, a line a field. */
import { isObject, type Untyped } from "../../core/untyped.ts";
import { addressesOf, lineOf, nameAt, objectAt, objectsAt, type Placed, type Source } from "./document.ts";
import type { ReportedFlaw, ReportedSubject } from "./model.ts";
import { packageOf } from "./packages.ts";
import { pathInImage, pathOfUri } from "./paths.ts";
import { severityOfText, severityOfWord } from "./severity.ts";
import { versionsIn } from "./trivy.ts";

export function isTrivyFlaw(tool: string, rule: Untyped): boolean {
  const properties = rule.properties;
  const tags = isObject(properties) ? properties.tags : undefined;
  return tool === "Trivy" && Array.isArray(tags) && tags.includes("vulnerability");
}

/** Undefined where the message does not say of which package it is: then it is a result like others. */
export function trivyFlawOf(
  { value: result, at }: Placed<Untyped>,
  { id, rule, subject }: { readonly id: string; readonly rule: Untyped; readonly subject: ReportedSubject },
  source: Source,
): ReportedFlaw | undefined {
  const { text } = objectAt(source, result.message, `${at}.message`);
  const fields = typeof text === "string" ? fieldsOf(text) : new Map<string, string>();
  const name = nameAt(source, fields.get("Package"), `${at}.message.text`);
  if (name === undefined) return undefined;
  const properties = objectAt(source, rule.properties, `${at}.rule.properties`);
  const short = objectAt(source, rule.shortDescription, `${at}.rule.shortDescription`);
  const path = placeOf({ value: result, at }, subject, source);
  const stated = severityOfWord(fields.get("Severity"));
  return {
    ids: [id],
    package: packageOf({ name, version: nameAt(source, fields.get("Installed Version"), `${at}.message.text`) ?? "" }),
    ...(path === undefined ? {} : { path }),
    severity: stated === "unknown" ? (severityOfText(properties["security-severity"]) ?? "unknown") : stated,
    fixed: versionsIn(nameAt(source, fields.get("Fixed Version"), `${at}.message.text`)),
    title: lineOf(short.text) ?? id,
    references: addressesOf([rule.helpUri]),
  };
}

/** `Installed Version: 1.2.3`; the first of a name counts. */
function fieldsOf(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.slice(0, 4_096).split("\n")) {
    const colon = line.indexOf(": ");
    const name = line.slice(0, Math.max(0, colon));
    if (colon > 0 && !fields.has(name)) fields.set(name, line.slice(colon + 2).trim());
  }
  return fields;
}

/** Of packages of the distribution it writes the image's name in the place of a path. */
function placeOf({ value: result, at }: Placed<Untyped>, subject: ReportedSubject, source: Source): string | undefined {
  const [first] = objectsAt(source, result.locations, `${at}.locations`);
  if (first === undefined) return undefined;
  const physical = objectAt(source, first.value.physicalLocation, `${first.at}.physicalLocation`);
  const artifact = objectAt(source, physical.artifactLocation, `${first.at}.physicalLocation.artifactLocation`);
  const uri = nameAt(source, artifact.uri, `${first.at}.physicalLocation.artifactLocation.uri`);
  const path = uri === undefined ? undefined : pathOfUri(uri);
  if (subject.kind === "tree") return path;
  const isName = path !== undefined && subject.name.includes(path);
  return isName ? undefined : pathInImage(path);
}
