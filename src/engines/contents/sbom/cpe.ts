/** CPE names (NISTIR 7695) of packages whose vendor and product the dictionary of the NVD has under these names. */
import type { Distribution, Package } from "../model.ts";

/** Source package → vendor and product. Only what is one product everywhere; no name is guessed from a package's. */
const PRODUCTS: ReadonlyMap<string, string> = new Map([
  ["apache2", "apache:http_server"],
  ["apk-tools", "alpinelinux:apk-tools"],
  ["bash", "gnu:bash"],
  ["binutils", "gnu:binutils"],
  ["busybox", "busybox:busybox"],
  ["bzip2", "bzip:bzip2"],
  ["coreutils", "gnu:coreutils"],
  ["curl", "haxx:curl"],
  ["expat", "libexpat_project:libexpat"],
  ["git", "git-scm:git"],
  ["glibc", "gnu:glibc"],
  ["gnutls28", "gnu:gnutls"],
  ["gnutls", "gnu:gnutls"],
  ["krb5", "mit:kerberos_5"],
  ["libxml2", "xmlsoft:libxml2"],
  ["musl", "musl-libc:musl"],
  ["ncurses", "gnu:ncurses"],
  ["nginx", "f5:nginx"],
  ["openldap", "openldap:openldap"],
  ["openssh", "openbsd:openssh"],
  ["openssl", "openssl:openssl"],
  ["perl", "perl:perl"],
  ["sqlite3", "sqlite:sqlite"],
  ["sqlite", "sqlite:sqlite"],
  ["sudo", "sudo_project:sudo"],
  ["tar", "gnu:tar"],
  ["util-linux", "kernel:util-linux"],
  ["zlib", "zlib:zlib"],
]);

/** Package type and name → vendor and product. */
const LIBRARIES: ReadonlyMap<string, string> = new Map([
  ["golang stdlib", "golang:go"],
  ["maven org.apache.logging.log4j:log4j-core", "apache:log4j"],
  ["npm lodash", "lodash:lodash"],
  ["pypi django", "djangoproject:django"],
  ["generic node", "nodejs:node.js"],
  ["generic python", "python:python"],
]);

/** CPE 2.3 as a formatted string; undefined where the product is not one of those that are sure. */
export function cpeOf({ type, name, version, source }: Package): string | undefined {
  const product =
    source === undefined ? LIBRARIES.get(`${type} ${name.toLowerCase()}`) : PRODUCTS.get(source.name.toLowerCase());
  if (product === undefined) return undefined;
  const upstream = source === undefined ? version : upstreamVersion(type, source.version);
  return upstream === "" ? undefined : `cpe:2.3:a:${product}:${escaped(upstream)}:*:*:*:*:*:*:*`;
}

/** Without epoch and the distribution's revision: what the dictionary numbers are the project's own releases. */
function upstreamVersion(type: Package["type"], version: string): string {
  const bare = version.slice(version.indexOf(":") + 1);
  const revision = bare.lastIndexOf(type === "apk" ? "-r" : "-");
  return revision <= 0 ? bare : bare.slice(0, revision);
}

/** Letters, digits and the low line stand for themselves (NISTIR 7695, 6.2); what is not ASCII has no place there. */
function escaped(text: string): string {
  return text.replace(/[^A-Za-z0-9_.-]/g, (mark) => (mark > " " && mark <= "~" ? `\\${mark}` : "_"));
}

/** What os-release states, where it has the form of a name of either version. */
export function cpeOfDistribution({ cpeName }: Distribution): string | undefined {
  if (cpeName === undefined || cpeName.length > 512) return undefined;
  // The binding as a URI (2.2) has at most seven parts and no white space.
  return /^cpe:\/[aho](?::[A-Za-z0-9._~%-]*){1,6}$/.test(cpeName) ||
    /^cpe:2\.3:[aho](?::[\w.*~\\-]+){10}$/.test(cpeName)
    ? cpeName
    : undefined;
}
