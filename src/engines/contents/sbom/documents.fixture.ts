/** Bills of materials as other tools write them, and what is read of them in short. For tests. */
import { readSbom } from "./read.ts";
import type { ReadSbom } from "./sbom.ts";

export function read(document: unknown, place = "sboms/web.json"): ReadSbom {
  return readSbom(Buffer.from(typeof document === "string" ? document : JSON.stringify(document)), place);
}

export function cycloneDx(components: readonly unknown[], more: object = {}): object {
  return { bomFormat: "CycloneDX", specVersion: "1.5", components, ...more };
}

export function spdx(packages: readonly unknown[], relationships: readonly unknown[] = []): object {
  return { spdxVersion: "SPDX-2.3", SPDXID: "SPDXRef-DOCUMENT", name: "x", packages, relationships };
}

export function purlReference(purl: string): object {
  return { externalRefs: [{ referenceCategory: "PACKAGE_MANAGER", referenceType: "purl", referenceLocator: purl }] };
}

/** type name version source path, of each. */
export function shown({ inventory }: ReadSbom): string[] {
  return inventory.packages.map(({ type, name, version, source, path }) =>
    [type, name, version, ...(source === undefined ? [] : [`${source.name}@${source.version}`]), path].join(" "),
  );
}

export function gapsOf({ gaps }: ReadSbom): string[] {
  return gaps.map(({ code, concerns }) => `${code} ${concerns ?? ""}`.trimEnd());
}
