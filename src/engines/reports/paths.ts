/** Places that reports state. Nothing is opened by them: they are shown, and held against paths of the scanned directory. */

/** What no path has: control characters, and the backslash, by which a Windows reader would go elsewhere. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
const NO_PATH = /[\u0000-\u001f\u007f\\]/;

/** Within what was scanned, in its plain form without `.` and empty steps; undefined where it leads out of there. */
export function pathWithin(written: string): string | undefined {
  if (NO_PATH.test(written) || written.startsWith("/") || /^[A-Za-z][A-Za-z0-9+.-]*:/.test(written)) return undefined;
  const steps = written.split("/").filter((step) => step !== "" && step !== ".");
  return steps.length === 0 || steps.includes("..") ? undefined : steps.join("/");
}

/** A path in an image's root filesystem, where absolute and relative are the same. */
export function pathInImage(written: string | undefined): string | undefined {
  return written === undefined ? undefined : pathWithin(trimSlashes(written));
}

function trimSlashes(text: string): string {
  let start = 0;
  while (text.charCodeAt(start) === 0x2f) start += 1;
  return text.slice(start);
}

/** A relative reference of a URI (RFC 3986), decoded; undefined where it has a scheme, an authority or a broken escape. */
export function pathOfUri(uri: string): string | undefined {
  if (/^(?:[A-Za-z][A-Za-z0-9+.-]*:|\/)/.test(uri)) return undefined;
  const end = uri.search(/[?#]/);
  try {
    return pathWithin(decodeURIComponent(end < 0 ? uri : uri.slice(0, end)));
  } catch {
    return undefined;
  }
}

/** A line or a column, from 1; undefined where it is none. */
export function positionOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}
