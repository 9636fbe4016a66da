/** What licences are called where nobody asked for SPDX's ids: package managers' fields, trove classifiers, DEP-5. */
import { trimEndOf } from "../../../core/trim.ts";
import type { LicenseTerm } from "../model.ts";
import { parseLicenseExpression } from "./expression.ts";
import { termOf } from "./terms.ts";

/**
 * The licence that one name means, or undefined. Where a name leaves open which of two it is (`BSD`), both must be
 * acceptable: that is `and`.
 */
export function spelledLicense(text: string): LicenseTerm | undefined {
  const listed = parseLicenseExpression(text);
  if (listed !== undefined) return termOf(listed);
  const addressed = ofAddress(text);
  if (addressed !== undefined) return addressed;
  const key = keyOf(text);
  return gnuLicense(key) ?? gnuDocumentation(key) ?? named(key) ?? withoutRemark(text) ?? ofVariant(text);
}

/**
 * Debian's files number and name the copies of one license: `BSD-3-clause-Google`, `Expat~2`, `public-domain-md5`. Names
 * are what SPDX takes for replaceable; a variant is another license.
 */
function ofVariant(text: string): LicenseTerm | undefined {
  const match = /^(bsd-[234]-clause|public-domain|mit|expat)([-~][a-z0-9_.-]{1,40})$/i.exec(text.trim());
  const [, base = "", suffix = ""] = match ?? [];
  if (match === null || OTHER_TERMS.test(suffix)) return undefined;
  // Of MIT there are many of other words: a number alone says that it is a copy.
  return /^(?:mit|expat)$/i.test(base) && !/^[-~]\d{1,2}$/.test(suffix) ? undefined : named(keyOf(base));
}

const OTHER_TERMS =
  /variant|style|like|modified|patent|attribution|advert|export|nuclear|views|military|with|and|or|~?no\b|non|alike/i;

/** `gfdl1.3+`, and `gfdlniv1.3+` without invariant sections, as DEP-5 calls it. */
function gnuDocumentation(key: string): LicenseTerm | undefined {
  const match = /^(?:g?fdl|freedocumentation)(niv?|noinvariants?)?(\d\.\d)(\+|only|orlater)?$/.exec(key);
  if (match === null) return undefined;
  const [, free, version, suffix] = match;
  const later = suffix === "+" || suffix === "orlater" ? "or-later" : "only";
  const parsed = parseLicenseExpression(`GFDL-${version}${free === undefined ? "" : "-no-invariants"}-${later}`);
  return parsed === undefined ? undefined : termOf(parsed);
}

/** `GNU Lesser General Public License v3 (LGPLv3)`: the remark says the same again, or what the name leaves open. */
function withoutRemark(text: string): LicenseTerm | undefined {
  const open = text.indexOf("(");
  if (open < 0) return undefined;
  const close = text.indexOf(")", open);
  if (close < 0) return undefined;
  const name = keyOf(`${text.slice(0, open)} ${text.slice(close + 1)}`);
  return gnuLicense(name) ?? named(name);
}

function named(key: string): LicenseTerm | undefined {
  const expression = NAMES.get(key);
  const parsed = expression === undefined ? undefined : parseLicenseExpression(expression);
  return parsed === undefined ? undefined : termOf(parsed);
}

/** Lower case without blanks, punctuation and the words that names have or lack as they please. */
function keyOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/[\s,]+/g, " ")
    .replace(/>= ?(\d[\d.]{0,8})/g, "$1+")
    .replace(OR_LATER, "+")
    .split(/[^a-z0-9.+]+/)
    .filter((word) => !FILLERS.has(word))
    .join("")
    .replace(/v(?=\d)/g, "")
    .replace(/\.$/, "");
}

const OR_LATER = / \(?(?:or|and) (?:\(?at your option\)? )?(?:any )?(?:later|newer|greater|above)(?: versions?)?\)?/g;

