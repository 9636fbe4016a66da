/** Syft's own JSON (its schema versions 1 to 16), as `syft -o json` writes it. */
import type { Untyped } from "../../../../core/untyped.ts";
import type { Distribution } from "../../model.ts";
import type { Diagnostics } from "../diagnostics.ts";
import type { ReadDocument } from "../document.ts";
import { type ListedComponent, withinBound } from "../listing.ts";
import { statedDistribution } from "../stated-distribution.ts";
import { asList, asObject, asObjects, asText, asTexts } from "../untyped.ts";

export function isSyft(document: Untyped): boolean {
  return Array.isArray(document.artifacts) && (document.schema !== undefined || document.source !== undefined);
}

export function readSyft(document: Untyped, documentName: string, diagnostics: Diagnostics): ReadDocument {
  const source = asObject(document.source);
  const target = asObject(source?.metadata) ?? asObject(source?.target);
  const name = asText(target?.userInput) ?? asText(source?.name) ?? asText(source?.target);
  const distribution = distributionOf(asObject(document.distro));
  const components = withinBound(asObjects(document.artifacts), "artifacts", diagnostics).map(listed);
  return {
    format: `Syft ${asText(asObject(document.schema)?.version) ?? ""}`.trimEnd(),
    subject: { kind: "other", ...(name === undefined ? {} : { name }) },
    listing: {
      components,
      distributions: distribution === undefined ? [] : [{ place: "distro", distribution }],
      dependencies: dependenciesOf(document),
      others: new Set(),
      documentName,
      ordered: false,
    },
  };
}

/** `id`, `versionID` and so on; the first versions had `name`, `version` and `idLike` as one text. */
function distributionOf(distro: Untyped | undefined): Distribution | undefined {
  const id = asText(distro?.id) ?? asText(distro?.name);
  if (distro === undefined || id === undefined) return undefined;
  const like = distro.idLike;
  const idLike = typeof like === "string" ? like.split(" ").filter(Boolean) : asTexts(like);
  const versionCodename = asText(distro.versionCodename);
  const prettyName = asText(distro.prettyName);
  return statedDistribution(id, asText(distro.versionID) ?? asText(distro.version), {
    ...(idLike.length === 0 ? {} : { idLike }),
    ...(versionCodename === undefined ? {} : { versionCodename }),
    ...(prettyName === undefined ? {} : { prettyName }),
  });
}

function listed(artifact: Untyped, index: number): ListedComponent {
  const name = asText(artifact.name);
  const version = asText(artifact.version);
  const reference = asText(artifact.id);
  const purl = asText(artifact.purl);
  const metadata = asObject(artifact.metadata);
  const architecture = asText(metadata?.architecture);
  const supplier = asText(metadata?.maintainer) ?? asText(metadata?.vendor);
  const module = asText(metadata?.modularityLabel);
  const source = asText(metadata?.originPackage) ?? asText(metadata?.source);
  const sourceVersion = asText(metadata?.sourceVersion);
  return {
    place: `artifacts[${index}]${name === undefined ? "" : ` (${[name, version].filter(Boolean).join(" ").slice(0, 80)})`}`,
    licenses: licensesOf(artifact),
    paths: asObjects(artifact.locations).flatMap(({ path }) => asText(path) ?? []),
    ...(reference === undefined ? {} : { reference }),
    ...(purl === undefined ? {} : { purl }),
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
    ...(supplier === undefined ? {} : { supplier }),
    ...(architecture === undefined ? {} : { architecture }),
    ...(module === undefined ? {} : { module }),
    ...(source === undefined
      ? {}
      : { source: { name: source, ...(sourceVersion === undefined ? {} : { version: sourceVersion }) } }),
  };
}

/** Texts, and from schema 8 on objects. */
function licensesOf(artifact: Untyped): string[] {
  return asList(artifact.licenses).flatMap((license) => {
    const object = asObject(license);
    return asText(license) ?? asText(object?.spdxExpression) ?? asText(object?.value) ?? [];
  });
}

/** `child` needs `parent`: "dependency-of" is said of the parent. */
function dependenciesOf(document: Untyped): Map<string, readonly string[]> {
  const dependencies = new Map<string, string[]>();
  for (const { parent, child, type } of asObjects(document.artifactRelationships)) {
    const [needed, by] = [asText(parent), asText(child)];
    if (type !== "dependency-of" || needed === undefined || by === undefined) continue;
    const before = dependencies.get(by);
    if (before === undefined) dependencies.set(by, [needed]);
    else before.push(needed);
  }
  return dependencies;
}
