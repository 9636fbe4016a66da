/**
 * npm's packuments (github.com/npm/registry, docs/REGISTRY-API.md and docs/responses/package-metadata.md), whole or abbreviated
 * (`application/vnd.npm.install-v1+json`), as the registry itself or a mirror serves them. A mirror may leave fields out, and may
 * have times of its own; what it does not serve is not known.
 */
import { isObject, type Untyped } from "../../../core/untyped.ts";
import { hashesOf } from "../../contents/packages/npm/integrity.ts";
import { bounds } from "./bounds.ts";
import type { KeySignature, RegistryDocument, ServedField, VersionEntry } from "./document.ts";
import { broken, countIn, hexIn, listIn, objectIn, objectOf, recordOf, textIn, timeIn, urlIn } from "./fields.ts";

export type PackumentForm = "whole" | "abbreviated";

/** Scripts that run when a package of the registry is installed (docs.npmjs.com, scripts: "Life Cycle Operation Order"). */
export const INSTALL_SCRIPTS: readonly string[] = ["preinstall", "install", "postinstall"];

/** @throws Problem `packages.answer` */
export function readPackument(bytes: Buffer, form: PackumentForm, place: string): RegistryDocument {
  const root = objectOf(bytes, place);
  const name = textIn(root, "name");
  const listed = objectIn(root, "versions");
  if (name === undefined || !isObject(root.versions)) throw broken(place, "no packument: name or versions are missing");
  const names = Object.keys(listed);
  if (names.length > bounds.versions) throw broken(place, `of more than ${bounds.versions} versions`);
  const times = objectIn(root, "time");
  const dated = datesOf(times, names);
  const served = servedBy(root, listed, form);
  const versions = names.map((version) => {
    const manifest = listed[version];
    const at = timeIn(times, version);
    const dates = at === undefined ? {} : dated ? { published: at } : { publishedBefore: at };
    return [version, { ...dates, ...entryOf(manifest, served) }] as const;
  });
  const created = dated ? timeIn(times, "created") : undefined;
  const repository = repositoryOf(root);
  const maintainers = maintainersOf(root);
  const notServed: ServedField[] = dated ? [] : ["published"];
  return {
    type: "npm",
    name,
    ...(created === undefined ? {} : { firstPublished: created }),
    ...(repository === undefined ? {} : { repository }),
    ...(maintainers.length === 0 ? {} : { maintainers }),
    versions: recordOf(versions),
    allVersions: true,
    notServed,
  };
}

/** Days by which a registry's own clock may differ from itself. */
const TOLERANCE = 24 * 60 * 60 * 1000;

/**
 * Whether `time` says when versions were published. The registry's own has `created` and `modified` around all versions. A mirror
 * without them tells when it first had each: no version is younger than that, and more it does not say. Versions that all
 * have one and the same time were put there together, whenever they were published.
 */
function datesOf(times: Untyped, versions: readonly string[]): boolean {
  const created = timeIn(times, "created");
  const modified = timeIn(times, "modified");
  if (created === undefined || modified === undefined) return false;
  const all = versions.flatMap((version) => timeIn(times, version) ?? []);
  if (all.length > 1 && all.every((time) => time === all[0])) return false;
  const [from, to] = [Date.parse(created) - TOLERANCE, Date.parse(modified) + TOLERANCE];
  return all.every((time) => Date.parse(time) >= from && Date.parse(time) <= to);
}

/** Which fields mean something where they are absent. */
interface Served {
  readonly form: PackumentForm;
  readonly deprecated: boolean;
  readonly manifests: boolean;
}

function servedBy(root: Untyped, listed: Untyped, form: PackumentForm): Served {
  const times = objectIn(root, "time");
  // The registry's own documents have these; copies that are put together anew of a few fields have not.
  const isOwn =
    form === "abbreviated"
      ? timeIn(root, "modified") !== undefined
      : textIn(root, "_rev") !== undefined && timeIn(times, "created") !== undefined;
  const someDeprecated = () =>
    Object.values(listed).some((manifest) => isObject(manifest) && Object.hasOwn(manifest, "deprecated"));
  return { form, deprecated: isOwn || someDeprecated(), manifests: isOwn };
}

