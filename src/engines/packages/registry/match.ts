/** Which of a document's versions a lockfile means: ecosystems write one version in several ways. */
import type { PackageType } from "../../contents/model.ts";
import { languageEcosystems } from "../../vulnerability/languages.ts";
import { schemes } from "../../vulnerability/versions/scheme.ts";
import type { RegistryDocument } from "./document.ts";

/** As the document writes it; undefined where it has none that is equal. */
export function versionIn({ type, versions }: RegistryDocument, version: string): string | undefined {
  if (Object.hasOwn(versions, version)) return version;
  // Composer's and Go's lockfiles leave the v out, or write one that the registry does not.
  const other = version.startsWith("v") ? version.slice(1) : `v${version}`;
  if (Object.hasOwn(versions, other)) return other;
  const name = languageEcosystems.find(({ packageType }) => packageType === type)?.scheme;
  const scheme = name === undefined ? undefined : schemes[name];
  const wanted = scheme?.parse(version);
  if (scheme === undefined || wanted === undefined || type === "npm" || type === "cargo") return undefined;
  return Object.keys(versions).find((one) => {
    const parsed = scheme.parse(one);
    return parsed !== undefined && scheme.compare(parsed, wanted) === 0;
  });
}

/** The name as its registry is asked for it. */
export function registryName(type: PackageType, name: string): string {
  if (type === "pypi") return name.toLowerCase().replaceAll(/[-_.]+/g, "-");
  return type === "nuget" || type === "composer" ? name.toLowerCase() : name;
}
