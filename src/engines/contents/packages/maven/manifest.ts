/**
 * The main attributes of a jar's manifest (JAR File Specification, "JAR Manifest"): `Name: value` lines, continued by
 * lines that begin with a blank, up to an empty line. Names are compared without case: they are keys in lower case.
 */
export function readManifest(text: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  let name: string | undefined;
  let parts: string[] = [];
  const finish = () => {
    if (name !== undefined && !attributes.has(name)) attributes.set(name, parts.join("").trim());
    name = undefined;
  };
  for (const line of lines(text)) {
    if (line === "") break;
    if (line.startsWith(" ")) {
      parts.push(line.slice(1));
      continue;
    }
    finish();
    const colon = line.indexOf(":");
    if (colon <= 0) continue;
    name = line.slice(0, colon).toLowerCase();
    parts = [line.slice(colon + 1)];
  }
  finish();
  return attributes;
}

/** Without their ends: CR LF, LF or CR. Signed jars have a section for each class behind the main one: lazily. */
function* lines(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    let end = start;
    while (end < text.length && text[end] !== "\n" && text[end] !== "\r") end += 1;
    yield text.slice(start, end);
    start = text.startsWith("\r\n", end) ? end + 2 : end + 1;
  }
}