function entryOf(manifest: unknown, { form, deprecated: tells, manifests }: Served): VersionEntry {
  const dist = objectIn(manifest, "dist");
  const notServed: ServedField[] = [];
  const deprecated = deprecationOf(manifest);
  if (deprecated === undefined && !tells) notServed.push("deprecated");
  const license = licenseOf(manifest);
  if (license === undefined && (form === "abbreviated" || !manifests)) notServed.push("license");
  const scripts = scriptsOf(manifest, { form, manifests });
  if (scripts === undefined) notServed.push("scripts");
  const archive = archiveOf(dist);
  if (archive === undefined) notServed.push("hashes");
  const signatures = signaturesOf(dist);
  const attestations = attestationsOf(dist, signatures !== undefined);
  if (signatures === undefined) notServed.push("signatures");
  if (attestations === undefined) notServed.push("attestations");
  const integrity = textIn(dist, "integrity");
  const unpackedBytes = countIn(dist, "unpackedSize");
  const files = countIn(dist, "fileCount");
  const repository = repositoryOf(manifest);
  return {
    ...(deprecated === undefined ? {} : { deprecated }),
    ...(license === undefined ? {} : { license }),
    ...scripts,
    ...(unpackedBytes === undefined ? {} : { unpackedBytes }),
    ...(files === undefined ? {} : { files }),
    ...(archive === undefined ? {} : { archives: [archive] }),
    ...(repository === undefined ? {} : { repository }),
    ...(attestations === undefined ? {} : { attestations }),
    ...(signatures === undefined ? {} : { signatures }),
    ...(integrity === undefined ? {} : { integrity }),
    ...(notServed.length === 0 ? {} : { notServed }),
  };
}

/** The message; `npm deprecate` with an empty one takes it back. */
function deprecationOf(manifest: unknown): string | undefined {
  const value = isObject(manifest) ? manifest.deprecated : undefined;
  return value === true ? "deprecated" : textIn(manifest, "deprecated");
}

/** As SPDX, or in the two older forms: `{ type, url }`, and a list of such. */
function licenseOf(manifest: unknown): string | undefined {
  const stated = textIn(manifest, "license") ?? textIn(objectIn(manifest, "license"), "type");
  if (stated !== undefined) return stated;
  const all = listIn(manifest, "licenses", 20).flatMap((one) => textIn(one, "type") ?? []);
  return all.length === 0 ? undefined : all.join(" OR ");
}

/** Undefined where it is not known whether there are any. */
function scriptsOf(
  manifest: unknown,
  { form, manifests }: Pick<Served, "form" | "manifests">,
): Pick<VersionEntry, "scripts" | "hasInstallScript"> | undefined {
  const stated = isObject(manifest) ? manifest.hasInstallScript : undefined;
  const has = typeof stated === "boolean" ? stated : undefined;
  const all = isObject(manifest) && isObject(manifest.scripts) ? manifest.scripts : undefined;
  if (form === "abbreviated") return manifests || has !== undefined ? { hasInstallScript: has ?? false } : undefined;
  if (all === undefined && !manifests) return has === undefined ? undefined : { hasInstallScript: has };
  const own = INSTALL_SCRIPTS.flatMap((name) => {
    const command = textIn(all, name);
    return command === undefined ? [] : [[name, command] as const];
  });
  const builds = isObject(manifest) && manifest.gypfile === true;
  return { scripts: recordOf(own), hasInstallScript: own.length > 0 || builds || has === true };
}

function archiveOf(dist: Untyped): { url: string; hashes: Record<string, string> } | undefined {
  const url = urlIn(dist, "tarball");
  const hashes = { ...hexIn(dist, "shasum", "sha1"), ...hashesOf(dist.integrity) };
  return url === undefined || Object.keys(hashes).length === 0 ? undefined : { url, hashes };
}

/** docs.npmjs.com, "About registry signatures". */
function signaturesOf(dist: Untyped): KeySignature[] | undefined {
  const all = listIn(dist, "signatures", bounds.keys).flatMap((one) => {
    const [keyid, sig] = [textIn(one, "keyid"), textIn(one, "sig")];
    return keyid === undefined || sig === undefined ? [] : [{ keyid, sig }];
  });
  return all.length === 0 ? undefined : all;
}

/** A registry that signs what it serves says of each version whether there are attestations. */
function attestationsOf(dist: Untyped, signs: boolean): VersionEntry["attestations"] {
  if (isObject(dist.attestations)) return [textIn(objectIn(dist, "attestations"), "url") ?? ""];
  return signs ? "none" : undefined;
}

function repositoryOf(from: unknown): string | undefined {
  return textIn(from, "repository") ?? textIn(objectIn(from, "repository"), "url");
}

function maintainersOf(root: Untyped): string[] {
  return listIn(root, "maintainers", bounds.maintainers).flatMap((one) => {
    const name = typeof one === "string" ? one.slice(0, bounds.textLength) : textIn(one, "name");
    return name === undefined ? [] : [name];
  });
}
