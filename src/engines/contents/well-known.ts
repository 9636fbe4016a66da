/**
 * Where the databases of packages and accounts are looked for by name. An image may have a symlink at such a path, or a symlinked folder above
 * it, that leads to a file whose own path tells an analyser nothing: these are followed after merging.
 */
export const wellKnownPaths: readonly string[] = [
  "etc/os-release",
  "usr/lib/os-release",
  "var/lib/dpkg/status",
  "lib/apk/db/installed",
  "usr/lib/apk/db/installed",
  "var/lib/rpm/rpmdb.sqlite",
  "var/lib/rpm/Packages.db",
  "var/lib/rpm/Packages",
  "usr/lib/sysimage/rpm/rpmdb.sqlite",
  "usr/lib/sysimage/rpm/Packages.db",
  "usr/lib/sysimage/rpm/Packages",
  "usr/share/rpm/rpmdb.sqlite",
  "usr/share/rpm/Packages.db",
  "usr/share/rpm/Packages",
  "etc/passwd",
  "etc/shadow",
];
