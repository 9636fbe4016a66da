import type { Analyser } from "../analyser.ts";
import { binary } from "./binary/binary.ts";
import { javaRelease } from "./binary/java-release.ts";
import { bitnamiSpdx } from "./bitnami/spdx.ts";
import { cargoLock } from "./cargo/cargo-lock.ts";
import { podfileLock } from "./cocoapods/podfile-lock.ts";
import { composerLock } from "./composer/composer-lock.ts";
import { composerInstalled } from "./composer/installed-json.ts";
import { conanLock } from "./conan/conan-lock.ts";
import { condaExplicit, condaLock, pixiLock } from "./conda/conda-lock.ts";
import { condaMeta } from "./conda/conda-meta.ts";
import { condaEnvironment } from "./conda/environment-yml.ts";
import { rDescription } from "./cran/description.ts";
import { renvLock } from "./cran/renv-lock.ts";
import { gemfileLock } from "./gem/gemfile-lock.ts";
import { gemspec } from "./gem/gemspec.ts";
import { goMod } from "./golang/go-mod.ts";
import { goWork } from "./golang/go-work.ts";
import { goVendorModules } from "./golang/vendor-modules.ts";
import { mixLock } from "./hex/mix-lock.ts";
import { rebarLock } from "./hex/rebar-lock.ts";
import { gradleLockfile } from "./maven/gradle-lockfile.ts";
import { jar } from "./maven/jar.ts";
import { mavenPom } from "./maven/pom-xml.ts";
import { sbtLock } from "./maven/sbt-lock.ts";
import { bunBinaryLock, bunLock } from "./npm/bun-lock.ts";
import { denoLock } from "./npm/deno-lock.ts";
import { npm } from "./npm/npm.ts";
import { packageLock } from "./npm/package-lock.ts";
import { pnpmLock } from "./npm/pnpm-lock.ts";
import { yarnLock } from "./npm/yarn-lock.ts";
import { nugetCentralVersions } from "./nuget/central-versions.ts";
import { dotnetDeps } from "./nuget/deps-json.ts";
import { nugetPackagesConfig } from "./nuget/packages-config.ts";
import { nugetPackagesLock } from "./nuget/packages-lock.ts";
import { paketLock } from "./nuget/paket-lock.ts";
import { nugetProjectAssets } from "./nuget/project-assets.ts";
import { pubspecLock } from "./pub/pubspec-lock.ts";
import { pypi } from "./pypi/installed.ts";
import { pdmLock } from "./pypi/pdm-lock.ts";
import { pipfileLock } from "./pypi/pipfile-lock.ts";
import { poetryLock } from "./pypi/poetry-lock.ts";
import { pylock } from "./pypi/pylock.ts";
import { requirements } from "./pypi/requirements.ts";
import { uvLock } from "./pypi/uv-lock.ts";
import { swiftPackageResolved } from "./swift/package-resolved.ts";
import { unreadDatabases } from "./unsupported/databases.ts";
import { unreadLockfiles } from "./unsupported/lockfiles.ts";

/**
 * The analysers of packages that are no distribution's own, but that one may have brought: apart from the others so
 * that the readers of package databases can ask which of a package's files declare something. A new ecosystem is one
 * more line here.
 */
export const languages: readonly Analyser[] = [
  npm,
  binary,
  javaRelease,
  jar,
  packageLock,
  yarnLock,
  pnpmLock,
  bunLock,
  bunBinaryLock,
  denoLock,
  pypi,
  poetryLock,
  uvLock,
  pdmLock,
  pylock,
  pipfileLock,
  requirements,
  cargoLock,
  goMod,
  goVendorModules,
  gemfileLock,
  gemspec,
  composerLock,
  composerInstalled,
  nugetPackagesLock,
  nugetProjectAssets,
  nugetPackagesConfig,
  paketLock,
  dotnetDeps,
  pubspecLock,
  mixLock,
  rebarLock,
  swiftPackageResolved,
  conanLock,
  rDescription,
  renvLock,
  gradleLockfile,
  mavenPom,
  sbtLock,
  goWork,
  nugetCentralVersions,
  podfileLock,
  condaEnvironment,
  condaLock,
  pixiLock,
  condaExplicit,
  condaMeta,
  bitnamiSpdx,
  ...unreadDatabases,
  ...unreadLockfiles,
];
