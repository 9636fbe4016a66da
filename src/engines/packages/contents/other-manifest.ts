/** Crates and gems: what of them runs when they are built or installed. Their code itself is not scored. */
import type { PackageFile } from "../archive/files.ts";
import type { InstallScript } from "../model.ts";
import type { Manifest } from "./manifest.ts";

export function crateManifest(files: ReadonlyMap<string, PackageFile>): Manifest {
  const file = files.get("Cargo.toml");
  const text = file === undefined ? "" : file.bytes.toString("utf8", 0, 200_000);
  const build = /^[ \t]{0,20}build[ \t]{0,20}=[ \t]{0,20}"([^"\n]{1,200})"/m.exec(text)?.[1] ?? "build.rs";
  const scripts: InstallScript[] = files.has(build)
    ? [{ name: "build.rs", command: "cargo build", path: build, line: 1 }]
    : [];
  return manifest(
    text,
    /^[ \t]{0,20}name[ \t]{0,20}=[ \t]{0,20}"([^"\n]{1,200})"/m,
    /^[ \t]{0,20}version[ \t]{0,20}=[ \t]{0,20}"([^"\n]{1,100})"/m,
    /^[ \t]{0,20}license[ \t]{0,20}=[ \t]{0,20}"([^"\n]{1,200})"/m,
    scripts,
    "Cargo.toml",
  );
}

export function gemManifest(files: ReadonlyMap<string, PackageFile>): Manifest {
  const file = files.get("metadata.yaml");
  const text = file === undefined ? "" : file.bytes.toString("utf8", 0, 200_000);
  const scripts: InstallScript[] = [];
  for (const path of files.keys()) {
    if (/(?:^|\/)(?:extconf\.rb|mkrf_conf\.rb)$/.test(path) && scripts.length < 20)
      scripts.push({ name: "extconf.rb", command: "ruby extconf.rb", path, line: 1 });
  }
  return manifest(
    text,
    /^name: *"?([\w.-]{1,200})/m,
    /^version:[^\n]*\n\s*version: *'?"?([\w.-]{1,100})/m,
    /^licenses:\s*\n- *"?([^"\n]{1,100})/m,
    scripts,
    "metadata.yaml",
  );
}

function manifest(
  text: string,
  name: RegExp,
  version: RegExp,
  license: RegExp,
  installScripts: readonly InstallScript[],
  path: string,
): Manifest {
  const [a, b, c] = [name, version, license].map((pattern) => pattern.exec(text)?.[1]);
  return {
    ...(a === undefined ? {} : { name: a }),
    ...(b === undefined ? {} : { version: b }),
    ...(c === undefined ? {} : { license: c }),
    installScripts,
    installFiles: [],
    entries: undefined,
    dependencies: [],
    remote: [],
    path,
    text,
  };
}
