import type { LayerEntry } from "./tar.ts";

/** Writers of the package databases that the shop's images carry. Names and versions are real; the programs are not there. */

export interface ApkPackage {
  readonly name: string;
  readonly version: string;
  readonly origin: string;
  readonly license: string;
  readonly about: string;
}

/** One line a package: name, version, origin, licence and what it is, set apart by `|`. */
export function apkPackages(table: string): ApkPackage[] {
  return rows(table, 5).map(([name, version, origin, license, about]) => ({ name, version, origin, license, about }));
}

/** The database of installed packages (apk-tools, apk-installed format): rewritten whole by each layer that installs. */
export function apkDatabase(packages: readonly ApkPackage[]): LayerEntry {
  const paragraphs = packages.map(({ name, version, origin, license, about }) =>
    [`P:${name}`, `V:${version}`, "A:x86_64", `T:${about}`, `L:${license}`, `o:${origin}`, "m:Shop example", ""].join(
      "\n",
    ),
  );
  return { path: "lib/apk/db/installed", text: paragraphs.map((paragraph) => `${paragraph}\n`).join("") };
}

/** The packages with some of them at another version, as `apk upgrade` leaves them. */
export function upgraded<Package extends { readonly name: string; readonly version: string }>(
  packages: readonly Package[],
  versions: Readonly<Record<string, string>>,
): Package[] {
  return packages.map((each) => ({ ...each, version: versions[each.name] ?? each.version }));
}

export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  /** As the field `Source` has it: empty where it is the package's own name. */
  readonly source: string;
  readonly section: string;
  readonly about: string;
}

/** One line a package: name, version, source, section and what it is, set apart by `|`. */
export function debianPackages(table: string): DebianPackage[] {
  return rows(table, 5).map(([name, version, source, section, about]) => ({ name, version, source, section, about }));
}

/** dpkg's status database (deb-control(5), dpkg-query(1)): rewritten whole by each layer that installs. */
export function dpkgStatus(packages: readonly DebianPackage[]): LayerEntry {
  return { path: "var/lib/dpkg/status", text: packages.map((each) => `${paragraph(each)}\n`).join("") };
}

/** One file a package, as images without a package manager carry them. */
export function dpkgStatusFolder(packages: readonly DebianPackage[]): LayerEntry[] {
  return packages.map((each) => ({ path: `var/lib/dpkg/status.d/${each.name}`, text: paragraph(each) }));
}

function paragraph({ name, version, source, section, about }: DebianPackage): string {
  return [
    `Package: ${name}`,
    "Status: install ok installed",
    "Priority: optional",
    `Section: ${section}`,
    "Maintainer: Shop example <shop@example.com>",
    "Architecture: amd64",
    ...(source === "" ? [] : [`Source: ${source}`]),
    `Version: ${version}`,
    `Description: ${about}`,
    "",
  ].join("\n");
}

/**
 * Installed npm packages: `folder name version licence`, one a line; `folder` is relative to the application and empty
 * for its own node_modules, so that a nested copy can be told.
 */
export function nodeModules(application: string, table: string): LayerEntry[] {
  return rows(table, 4).map(([folder, name, version, license]) => {
    const inside = folder === "" ? "node_modules" : `node_modules/${folder}/node_modules`;
    return {
      path: `${application}/${inside}/${name}/package.json`,
      text: `${JSON.stringify({ name, version, license }, undefined, 2)}\n`,
    };
  });
}

/** The application's own package.json. */
export function applicationManifest(application: string, manifest: Readonly<Record<string, unknown>>): LayerEntry {
  return {
    path: `${application}/package.json`,
    text: `${JSON.stringify({ private: true, ...manifest }, undefined, 2)}\n`,
  };
}

function rows<Columns extends 4 | 5>(table: string, columns: Columns): Row<Columns>[] {
  return table
    .trim()
    .split("\n")
    .map((line) => {
      const cells = line.split("|").map((cell) => cell.trim());
      if (cells.length !== columns) throw new Error(`${columns} columns wanted: ${line}`);
      return cells as unknown as Row<Columns>;
    });
}

type Row<Columns extends 4 | 5> = Columns extends 4
  ? readonly [string, string, string, string]
  : readonly [string, string, string, string, string];