const FILLERS: ReadonlySet<string> = new Set([
  ...[
    "",
    "the",
    "a",
    "license",
    "licence",
    "licenses",
    "licensed",
    "under",
    "terms",
    "of",
    "version",
    "software",
    "gnu",
  ],
  ...["open", "source", "inc", "agreement"],
]);

/** `gplv2+`, `lgpl2.1`, `affero general public license 3`; without a version any may be chosen (GPL, section 9 or 14). */
function gnuLicense(key: string): LicenseTerm | undefined {
  const match =
    /^(a|l|affero|lesser|library|lesserlibrary|libraryorlesser)?(?:gpl|generalpublic)(?:gpl)?(\d)?(?:\.(\d))?(?:\.0)?(\+|only|orlater)?$/.exec(
      key,
    );
  if (match === null) return undefined;
  const [, kind, major, minor = "0", suffix] = match;
  const family = kind === undefined ? "GPL" : kind.startsWith("a") ? "AGPL" : "LGPL";
  const version = major === undefined ? (family === "LGPL" ? "2.0" : "1.0") : `${major}.${minor}`;
  const later = major === undefined || suffix === "+" || suffix === "orlater";
  const parsed = parseLicenseExpression(`${family}-${version}${later ? "-or-later" : "-only"}`);
  return parsed === undefined ? undefined : termOf(parsed);
}

/** The places where licences' texts are published name them. */
function ofAddress(text: string): LicenseTerm | undefined {
  const address = /^<?https?:\/\/(?:www\.)?([a-z.]{1,40})\/([\w./-]{1,100})>?$/i.exec(text.trim());
  if (address === null) return undefined;
  const [, host = "", path = ""] = address;
  const last = trimEndOf(path, "/")
    .replace(/\.(?:html?|txt|php|json|en)$/, "")
    .split("/")
    .at(-1) as string;
  switch (host.toLowerCase()) {
    case "spdx.org":
    case "opensource.org":
    case "choosealicense.com":
    case "gnu.org": {
      const listed = parseLicenseExpression(last);
      return listed === undefined ? (gnuLicense(keyOf(last)) ?? named(keyOf(last))) : termOf(listed);
    }
    case "apache.org":
      return /^license-2\.0$/i.test(last) ? named("apache2") : undefined;
    case "eclipse.org":
      return /^epl-(?:v10|v20|2\.0)$/i.test(last) ? named(last.includes("10") ? "epl1" : "epl2") : undefined;
    case "mozilla.org":
      return path.includes("MPL/2.0") ? named("mpl2") : path.includes("MPL/1.1") ? named("mpl1.1") : undefined;
    case "creativecommons.org":
      return path.startsWith("publicdomain/zero/1.0") ? named("cc0") : undefined;
    case "unlicense.org":
      return named("unlicense");
    default:
      return undefined;
  }
}

