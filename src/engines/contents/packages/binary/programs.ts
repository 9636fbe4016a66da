import type { Executable } from "./executable.ts";
import { after, amongTexts, type VersionText } from "./version-text.ts";

/**
 * Well-known programs by the version text that they carry. The file's name and the text must both agree: the text
 * alone may stand in any program's data (nginx and node embed OpenSSL, scanners list them all), and the name alone
 * says nothing. Packages are named as Bitnami's advisories name them.
 */
interface Program {
  readonly name: string;
  /** Of the whole base name. */
  readonly files: RegExp;
  readonly version: VersionText;
}

const NUMBERS = /^\d{1,4}(?:\.\d{1,4}){1,3}/;
const THREE_NUMBERS = /\0(\d{1,3}\.\d{1,3}\.\d{1,3})(?=\0)/g;

const programs: readonly Program[] = [
  // The address of its headers is built in, in nearly every build; the inspector names itself in all.
  { name: "node", files: /^(?:node|nodejs|libnode\.so(?:\.\d+)?)$/, version: after("node.js/v", /^\d+\.\d+\.\d+/) },
  {
    name: "python",
    files: /^(?:lib)?python(\d\.\d{1,2})?\d?m?(?:\.so(?:\.\d+)*)?$/,
    version: amongTexts("PYTHONHOME", /[\0/]((\d\.\d{1,2})\.\d{1,2}(?:(?:a|b|rc)\d{1,2})?)\+?(?=\0)/g),
  },
  { name: "nginx", files: /^nginx(?:-debug)?$/, version: after("nginx version: nginx/", NUMBERS) },
  { name: "openresty", files: /^(?:nginx|openresty)$/, version: after("nginx version: openresty/", NUMBERS) },
  {
    // The version stands alone and at the head of the build id: version, build time or host, state and commit.
    name: "redis",
    files: /^redis-(?:server|sentinel|check-aof|check-rdb)$/,
    version: amongTexts("Redis version=%s, bits=", THREE_NUMBERS, /\0(\d[\w.-]{22,128})(?=\0)/g),
  },
  {
    name: "valkey",
    files: /^valkey-(?:server|sentinel|check-aof|check-rdb)$/,
    version: amongTexts("Valkey version=%s, bits=", THREE_NUMBERS, /\0valkey(\d[\w.-]{22,128})(?=\0)/g),
  },
  { name: "postgresql", files: /^postgres$/, version: after("postgres (PostgreSQL) ", /^\d+(?:\.\d+|(?:beta|rc)\d+)/) },
  {
    name: "openssl",
    files: /^(?:openssl|lib(?:ssl|crypto)\.so(?:\.[\da-z]+)*)$/,
    // The date tells the library's own text from what mentions a version: `OpenSSL 1.1.1k  FIPS 25 Mar 2021`.
    version: after(
      "OpenSSL ",
      /^\d{1,9}\.\d{1,9}\.\d{1,9}[a-z]{0,2}(?=[-+.\w]{0,20} {1,2}(?:FIPS )?\d{1,2} [A-Z][a-z]{2} \d{4})/,
    ),
  },
  { name: "apache", files: /^(?:httpd|apache2)$/, version: after("Apache/", /^2(?:\.\d{1,3}){2}/) },
  {
    name: "haproxy",
    files: /^haproxy$/,
    version: after(" version ", /^\d{1,9}\.\d{1,9}(?:\.\d{1,9})?(?=[-+.~\w]{0,40}, released )/),
  },
  { name: "memcached", files: /^memcached$/, version: after("VERSION ", NUMBERS) },
  { name: "mariadb", files: /^(?:mariadbd|mysqld)$/, version: amongTexts("MariaDB", /\0(\d+\.\d+\.\d+)-MariaDB/g) },
  {
    name: "php",
    files: /^(?:php(?:-fpm|-cgi)?(?:\d(?:\.\d{1,2})?)?|libphp\d?(?:\.\d{1,2})?\.so)$/,
    version: after("X-Powered-By: PHP/", /^\d+\.\d+\.\d+/),
  },
  {
    name: "ruby",
    files: /^(?:ruby(?:\d\.\d)?|libruby(?:-\d\.\d)?\.so(?:\.\d+)*)$/,
    version: after("ruby ", /^\d+\.\d+\.\d+(?=(?:p\d+|[a-z]+\d*)? \(\d{4}-\d\d-\d\d )/),
  },
  { name: "bun", files: /^bun$/, version: after("Bun v", /^\d+\.\d+\.\d+(?= \()/) },
  { name: "deno", files: /^deno$/, version: after("Deno/", /^\d+\.\d+\.\d+(?=\+[\da-f]{7})/) },
  { name: "varnish", files: /^varnishd$/, version: after("varnish-", /^\d+\.\d+\.\d+(?= revision )/) },
  { name: "openldap", files: /^slapd$/, version: after("$OpenLDAP: slapd ", /^\d+\.\d+\.\d+/) },
  { name: "git", files: /^git$/, version: after("\0git/", /^\d+\.\d+\.\d+/) },
  { name: "curl", files: /^curl$/, version: after("\0curl/", /^\d+\.\d+\.\d+/) },
  { name: "curl", files: /^libcurl(?:-gnutls)?\.so(?:\.\d+)*$/, version: after("CLIENT libcurl ", /^\d+\.\d+\.\d+/) },
  { name: "busybox", files: /^busybox(?:\.\w+)?$/, version: after("BusyBox v", /^\d+\.\d+\.\d+/) },
  { name: "bash", files: /^bash$/, version: after("@(#)Bash version ", /^\d+\.\d+\.\d+/) },
];

/** Base names of programs that are files without an execute bit, or the later names of a file with many. */
export const programNames: readonly string[] = [
  "busybox",
  ...["3", "1.1", "1.0.2", "1.0.0", "10"].flatMap((version) => [`libssl.so.${version}`, `libcrypto.so.${version}`]),
  ...["2.7", "3.6m", "3.7m", ...Array.from({ length: 12 }, (_, minor) => `3.${minor + 8}`)].map(
    (version) => `libpython${version}.so.1.0`,
  ),
  ...Array.from({ length: 10 }, (_, minor) => `libcurl.so.4.${minor}.0`),
];

/** The program that a file is, by its base name and a text in it. */
export function recogniseProgram(
  basename: string,
  executable: Executable,
  bytes: Buffer,
): { readonly name: string; readonly version: string } | undefined {
  for (const { name, files, version } of programs) {
    const named = files.exec(basename);
    if (named === null) continue;
    const texts = executable.section(".rodata") ?? executable.section(".rdata") ?? bytes;
    const found = version(texts, named[1]) ?? (texts === bytes ? undefined : version(bytes, named[1]));
    if (found !== undefined) return { name, version: found };
  }
  return undefined;
}
