/** Databases that rpm itself made: three packages that rpmbuild built, without files. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

export interface Seed {
  /** `rpmdb.sqlite`, all of it checkpointed. */
  readonly sqlite: Buffer;
  /** `Packages.db` of NDB. */
  readonly ndb: Buffer;
  /** The packages' headers, as the databases hold them. */
  readonly headers: readonly Buffer[];
}

const PACKAGES = [
  ["alpha", "1.0", "1"],
  ["beta", "2.0~rc1", "3.el9"],
  ["gamma-libs", "0.1", "2"],
] as const;

export const makeSeed = once((): Seed => {
  const folder = mkdtempSync(join(tmpdir(), "rpmdb-seed-"));
  try {
    const built: string[] = [];
    for (const [name, version, release] of PACKAGES) {
      const spec = join(folder, `${name}.spec`);
      const epoch = name === "beta" ? "Epoch: 4\n" : "";
      const text = `Name: ${name}\nVersion: ${version}\nRelease: ${release}\n${epoch}Summary: s\nLicense: MIT\nBuildArch: noarch\n`;
      writeFileSync(spec, `${text}%description\n${"long ".repeat(name === "beta" ? 2_000 : 1)}\n%files\n`);
      execFileSync("rpmbuild", ["--define", `_topdir ${folder}/top`, "-bb", spec], { stdio: "ignore" });
      built.push(join(folder, `top/RPMS/noarch/${name}-${version}-${release}.noarch.rpm`));
    }
    const install = (backend: string): string => {
      const path = join(folder, backend);
      mkdirSync(path);
      const options = ["--define", `_db_backend ${backend}`, "--dbpath", path];
      execFileSync("rpm", [...options, "-i", "--justdb", "--nodeps", ...built], { stdio: "ignore" });
      return path;
    };
    const sqlite = join(install("sqlite"), "rpmdb.sqlite");
    return {
      sqlite: readFileSync(sqlite),
      ndb: readFileSync(join(install("ndb"), "Packages.db")),
      headers: headersIn(sqlite),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
});

function headersIn(path: string): Buffer[] {
  const database = new DatabaseSync(path);
  try {
    return database
      .prepare("SELECT blob FROM Packages")
      .all()
      .map(({ blob }) => Buffer.from(blob as Uint8Array));
  } finally {
    database.close();
  }
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