/** keyOf of the names → an expression of ids. */
const NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "Apache-2.0": [
      ...[
        "apache",
        "apache2",
        "apache2.0",
        "apache2.0.0",
        "apachefoundation2.0",
        "asl",
        "asl2",
        "asl2.0",
        "al2",
        "al2.0",
      ],
      ...["apachepublic2.0", "apacheasl2.0"],
    ],
    "Apache-1.1": ["apache1.1", "asl1.1"],
    MIT: [
      "mit",
      "expat",
      "mitx11",
      "x11mit",
      "expatmitx11",
      "mitexpat",
      "expatmit",
      "mitlike",
      "massachusettsinstitutetechnology",
    ],
    "BSD-2-Clause AND BSD-3-Clause": ["bsd", "berkeleydistribution"],
    "BSD-3-Clause": [
      ...["newbsd", "bsdnew", "modifiedbsd", "bsdmodified", "revisedbsd", "bsdrevised", "3clausebsd", "bsd3clause"],
      ...["bsd3", "3bsd", "bsdthreeclause", "threeclausebsd", "bsd3clausenew", "bsdneworrevised", "edl1.0"],
      ...["eclipsedistribution1.0", "eclipsedistribution1.0edl", "3clausebsdnew", "newbsd3clause"],
    ],
    "BSD-2-Clause": ["simplifiedbsd", "bsdsimplified", "freebsd", "2clausebsd", "bsd2clause", "bsd2", "bsdtwoclause"],
    "BSD-4-Clause": ["originalbsd", "bsdoriginal", "bsd4clause", "4clausebsd", "bsdwithadvertising"],
    "0BSD": ["zeroclausebsd", "bsdzeroclause", "bsd0clause"],
    ISC: ["isc", "iscl"],
    "PSF-2.0": ["psf", "psf2", "psfl", "python", "pythonfoundation", "psf2.0", "pythonpsf"],
    "Python-2.0": ["python2", "python2.0"],
    "MPL-1.0": ["mpl1", "mpl1.0", "mozillapublic1.0"],
    "MPL-1.1": ["mpl1.1", "mozillapublic1.1", "mozillapublic1.1mpl1.1"],
    "MPL-2.0": ["mpl2", "mpl2.0", "mozillapublic2.0", "mozillapublic2", "mozillapublic2.0mpl2.0", "mplv2.0"],
    "EPL-1.0": ["epl1", "epl1.0", "eclipsepublic1.0", "eclipsepublic1"],
    "EPL-2.0": ["epl2", "epl2.0", "eclipsepublic2.0", "eclipsepublic2"],
    "CDDL-1.0": ["cddl", "cddl1", "cddl1.0", "commondevelopmentanddistribution1.0"],
    "CDDL-1.1": ["cddl1.1", "commondevelopmentanddistribution1.1"],
    "CPL-1.0": ["cpl", "cpl1.0", "commonpublic1.0"],
    Zlib: ["zlib", "zliblibpng", "libpngzlib"],
    Unlicense: ["unlicense"],
    "CC0-1.0": ["cc0", "cc01.0", "cc01.0universal", "cc0publicdomaindedication", "creativecommonszero"],
    WTFPL: ["wtfpl", "wtfpl2", "dowhatthefuckyouwanttopublic"],
    "BSL-1.0": ["boost", "boost1.0", "bsl1.0"],
    "BUSL-1.1": ["busl1.1", "businesssource1.1", "bsl1.1"],
    "SSPL-1.0": ["sspl", "sspl1", "serversidepublic", "serversidepublic1"],
    "Elastic-2.0": ["elastic2.0", "elastic2", "elv2", "el2"],
    "Artistic-2.0": ["artistic2", "artistic2.0"],
    "Artistic-1.0": ["artistic1", "artistic1.0"],
    // Without a version, in distributions and on CPAN, it is the text that Perl has, as in Debian's common-licenses.
    "Artistic-1.0-Perl": ["artistic"],
    "Artistic-1.0-Perl OR GPL-1.0-or-later": ["perl", "perl5", "sameasperl"],
    "OFL-1.1": ["ofl", "ofl1.1", "silopenfont1.1", "silofl1.1", "silfont1.1", "openfont1.1", "silopenfont"],
    "OLDAP-2.8": ["openldap", "openldap2.8", "openldappublic2.8"],
    "ZPL-2.1": ["zpl", "zpl2.1", "zopepublic", "zopepublic2.1"],
    "Ubuntu-font-1.0": ["ufl1.0", "ubuntufont1.0"],
    NCSA: ["ncsa", "universityofillinoisncsa", "universityillinoisncsa"],
    "AFL-2.1": ["academicfree2.1", "afl2.1"],
    "AFL-3.0": ["academicfree3.0", "afl3"],
    "LicenseRef-public-domain": ["publicdomain", "pd", "publicdomaindedication"],
  }).flatMap(([expression, names]) => names.map((name): [string, string] => [name, expression])),
);
