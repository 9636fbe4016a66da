/** CycloneDX in XML (bom-1.6.xsd) → the shape of the JSON form, as far as its reader looks. */

import { Problem } from "../../../../core/problem.ts";
import type { Untyped } from "../../../../core/untyped.ts";
import { childOf, parseXml, type XmlElement } from "../../../../formats/xml/tree.ts";
import { bounds } from "../bounds.ts";

const NAMESPACE = "http://cyclonedx.org/schema/bom/";

/** @throws Problem `sbom.xml` with line and column */
export function parseCycloneDxXml(text: string, place: string): Untyped | undefined {
  const bom = parseXml(text, {
    depth: bounds.sbomDepth * 4,
    elements: bounds.sbomElements,
    refuse: ({ line, column }, cause) =>
      new Problem({ kind: "input", code: "sbom.xml", place: `${place}:${line}:${column}`, cause }),
  });
  const [, namespace] = [...bom.attributes].find(([, value]) => value.startsWith(NAMESPACE)) ?? [];
  if (bom.name !== "bom" || namespace === undefined) return undefined;
  const metadata = childOf(bom, "metadata");
  const root = metadata === undefined ? undefined : childOf(metadata, "component");
  return {
    bomFormat: "CycloneDX",
    specVersion: namespace.slice(NAMESPACE.length),
    metadata: root === undefined ? {} : { component: jsonForm(root) },
    components: componentsOf(bom),
    dependencies: childrenOf(bom, "dependencies").map((dependency) => ({
      ref: dependency.attributes.get("ref"),
      dependsOn: dependency.children.flatMap(({ attributes }) => attributes.get("ref") ?? []),
    })),
    compositions: childrenOf(bom, "compositions").map((composition) => ({
      aggregate: textOf(composition, "aggregate"),
      assemblies: childrenOf(composition, "assemblies").flatMap(({ attributes }) => attributes.get("ref") ?? []),
    })),
  };
}

/** Recursion is as deep as the elements are nested, which the reader of XML bounds. */
function componentsOf(outer: XmlElement): Untyped[] {
  return childrenOf(outer, "components").map(jsonForm);
}

const TEXTS = ["publisher", "author", "group", "name", "version", "description", "scope", "purl"];

function jsonForm(element: XmlElement): Untyped {
  const texts = TEXTS.map((name) => [name, textOf(element, name)] as const);
  const supplier = childOf(element, "supplier");
  const evidence = childOf(element, "evidence");
  return {
    ...Object.fromEntries(texts),
    type: element.attributes.get("type"),
    "bom-ref": element.attributes.get("bom-ref"),
    ...(supplier === undefined ? {} : { supplier: { name: textOf(supplier, "name") } }),
    hashes: childrenOf(element, "hashes").map((hash) => ({
      alg: hash.attributes.get("alg"),
      content: hash.text.trim(),
    })),
    licenses: childrenOf(element, "licenses").map((choice) =>
      choice.name === "expression"
        ? { expression: choice.text.trim() }
        : { license: { id: textOf(choice, "id"), name: textOf(choice, "name") } },
    ),
    properties: childrenOf(element, "properties").map((property) => ({
      name: property.attributes.get("name"),
      value: property.text.trim(),
    })),
    ...(evidence === undefined
      ? {}
      : {
          evidence: {
            occurrences: childrenOf(evidence, "occurrences").map((occurrence) => ({
              location: textOf(occurrence, "location"),
            })),
          },
        }),
    components: componentsOf(element),
  };
}

function childrenOf(element: XmlElement, name: string): readonly XmlElement[] {
  return childOf(element, name)?.children ?? [];
}

function textOf(element: XmlElement, name: string): string | undefined {
  return childOf(element, name)?.text.trim();
}
