/** Every package that the advisories call malicious, pinned by lockfiles that are made here, at a version of its record. */
import { createReadStream, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";

export interface MaliciousPackage {
  readonly id: string;
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string;
}

/** Of an OSV record, what this reads. */
interface Osv {
  readonly id: string;
  readonly withdrawn?: string;
  readonly affected?: readonly {
    readonly package: { readonly ecosystem: string; readonly name: string };
    readonly versions?: readonly string[];
    readonly ranges?: readonly { readonly events: readonly { readonly introduced?: string }[] }[];
  }[];
}

/** Files of records, by the ecosystem that they are of. */
export const FILES = ["npm", "PyPI", "RubyGems", "NuGet", "Go", "Maven", "crates.io"] as const;

/** Those of one file, each version that is taken once; withdrawn records say that a package is not malicious after all. */
export async function maliciousIn(advisories: string, file: string): Promise<MaliciousPackage[]> {
  const lines = createInterface({ input: createReadStream(join(advisories, `${file}.jsonl.gz`)).pipe(createGunzip()) });
  const found = new Map<string, MaliciousPackage>();
  for await (const line of lines) {
    // Most records are of flaws, and parsing is most of the time.
    if (!line.includes('"MAL-')) continue;
    const record = JSON.parse(line) as Osv;
    if (!record.id.startsWith("MAL-") || record.withdrawn !== undefined) continue;
    for (const { package: of, versions = [], ranges = [] } of record.affected ?? []) {
      const introduced = ranges.flatMap(({ events }) => events.flatMap((event) => event.introduced ?? []))[0];
      const version = versions[0] ?? (introduced === undefined || introduced === "0" ? "1.0.0" : introduced);
      const key = `${of.ecosystem} ${of.name} ${version}`;
      found.set(key, { id: record.id, ecosystem: of.ecosystem, name: of.name, version });
    }
  }
  return [...found.values()];
}

/** Writes them as lockfiles below a folder; a format that has a name once has more files for its other versions. */
export function writeLockfiles(folder: string, packages: readonly MaliciousPackage[]): void {
  for (const [ecosystem, all] of Map.groupBy(packages, (one) => one.ecosystem)) {
    const format = FORMATS[ecosystem];
    if (format === undefined) throw new Error(`no lockfile is made for ${ecosystem}`);
    const times = new Map<string, number>();
    const byTime = Map.groupBy(all, ({ name }) => {
      const time = times.get(name.toLowerCase()) ?? 0;
      times.set(name.toLowerCase(), time + 1);
      return time;
    });
    for (const [time, some] of byTime) {
      const path = join(folder, `${ecosystem}-${time}`, format.file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, format.write(some));
    }
  }
}

interface LockfileFormat {
  readonly file: string;
  write(packages: readonly MaliciousPackage[]): string;
}

const FORMATS: Readonly<Record<string, LockfileFormat | undefined>> = {
  npm: {
    file: "package-lock.json",
    write: (packages) =>
      JSON.stringify({
        ...{ name: "made", version: "1.0.0", lockfileVersion: 3 },
        packages: Object.fromEntries([
          ["", { name: "made", version: "1.0.0" }],
          ...packages.map(({ name, version }) => [`node_modules/${name}`, npmEntry(name, version)]),
        ]),
      }),
  },
  PyPI: {
    file: "Pipfile.lock",
    write: (packages) =>
      JSON.stringify({
        _meta: { "pipfile-spec": 6, sources: [] },
        default: Object.fromEntries(packages.map(({ name, version }) => [name, { version: `==${version}` }])),
        develop: {},
      }),
  },
  RubyGems: {
    file: "Gemfile.lock",
    write: (packages) =>
      [
        ...["GEM", "  remote: https://rubygems.org/", "  specs:"],
        ...packages.map(({ name, version }) => `    ${name} (${version})`),
        ...["", "PLATFORMS", "  ruby", "", "DEPENDENCIES", ""],
      ].join("\n"),
  },
  NuGet: {
    file: "packages.lock.json",
    write: (packages) =>
      JSON.stringify({
        version: 1,
        dependencies: {
          "net8.0": Object.fromEntries(
            packages.map(({ name, version }) => [name, { type: "Transitive", resolved: version }]),
          ),
        },
      }),
  },
  Go: {
    file: "go.mod",
    write: (packages) =>
      [
        ...["module example.com/made", "", "go 1.24", "", "require ("],
        ...packages.map(({ name, version }) => `\t${name} v${version.replace(/^v/, "")}`),
        ...[")", ""],
      ].join("\n"),
  },
  Maven: {
    file: "gradle.lockfile",
    write: (packages) =>
      [...packages.map(({ name, version }) => `${name}:${version}=runtimeClasspath`), "empty=", ""].join("\n"),
  },
  "crates.io": {
    file: "Cargo.lock",
    write: (packages) =>
      [
        "version = 3\n",
        ...packages.map(
          ({ name, version }) =>
            `[[package]]\nname = "${name}"\nversion = "${version}"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\n`,
        ),
      ].join("\n"),
  },
};

function npmEntry(name: string, version: string): object {
  const file = name.slice(name.indexOf("/") + 1);
  return { version, resolved: `https://registry.npmjs.org/${name}/-/${file}-${version}.tgz` };
}
