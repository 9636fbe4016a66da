/** The image of the program: three layers on nothing and one for the sensor, made by code of this folder alone. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type BundledPackage, buildPackage } from "../published-build.ts";
import { baseLayer, nodeLayer, PROGRAM, programLayer, sensorLayer, USER } from "./content.ts";
import { type DebianContent, readDeb } from "./deb.ts";
import { type Architecture, fetchPackage, type PinnedPackage, pinnedPackages } from "./debian.ts";
import { createLayout, type Descriptor, type ImageContent } from "./layout.ts";
import { tarOf } from "./tar.ts";

/** As npm's packages name them. */
const NODE_ARCHITECTURES: Readonly<Record<Architecture, string>> = { amd64: "x64", arm64: "arm64" };
const SBOM_TYPE = "application/vnd.cyclonedx+json";

export interface ImageOptions {
  /** The clone, with its packages installed. */
  readonly root: string;
  /** Where the layout goes; emptied first. */
  readonly outdir: string;
  readonly version: string;
  readonly architectures: readonly Architecture[];
  /** ISO 8601: the commit's, so that a commit is one digest. */
  readonly created: string;
  /** The commit, where it is known. */
  readonly revision?: string;
  /** The source repository, where it is known. */
  readonly source?: string;
  /** The folder of the npm package that holds Node; by default the one of node_modules. */
  readonly node?: (architecture: Architecture) => string;
  /** The sensor's program, which then is in the image: for agents of nodes. */
  readonly sensor?: (architecture: Architecture) => string;
  /** A release's tree that is there already, and the packages in its bundle; by default one is built, and removed. */
  readonly release?: { readonly folder: string; readonly bundled: readonly BundledPackage[] };
  /** The bytes of a pinned package; by default from Debian's archive, by their digest. */
  readonly fetch?: (pinned: PinnedPackage) => Promise<Buffer>;
}

export interface BuiltImage {
  /** Of the index over all platforms. */
  readonly digest: string;
  readonly platforms: readonly { readonly architecture: string; readonly digest: string; readonly bytes: number }[];
}

/** @throws Error where a pinned package cannot be had, or the program cannot list what is in the image */
export async function buildImage(options: ImageOptions): Promise<BuiltImage> {
  const { root, outdir, version, architectures } = options;
  const made = mkdtempSync(join(tmpdir(), "bulkhead-release-"));
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(outdir, { recursive: true });
  try {
    const { folder, bundled } = options.release ?? {
      folder: made,
      bundled: await buildPackage(root, made, options.source === undefined ? {} : { repository: options.source }),
    };
    const layout = createLayout(outdir);
    const annotations = annotationsOf(options);
    const images: Descriptor[] = [];
    for (const architecture of architectures) {
      images.push(layout.image(await imageOf(architecture, options, folder, bundled, annotations)));
    }
    const index = layout.index(images, annotations);
    layout.close(version, index, []);
    // What our own scanner finds in each, as a document about it.
    const sboms = images.map((image) => layout.referrer(image, SBOM_TYPE, sbomOf(root, outdir, version, image)));
    layout.close(version, index, sboms);
    const platforms = images.map(({ digest, platform }) => ({
      architecture: platform?.architecture ?? "",
      digest,
      bytes: layout.bytes(digest),
    }));
    return { digest: index.digest, platforms };
  } finally {
    rmSync(made, { recursive: true });
  }
}

async function imageOf(
  architecture: Architecture,
  options: ImageOptions,
  release: string,
  bundled: readonly BundledPackage[],
  annotations: Readonly<Record<string, string>>,
): Promise<ImageContent> {
  const { root, created, fetch = (pinned) => fetchPackage(pinned, join(root, ".cache", "debian")) } = options;
  const contentOf = async (pinned: readonly PinnedPackage[]) => {
    const packages = new Map<string, DebianContent>();
    for (const each of pinned) packages.set(each.name, readDeb(await fetch(each), each.name));
    return packages;
  };
  const namesOf = (pinned: readonly PinnedPackage[]) =>
    pinned.map(({ name, version }) => `${name}=${version}`).join(" ");
  const [base, forSensor] = [pinnedPackages(architecture), pinnedPackages(architecture, true)];
  const sensor = options.sensor?.(architecture);
  const npmPackage = `node-linux-${NODE_ARCHITECTURES[architecture]}`;
  const node = options.node?.(architecture) ?? join(root, "node_modules", npmPackage);
  return {
    architecture,
    created,
    annotations,
    layers: [
      { tar: tarOf(baseLayer(await contentOf(base))), createdBy: `files of Debian packages: ${namesOf(base)}` },
      { tar: tarOf(nodeLayer(node)), createdBy: `npm package ${npmPackage}` },
      { tar: tarOf(programLayer(release, bundled)), createdBy: "npm run build" },
      ...(sensor === undefined
        ? []
        : [
            {
              tar: tarOf(sensorLayer(await contentOf(forSensor), sensor)),
              createdBy: `make -C sensor; files of Debian packages: ${namesOf(forSensor)}`,
            },
          ]),
    ],
    execution: {
      User: `${USER}:${USER}`,
      Env: [
        "PATH=/usr/bin",
        // A read-only container has a file system there, or nothing: then nothing is remembered.
        "XDG_CACHE_HOME=/tmp/.cache",
        // Mount your own authorities over /etc/ssl/certs/ca-certificates.crt.
        "NODE_USE_SYSTEM_CA=1",
      ],
      Entrypoint: ["/usr/bin/node", `/${PROGRAM}/bin/bulkhead.js`],
      Cmd: ["--help"],
      WorkingDir: "/work",
      Labels: annotations,
    },
  };
}

function annotationsOf({ version, created, revision, source }: ImageOptions): Record<string, string> {
  return {
    "org.opencontainers.image.created": created,
    "org.opencontainers.image.licenses": "Apache-2.0",
    ...(revision === undefined ? {} : { "org.opencontainers.image.revision": revision }),
    ...(source === undefined ? {} : { "org.opencontainers.image.source": source }),
    "org.opencontainers.image.title": "Bulkhead",
    "org.opencontainers.image.version": version,
  };
}

/** The document names what it is of: the image, wherever the layout is, so that it is the same everywhere. */
function sbomOf(root: string, layout: string, version: string, { platform }: Descriptor): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-sbom-"));
  try {
    symlinkSync(resolve(layout), join(folder, "bulkhead"));
    const words = ["image", "sbom", `oci:bulkhead:${version}`, "--format", "cyclonedx", "--no-cache", "--quiet"];
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(root, "bin", "bulkhead.js"), ...words, "--platform", `linux/${platform?.architecture}`],
      { cwd: folder, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 },
    );
    if (status !== 0) throw new Error(`no SBOM of the image (exit code ${status}): ${stderr}`);
    return Buffer.from(stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
