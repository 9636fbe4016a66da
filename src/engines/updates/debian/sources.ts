/** Where apt looks for packages: sources.list(5), in both of its forms. */
import { type Fields, readFields, words } from "./fields.ts";

/** One suite at one place. */
export interface AptSource {
  readonly uri: string;
  readonly suite: string;
  readonly components: readonly string[];
  /** Absent: those of what is installed. */
  readonly architectures?: readonly string[];
  /** Files of keys, fingerprints, or keys themselves in ASCII armor; absent where apt takes its general ones. */
  readonly signedBy?: readonly string[];
}

/** @param path - tells the form: `.sources` is deb822, all else one line for each source */
export function readSources(path: string, text: string): AptSource[] {
  return path.endsWith(".sources") ? readFields(text).flatMap(fromStanza) : text.split("\n").flatMap(fromLine);
}

function fromStanza(fields: Fields): AptSource[] {
  if (!words(fields.get("types")).includes("deb")) return [];
  if (/^(no|false|without|off|disable|0)$/i.test(fields.get("enabled") ?? "yes")) return [];
  const architectures = words(fields.get("architectures"));
  const signedBy = signers(fields.get("signed-by"));
  const components = words(fields.get("components"));
  return words(fields.get("uris")).flatMap((uri) =>
    words(fields.get("suites")).map((suite) => source(uri, suite, components, architectures, signedBy)),
  );
}

/** An armored key has a dot where it has an empty line; all else is a list. */
function signers(value: string | undefined): string[] {
  if (value === undefined || value === "") return [];
  if (!value.includes("-----BEGIN PGP")) return value.split(/[ \t\n,]/).filter((word) => word !== "");
  return [
    value
      .split("\n")
      .map((line) => (line === "." ? "" : line))
      .join("\n"),
  ];
}

function fromLine(line: string): AptSource[] {
  const hash = line.indexOf("#");
  let rest = words(hash < 0 ? line : line.slice(0, hash));
  if (rest[0] !== "deb") return [];
  rest = rest.slice(1);
  const options = new Map<string, string>();
  if (rest[0]?.startsWith("[")) {
    const end = rest.findIndex((word) => word.endsWith("]"));
    if (end < 0) return [];
    for (const word of rest.slice(0, end + 1)) {
      const [name, value] = word.replace(/^\[/, "").replace(/\]$/, "").split("=", 2);
      if (name !== undefined && value !== undefined) options.set(name.replace(/\+$/, "").toLowerCase(), value);
    }
    rest = rest.slice(end + 1);
  }
  const [uri, suite, ...components] = rest;
  if (uri === undefined || suite === undefined) return [];
  const architectures = (options.get("arch") ?? "").split(",").filter((word) => word !== "");
  return [source(uri, suite, components, architectures, signers(options.get("signed-by")))];
}

function source(
  uri: string,
  suite: string,
  components: readonly string[],
  architectures: readonly string[],
  signedBy: readonly string[],
): AptSource {
  return {
    uri,
    suite,
    components,
    ...(architectures.length === 0 ? {} : { architectures }),
    ...(signedBy.length === 0 ? {} : { signedBy }),
  };
}
