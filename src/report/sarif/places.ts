import type { Asset } from "../../core/asset.ts";
import type { Location } from "../../core/location.ts";
import type { Report } from "../../core/report.ts";
import { inRepository, sourcePath } from "../source-path.ts";

/** The root of the repository (SARIF 2.1.0, 3.14.14): which directory that is, whoever reads the log knows. */
export const SOURCE_ROOT = "%SRCROOT%";

export type Root = Pick<Report, "directory">;

export function locationOf(location: Location, asset: Asset, root: Root): object {
  switch (location.kind) {
    case "file": {
      const { path, line, column } = location;
      return inRepository(asset) ? sourceFile(root, path, line, column) : physical(path, line, column);
    }
    case "image": {
      const inside = { fullyQualifiedName: `${asset.name}!/${location.path}`, kind: "resource" };
      return { ...physical(location.path), logicalLocations: [logical(asset), inside] };
    }
    case "config":
      return {
        ...physical(asset.name),
        logicalLocations: [logical(asset), { fullyQualifiedName: `${asset.name}!${location.field}`, kind: "property" }],
      };
    case "object": {
      const { object, field, place } = location;
      const known = { name: object, fullyQualifiedName: `${asset.id}!${object}`, kind: "resource" };
      const within = { name: field, fullyQualifiedName: `${asset.id}!${object}!${field}`, kind: "property" };
      return {
        ...(place === undefined ? physical(asset.name) : sourceFile(root, place.path, place.line, place.column)),
        logicalLocations: [logical(asset), known, ...(field === undefined ? [] : [within])],
      };
    }
  }
}

/** Where something is that could not be evaluated. */
export function assetLocation(asset: Asset, root: Root): object {
  const place = asset.kind === "file" ? sourceFile(root, asset.name) : physical(asset.name);
  return { ...place, logicalLocations: [logical(asset)] };
}

/** A line of a file of the repository. */
export function sourceFile(root: Root, path: string, line?: number, column?: number): object {
  return physical(sourcePath(root, path), line, column, path.startsWith("/") ? {} : { uriBaseId: SOURCE_ROOT });
}

/** Code scanning services show nothing without a file and a line, so what has no line is given the first. */
export function physical(path: string, line = 1, column?: number, base: object = {}): object {
  return {
    physicalLocation: {
      artifactLocation: { uri: relativeUri(path), ...base },
      region: { startLine: line, ...(column === undefined ? {} : { startColumn: column }) },
    },
  };
}

/** A relative reference (RFC 3986, 4.2): encoded, so that no component can be taken for a scheme or a query. */
export function relativeUri(path: string): string {
  const components = path.split("/").filter((component) => component !== "" && component !== ".");
  return components.map((component) => encodeURIComponent(component.toWellFormed())).join("/") || ".";
}

function logical(asset: Asset): object {
  return { name: asset.name, fullyQualifiedName: asset.id, kind: asset.kind === "file" ? "resource" : "module" };
}
