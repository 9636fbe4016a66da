import type { PackageOrigin } from "../../model.ts";
import { originOf } from "../origin.ts";
import { isProjectName } from "./name.ts";
import type { IndexOption } from "./requirement-lines.ts";

/** A package that a requirement names by its place, where the place settles what it is. */
export interface PlacedRequirement {
  readonly name: string;
  readonly version: string;
  readonly origin: PackageOrigin | undefined;
  /** `sha256=HEX` of the address's fragment. */
  readonly hash?: string | undefined;
}

/**
 * `git+https://host/o/r.git@COMMIT#egg=name`, or an archive whose name states a version ("VCS Support" and "Requirement
 * Specifiers" in pip's documentation). Undefined where anybody may move what it means: a branch, an archive without a
 * version.
 */
export function placedRequirement(url: string, name: string | undefined): PlacedRequirement | undefined {
  const [place = "", fragment = ""] = split(url, "#");
  const named = name ?? /(?:^|&)egg=([\w.-]{1,214})/.exec(fragment)?.[1];
  if (named === undefined || !isProjectName(named)) return undefined;
  if (place.startsWith("git+")) {
    const at = place.lastIndexOf("@");
    const commit = at < 0 ? "" : place.slice(at + 1);
    if (!/^[0-9a-f]{40}$/.test(commit)) return undefined;
    return { name: named, version: commit, origin: originOf("git", place.slice("git+".length, at), commit) };
  }
  if (!/^https?:/i.test(place)) return undefined;
  const file = place.slice(place.lastIndexOf("/") + 1);
  // NAME-VERSION-… of a wheel, NAME-VERSION of a source archive ("Source distribution file name").
  const wheel = /^([\w.]{1,214})-([\w.!+]{1,100})(?:-[\w.]{1,100}){3,4}\.whl$/.exec(file);
  const source = /^([\w.-]{1,214})-(\d[\w.!+]{0,100})\.(?:tar\.gz|zip|tar\.bz2)$/.exec(file);
  const version = wheel?.[2] ?? source?.[2];
  const hash = fragment.split("&").find((part) => /^(?:md5|sha\d{1,3})=/.test(part));
  return version === undefined ? undefined : { name: named, version, origin: originOf("url", place), hash };
}

/** Where what states no place is looked for, as the options of all files say. */
export interface Indexes {
  index: PackageOrigin | undefined;
  readonly others: PackageOrigin[];
}

/** Of files; more are none that a person wrote. */
const MOST_INDEXES = 16;

export function addIndex(indexes: Indexes, option: IndexOption, url: string): void {
  const origin = originOf("registry", url);
  if (origin === undefined) return;
  if (option === "index-url") indexes.index = origin;
  else if (indexes.others.length < MOST_INDEXES && indexes.others.every((other) => other.url !== origin.url)) {
    indexes.others.push(origin);
  }
}

function split(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
