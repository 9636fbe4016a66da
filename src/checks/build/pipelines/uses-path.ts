/** Paths of `uses`, as they are written. */

/** What is odd about it; undefined where nothing is. */
export function pathFault(written: string): string | undefined {
  if (written.startsWith("docker://") || written.startsWith("./") || written.startsWith("$/")) return undefined;
  const [path = ""] = written.split("@", 1);
  if (!path.includes("/")) return undefined;
  const parts = path.split("/");
  if (parts.includes("..")) return "..";
  if (parts.includes(".")) return ".";
  return parts.includes("") ? "an empty part" : undefined;
}

/** The same without what is odd. */
export function normalPath(written: string): string {
  const at = written.indexOf("@");
  const [path, ref] = at < 0 ? [written, ""] : [written.slice(0, at), written.slice(at)];
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") parts.pop();
    else parts.push(part);
  }
  return parts.join("/") + ref;
}
