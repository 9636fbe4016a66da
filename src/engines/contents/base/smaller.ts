/** What a smaller base would leave out: an estimate by the packages' names. */

import type { Package } from "../model.ts";
import { MANAGER_PACKAGES, SHELL_PACKAGES } from "./kind.ts";
import type { BaseKind } from "./model.ts";

export type SmallerKind = "slim" | "distroless" | "static";

/** The smaller kinds that are a step down from a kind, the nearest first. */
export function smallerThan(kind: BaseKind): readonly SmallerKind[] {
  switch (kind) {
    case "full":
      return ["slim", "distroless", "static"];
    case "slim":
    case "alpine":
    case "wolfi":
      return ["distroless", "static"];
    case "distroless":
      return ["static"];
    case "static":
    case "scratch":
      return [];
  }
}

/** What bases for static programs hold: names of time zones, protocols and users, and certificates. */
const STATIC: readonly RegExp[] = [
  /^(?:base-files|netbase|tzdata|tzdata-legacy|media-types|mailcap|ca-certificates|ca-certificates-bundle)$/,
  /^(?:alpine-baselayout|alpine-baselayout-data|alpine-release|alpine-keys|wolfi-baselayout|wolfi-keys)$/,
  /^(?:chainguard-baselayout|setup|filesystem|basesystem|almalinux-release|redhat-release|centos-release)$/,
];

/** What bases without a shell hold besides: the C library and what most programs are linked with. */
const LIBRARIES: readonly RegExp[] = [
  /^(?:libc6|libc-bin|glibc|glibc-common|glibc-minimal-langpack|glibc-locale-posix|ld-linux|musl|musl-utils)$/,
  /^(?:libssl|libcrypto|openssl-libs|openssl-provider)/,
  /^(?:libgcc|libstdc\+\+|libgomp|gcc-\d+-base)/,
  /^(?:zlib|zlib1g|zlib-ng-compat|libz1)$/,
];

/** What full images have beyond slim ones: compilers, headers, version control, media tools, documentation. */
const BUILD: readonly RegExp[] = [
  /-(?:dev|devel|doc|dbg|headers)$/,
  /^(?:gcc|g\+\+|cpp|binutils|make|cmake|patch|dpkg-dev|libtool|autoconf|automake|autotools-dev|pkg-config|pkgconf)(?:$|-)/,
  /^(?:git|git-man|mercurial|mercurial-common|subversion|bzr|openssh-client|imagemagick|manpages|man-db|vim|nano)(?:$|-)/,
  /^(?:perl-modules|libmagick|libperl|python3|default-libmysqlclient|mariadb|librsvg|libwmf|libheif|libopenexr)/,
];

/** Named like a compiler, and what its run-time libraries need. */
const RUNTIME = /^gcc-\d+-base$/;

/** The packages of a base that the smaller kind would do without. */
export function leftOutBy<Item extends Pick<Package, "name">>(kind: SmallerKind, packages: readonly Item[]): Item[] {
  const isKept = (name: string): boolean => {
    switch (kind) {
      case "slim":
        return RUNTIME.test(name) || !BUILD.some((pattern) => pattern.test(name));
      case "distroless":
        return [...STATIC, ...LIBRARIES].some((pattern) => pattern.test(name));
      case "static":
        return STATIC.some((pattern) => pattern.test(name));
    }
  };
  return packages.filter(({ name }) => !isKept(name));
}

/** Which of the names are shells and package managers: what an attacker would look for first. */
export function attackersTools(packages: readonly Pick<Package, "name">[]): string[] {
  const names = new Set(packages.map(({ name }) => name));
  return [...names].filter((name) => SHELL_PACKAGES.has(name) || MANAGER_PACKAGES.has(name)).sort();
}
