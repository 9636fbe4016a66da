import type { PackageRecord } from "../../model.ts";
import { type PackageList, type PackageStatement, packageList } from "../dependency-graph.ts";
import { hexHash } from "../hashes.ts";
import { identityOf } from "../identity.ts";
import { fetchedFrom, gitOrigin, originOf } from "../origin.ts";
import { type Unread, unreadEntries } from "../unread.ts";

/** Packages of conda and of pip in one file, which share names and versions and are not the same. */
export interface CondaPackages {
  /** @param place - for the reader: where it stands */
  add(type: "conda" | "pypi", place: string, stated: Stated): void;
  unread: Unread;
  records(): PackageRecord[];
}

export interface Stated extends Partial<Pick<PackageStatement, "usage" | "direct" | "files" | "fetchedFrom" | "line">> {
  readonly name: string | undefined;
  readonly version: string | undefined;
}

export function condaPackages(): CondaPackages {
  const unread = unreadEntries();
  const lists: Readonly<Record<"conda" | "pypi", PackageList>> = { conda: packageList(), pypi: packageList() };
  return {
    unread,
    add(type, place, { name, version, ...rest }) {
      const identity = identityOf(name, version);
      if ("fault" in identity) unread.add(`${place} ${identity.fault}`);
      else lists[type].add({ type, ...identity, licenses: [], ...rest });
    },
    records: () => [...lists.conda.records(unread), ...lists.pypi.records(unread)],
  };
}

/** Where an archive of conda is from, and its hash: a package has one for each platform. */
export function condaArchive(
  url: string | undefined,
  hashes: { readonly sha256?: string | undefined; readonly md5?: string | undefined },
): Pick<PackageStatement, "files" | "fetchedFrom"> {
  if (url === undefined) return {};
  const place = url.split(/[#?]/, 1)[0] ?? "";
  const parts = place.split("/");
  const [file, platform] = [parts.at(-1) ?? "", parts.at(-2) ?? ""];
  const { sha256, md5 } = {
    ...hexHash("sha256", hashes.sha256).hashes,
    ...hexHash("md5", hashes.md5).hashes,
  } as Record<string, string>;
  const hash = sha256 === undefined ? md5 && `md5:${md5}` : `sha256:${sha256}`;
  return {
    ...(hash === undefined || file === "" ? {} : { files: { [`${platform}/${file}`]: hash } }),
    ...fetchedFrom(originOf("registry", parts.slice(0, -2).join("/"))),
  };
}

/** Where a package of pip is from, as conda's lockfiles write it: an archive of the index, another one, a repository. */
export function pipArchive(
  url: string | undefined,
  sha256: string | undefined,
): Pick<PackageStatement, "files" | "fetchedFrom"> {
  if (url === undefined) return {};
  if (url.startsWith("git+")) return fetchedFrom(gitOrigin(url));
  const place = url.split("#", 1)[0] ?? "";
  const hash = hexHash("sha256", sha256).hashes?.sha256;
  const file = place.slice(place.lastIndexOf("/") + 1);
  const kind = /^https:\/\/files\.pythonhosted\.org\//.test(place)
    ? "registry"
    : place.includes("://")
      ? "url"
      : "file";
  return {
    ...(hash === undefined || file === "" ? {} : { files: { [file]: `sha256:${hash}` } }),
    // Each platform has an archive of its own: the index is what they have in common.
    ...fetchedFrom(originOf(kind, kind === "registry" ? "https://files.pythonhosted.org/" : place)),
  };
}

/** `…/linux-64/numpy-1.21.2-py39hdbf815f_0.tar.bz2#…`: name, version and build (conda docs, "Package naming conventions"). */
export function packageOfUrl(url: string): { readonly name: string; readonly version: string } | undefined {
  const file = url.split(/[#?]/, 1)[0]?.split("/").at(-1) ?? "";
  const match = /^(.{1,1024})-([^-]{1,1024})-[^-]{1,1024}\.(?:tar\.bz2|conda)$/.exec(file);
  return match === null ? undefined : { name: match[1] as string, version: match[2] as string };
}
