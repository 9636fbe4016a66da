/** Paths as the kernel would find them, from the texts that programs passed. */

/** Longest path of the kernel (`PATH_MAX`); what is longer it refuses, and so is nothing that anybody could have meant. */
const LONGEST = 4_096;

/** What stands for a directory that nothing tells. */
export const unknownDirectory = "<UNKNOWN>";

/**
 * `path`, or where it is relative, `directory` and `path`; without `.`, `..`, doubled slashes and the slash at the end. Links
 * are not followed: `..` takes away the name before it.
 */
export function absolutePath(directory: string, path: string): string {
  const whole = path.startsWith("/") || directory === "" ? path : `${directory}/${path}`;
  if (whole.length > LONGEST) return "/DIR_TOO_LONG/FILENAME_TOO_LONG";
  if (!CROOKED.test(whole)) return whole;
  const rooted = whole.startsWith("/");
  const names: string[] = [];
  for (const name of whole.split("/")) {
    if (name === "" || name === ".") continue;
    if (name === "..") names.pop();
    else names.push(name);
  }
  return `${rooted ? "/" : ""}${names.join("/")}`;
}

/** What a plain path does not have: an empty name, `.`, `..`, or a slash at the end. */
const CROOKED = /\/\/|(?:^|\/)\.\.?(?:\/|$)|.\/$/;
