/** References to images in scripts and inputs: as much as is known before anything runs. */
import { splitImageName } from "../../../core/image-name.ts";
import type { NamedImage } from "./model.ts";

/** Names → texts that are known before anything runs. */
export type Known = ReadonlyMap<string, string>;

const VARIABLE = /\$\{\{[^{}]{0,500}\}\}|\$\{[A-Za-z_][A-Za-z0-9_]*\}|\$[A-Za-z_][A-Za-z0-9_]*/g;
const EXPRESSION = /^\$\{\{\s*(?:env|vars|inputs)\.([A-Za-z_][A-Za-z0-9_]*)\s*\}\}$/;

/** With variables in the place of which something is known. What they hold is not looked at again. */
export function filledIn(text: string, known: Known): string {
  return text.replace(VARIABLE, (written) => {
    const name = EXPRESSION.exec(written)?.[1] ?? /^\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?$/.exec(written)?.[1];
    return (name === undefined ? undefined : known.get(name)) ?? written;
  });
}

/** Undefined of what is none: an option, a path, a file of an image. */
export function namedImage(written: string, known: Known): NamedImage | undefined {
  const text = filledIn(written.trim(), known).replace(/^(?:docker|registry|oci-registry):(?:\/\/)?/, "");
  if (text === "" || text.startsWith("-") || text.startsWith(".") || text.startsWith("/")) return undefined;
  if (/\s/.test(text.replace(VARIABLE, "")) || /\.(?:tar|json|ya?ml|xml|sarif|txt)$/.test(text)) return undefined;
  // A word that is not a letter of a reference keeps the place of each variable.
  const marked = text.replace(VARIABLE, "\u0001");
  const { registry, repository, digest } = splitImageName(marked);
  const path = registry === undefined ? repository : `${registry}/${repository}`;
  const last = path.lastIndexOf("\u0001");
  const end = path.slice(last + 1);
  const byDigest = digest !== undefined && digest !== "";
  return {
    text,
    whole: last < 0,
    byDigest,
    // Half a name, as `$PREFIX-api`, says as much as its letters.
    ...(end === "" || end === "/" ? {} : { repository: end }),
  };
}

/** Whether both may be about one repository; undefined where nothing is known of one of them. */
export function sameRepository(one: NamedImage, other: NamedImage): boolean | undefined {
  if (one.repository === undefined || other.repository === undefined) return one.text === other.text ? true : undefined;
  if (one.whole && other.whole) return canonical(one.repository) === canonical(other.repository);
  const [short, long] = one.whole ? [other.repository, one.repository] : [one.repository, other.repository];
  return long.endsWith(short) || short.endsWith(long);
}

/** Docker Hub by all of its names. */
function canonical(repository: string): string {
  return repository.replace(/^(?:index\.)?docker\.io\//, "").replace(/^library\//, "");
}
