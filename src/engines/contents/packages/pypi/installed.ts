import { bounds } from "../../../../core/bounds.ts";
import type { AnalysedFile, Analyser } from "../../analyser.ts";
import type { FileFacts } from "../../model.ts";
import { identityOf, isDeclaredText } from "../identity.ts";
import { isProjectName } from "./name.ts";

const METADATA = "METADATA";
const PKG_INFO = "PKG-INFO";
const EGG_INFO = ".egg-info";

/**
 * Installed Python packages by their core metadata ("Recording installed projects" and the egg formats of setuptools):
 * `NAME-VERSION.dist-info/METADATA` wherever it lies (packages are also installed into folders of an application, and
 * carry copies of others within them), `PKG-INFO` in an egg or in a folder `*.egg-info`, and a file `*.egg-info`, as
 * distutils left it. An egg-info folder without a version in its name, outside of a folder of installed packages, is
 * that of a project's own source.
 */
export const pypi: Analyser = {
  id: "pypi",
  version: 1,
  evidence: "installed",
  basenames: [METADATA, PKG_INFO],
  extensions: [EGG_INFO],
  maxBytes: bounds.smallFileBytes,
  wants: isInstalled,
  analyse,
};

function isInstalled(path: string): boolean {
  const [file = "", folder = "", around = ""] = path.split("/").reverse();
  if (file === METADATA) return VERSIONED.test(folder) && folder.endsWith(".dist-info");
  if (file === PKG_INFO) {
    if (folder === "EGG-INFO") return around.endsWith(".egg");
    return folder.endsWith(EGG_INFO) && (PACKAGES.has(around) || VERSIONED.test(folder));
  }
  return file.endsWith(EGG_INFO) && file !== EGG_INFO && PACKAGES.has(folder);
}

/** `name-1.0.dist-info`: a dash, and a version that begins with a digit (or an epoch, which does too) or a `v`. */
const VERSIONED = /^[A-Za-z0-9][^/]*-v?[0-9]/;

/** Where Python looks for installed packages; Debian has a name of its own. */
const PACKAGES: ReadonlySet<string> = new Set(["site-packages", "dist-packages"]);

function analyse({ bytes }: AnalysedFile): FileFacts {
  const fields = fieldsIn(bytes.toString("utf8"));
  const name = fields.get("name")?.[0];
  const identity = identityOf(name, fields.get("version")?.[0]);
  if ("fault" in identity) return unreadable(`it ${identity.fault}`);
  if (!isProjectName(identity.name)) return unreadable("its name is none of Python's");
  const supplier = (fields.get("author") ?? fields.get("author-email") ?? fields.get("maintainer"))?.[0];
  return {
    kind: "packages",
    packages: [
      {
        type: "pypi",
        ...identity,
        licenses: licensesIn(fields),
        ...(isStated(supplier) ? { supplier } : {}),
      },
    ],
    unread: [],
  };
}

function unreadable(reason: string): FileFacts {
  return { kind: "unreadable", code: "contents.python-metadata-broken", reason };
}

type Fields = ReadonlyMap<string, readonly string[]>;

/** The headers by their lower-case names; a field that goes over several lines is a text, and stays so marked. */
function fieldsIn(text: string): Fields {
  const fields = new Map<string, string[]>();
  let last: string[] | undefined;
  let start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (start < text.length) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(start, end).replace(/\r$/, "");
    start = end + 1;
    if (line === "") break;
    if (line[0] === " " || line[0] === "\t") {
      // Continued: no name, version or licence expression is, so what it was is not wanted any more.
      if (last !== undefined) last[last.length - 1] = "";
      continue;
    }
    const colon = line.indexOf(":");
    if (colon < 0) continue;
    const name = line.slice(0, colon).toLowerCase();
    if (!WANTED.has(name)) {
      last = undefined;
      continue;
    }
    last = fields.get(name) ?? [];
    if (last.length < MOST_VALUES) last.push(line.slice(colon + 1).trim());
    fields.set(name, last);
  }
  return fields;
}

const WANTED: ReadonlySet<string> = new Set([
  ...["name", "version", "license", "license-expression", "classifier", "author", "author-email", "maintainer"],
]);

/** Of one field: there are about 900 classifiers in all. */
const MOST_VALUES = 1_000;

/** The expression where there is one; else the field, unless it holds the licence's whole text; else the classifiers. */
function licensesIn(fields: Fields): string[] {
  for (const field of ["license-expression", "license"]) {
    const stated = fields.get(field)?.[0];
    if (isStated(stated)) return [stated];
  }
  const classified = (fields.get("classifier") ?? [])
    .filter((classifier) => classifier.startsWith("License ::"))
    .map((classifier) => classifier.slice(classifier.lastIndexOf("::") + 2).trim())
    .filter((name) => isStated(name) && name !== "OSI Approved");
  return [...new Set(classified)];
}

/** setuptools writes UNKNOWN for what was not stated. */
function isStated(text: string | undefined): text is string {
  return isDeclaredText(text) && text !== "UNKNOWN";
}
