import { accountFiles } from "./accounts/accounts.ts";
import type { Analyser } from "./analyser.ts";
import { type AnalyserLookup, lookupIn } from "./lookup.ts";
import { alpineRelease } from "./os/alpine-release.ts";
import { debianVersion } from "./os/debian-version.ts";
import { dpkgExcludes } from "./os/dpkg-excludes.ts";
import { osRelease } from "./os/os-release.ts";
import { pacman } from "./packages/alpm/pacman.ts";
import { apk } from "./packages/apk/apk.ts";
import { dpkgCopyright } from "./packages/dpkg/copyright.ts";
import { dpkg } from "./packages/dpkg/dpkg.ts";
import { dpkgFiles } from "./packages/dpkg/file-list.ts";
import { goModuleLicense } from "./packages/golang/module-license.ts";
import { languages } from "./packages/languages.ts";
import { rpmContainerManifest } from "./packages/rpm/container-manifest.ts";
import { rpm } from "./packages/rpm/rpm.ts";

/** A new ecosystem is one more line in `packages/languages.ts`, and `npm run generate`. No path is wanted by two (a test holds that). */
export const analysers: readonly Analyser[] = [
  osRelease,
  alpineRelease,
  debianVersion,
  dpkgExcludes,
  accountFiles,
  dpkg,
  dpkgFiles,
  dpkgCopyright,
  apk,
  rpm,
  rpmContainerManifest,
  pacman,
  goModuleLicense,
  ...languages,
];

/**
 * The analyser that reads a file of an image, or undefined for the great majority. Asked for every entry of every
 * layer, so the first look is one Map look-up on the base name.
 *
 * @param path - relative to the root, without a leading slash
 * @param executable - whether the file has an execute bit
 */
export const analyserFor: AnalyserLookup = lookupIn(analysers.filter(({ evidence }) => evidence === "installed"));

/** The same for a folder of source code, where lockfiles count too. */
export const folderAnalyserFor: AnalyserLookup = lookupIn(analysers);
