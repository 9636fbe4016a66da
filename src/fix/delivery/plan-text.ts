/** Texts of a directory that are written into a pipeline. */

/**
 * Whether it may stand in a pipeline's text as it is: no quotes and blanks, none of the platforms' expressions and variables, nothing
 * that a shell or YAML gives a meaning.
 */
export function isPlain(text: string): boolean {
  return /^[A-Za-z0-9._/:@+*-]+$/.test(text) && !text.startsWith("-");
}

/** `registry.example.com/shop/api` of `registry.example.com/shop/api:2.0.1@sha256:…`. */
export function repositoryOf(reference: string): string {
  const name = reference.split("@", 1)[0] ?? "";
  const colon = name.lastIndexOf(":");
  return colon > name.lastIndexOf("/") ? name.slice(0, colon) : name;
}

/** A scalar of YAML, in quotes where it could be read as something else. */
export function scalar(text: string): string {
  const isWord =
    /^[A-Za-z_./][A-Za-z0-9_./@-]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off|y|n|\.inf|\.nan)$/i.test(text);
  return isWord ? text : JSON.stringify(text);
}
