import type { PackageRecord } from "../../model.ts";
import { type PackageList, type PackageStatement, packageList } from "../dependency-graph.ts";
import { identityOf } from "../identity.ts";
import { type Unread, unreadEntries } from "../unread.ts";

/** Packages of conda and of pip in one file, which share names and versions and are not the same. */
export interface CondaPackages {
  /** @param place - for the reader: where it stands */
  add(type: "conda" | "pypi", place: string, stated: Stated): void;
  unread: Unread;
  records(): PackageRecord[];
}

export interface Stated extends Partial<Pick<PackageStatement, "usage" | "direct">> {
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

/** `…/linux-64/numpy-1.21.2-py39hdbf815f_0.tar.bz2#…`: name, version and build (conda docs, "Package naming conventions"). */
export function packageOfUrl(url: string): { readonly name: string; readonly version: string } | undefined {
  const file = url.split(/[#?]/, 1)[0]?.split("/").at(-1) ?? "";
  const match = /^(.{1,1024})-([^-]{1,1024})-[^-]{1,1024}\.(?:tar\.bz2|conda)$/.exec(file);
  return match === null ? undefined : { name: match[1] as string, version: match[2] as string };
}
