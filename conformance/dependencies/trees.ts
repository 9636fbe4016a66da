/** Real dependency trees as package-lock.json: their lists are beside this file, the hashes are made up of their names. */
import { hash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(import.meta.dirname, "trees");

export interface Tree {
  readonly name: string;
  /** Where its packages are installed; absent where they are not. */
  readonly installed?: string;
  /** Of a package-lock.json. */
  readonly lockfile: string;
}

/** This project's own, and those whose lists are kept. */
export function trees(): Tree[] {
  const project = join(import.meta.dirname, "..", "..");
  const own = readFileSync(join(project, "package-lock.json"), "utf8");
  return [
    { name: "this project", lockfile: own, installed: join(project, "node_modules") },
    ...readdirSync(FOLDER)
      .sort()
      .map((file) => ({ name: file.slice(0, -".txt".length), lockfile: lockfileOf(join(FOLDER, file)) })),
  ];
}

function lockfileOf(file: string): string {
  const packages: Record<string, object> = {};
  const dependencies: Record<string, string> = {};
  for (const line of readFileSync(file, "utf8").split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const words = line.split(" ");
    const isDirect = words[0] === "*";
    const [path = "", version = "", ...flags] = isDirect ? words.slice(1) : words;
    const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    if (isDirect) dependencies[name] = version;
    packages[path] = {
      version,
      resolved: `https://registry.npmjs.org/${name}/-/${name.slice(name.indexOf("/") + 1)}-${version}.tgz`,
      integrity: `sha512-${hash("sha512", `${name}@${version}`, "base64")}`,
      ...(flags.includes("script") ? { hasInstallScript: true } : {}),
      ...(flags.includes("optional") ? { optional: true } : {}),
    };
  }
  const root = { name: "tree", version: "1.0.0", dependencies };
  return JSON.stringify({ name: "tree", version: "1.0.0", lockfileVersion: 3, packages: { "": root, ...packages } });
}
