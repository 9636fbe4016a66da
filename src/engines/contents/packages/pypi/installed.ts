import type { AnalysedFile, Analyser } from "../../analyser.ts";
import { bounds } from "../../bounds.ts";
import type { FileFacts } from "../../model.ts";
import { identityOf, isDeclaredText } from "../identity.ts";
import { isProjectName } from "./name.ts";

const METADATA = "METADATA";
const PKG_INFO = "PKG-INFO";
const ENDINGS = [".dist-info", ".egg-info"] as const;

/**
 * Installed Python packages by their core metadata, as importlib.metadata finds them and pip with it: folders and files
 * that end in `.dist-info` or `.egg-info`, in whatever case and with or without a version in their name, in any folder
 * (whatever is on `sys.path`, an application's own folder too). Of such a folder `METADATA` is read, else `PKG-INFO`; a
 * file is the metadata itself. In an egg the folder is `EGG-INFO`.
 */
export const pypi: Analyser = {
  id: "pypi",
  version: 2,
  evidence: "installed",
  basenames: [METADATA, PKG_INFO],
  extensions: ENDINGS,
  maxBytes: bounds.smallFileBytes,
  wants: isInstalled,
  analyse,
};

function isInstalled(path: string): boolean {
  const [file = "", folder = "", around = ""] = path.split("/").reverse();
  if (file !== METADATA && file !== PKG_INFO) return isNamed(file);
  return isNamed(folder) || (folder.toLowerCase() === "egg-info" && around.toLowerCase().endsWith(".egg"));
}

function isNamed(name: string): boolean {
  const lower = name.toLowerCase();
  return ENDINGS.some((ending) => lower.endsWith(ending) && lower !== ending);
}

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

/**
 * The headers by their lower-case names, up to the first line that is none, as Python's email parser reads them; a
 * field that goes over several lines is a text, and stays so marked. Python reads the file with universal newlines, so
 * a lone carriage return ends a line.
 */
function fieldsIn(stored: string): Fields {
  const text = stored.includes("\r") ? stored.replace(/\r\n?/g, "\n") : stored;
  const fields = new Map<string, string[]>();
  let last: string[] | undefined;
  let start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (start < text.length) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(start, end);
    start = end + 1;
    if (line === "") break;
    if (line[0] === " " || line[0] === "\t") {
      // Continued: no name, version or licence expression is, so what it was is not wanted any more.
      if (last !== undefined) last[last.length - 1] = "";
      continue;
    }
    const colon = line.indexOf(":");
    // What is no header ends them for Python; here it is passed over, so that more is seen and not less.
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
