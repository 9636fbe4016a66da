/**
 * `npm run image`: the program's image as an OCI layout in .cache/image, without a container engine. The same commit gives
 * the same digest.
 *   --output FOLDER      where to
 *   --platform LIST      amd64, arm64 or both (amd64,arm64); default: this machine's
 *   --node FOLDER        folder of npm packages with Node, in place of node_modules
 *   --sensor FOLDER      also put the sensor in, as `make -C sensor` leaves it there: sensor/build
 *   --created TIME       ISO 8601; default: SOURCE_DATE_EPOCH, else the commit's
 *   --source URL         the source repository
 *   --push REFERENCE     push what is in the output folder to REGISTRY/REPOSITORY:TAG, by docker's credentials, and build nothing
 *   --pin                write scripts/image/debian.json anew, with the newest packages
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readClock } from "../src/core/clock.ts";
import { buildImage } from "./image/build.ts";
import { type Architecture, architectures, pinNewest } from "./image/debian.ts";
import { pushLayout } from "./image/push.ts";

const root = join(import.meta.dirname, "..");
const { values } = parseArgs({
  options: {
    output: { type: "string", default: join(root, ".cache", "image") },
    platform: { type: "string", default: process.arch === "arm64" ? "arm64" : "amd64" },
    node: { type: "string" },
    sensor: { type: "string" },
    created: { type: "string" },
    source: { type: "string" },
    push: { type: "string" },
    pin: { type: "boolean", default: false },
  },
});

if (values.pin) await pinNewest(readClock());
else if (values.push !== undefined) process.stdout.write(`${await pushLayout(values.output, values.push)}\n`);
else {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { readonly version: string };
  const { node, sensor, source } = values;
  const revision = git("rev-parse", "HEAD");
  const image = await buildImage({
    root,
    outdir: values.output,
    version,
    architectures: values.platform.split(",").map(architectureOf),
    created: createdOf(values.created),
    ...(revision === undefined ? {} : { revision }),
    ...(source === undefined ? {} : { source }),
    ...(sensor === undefined ? {} : { sensor: (architecture) => sensorIn(sensor, architecture) }),
    ...(node === undefined
      ? {}
      : { node: (architecture) => join(node, `node-linux-${architecture === "amd64" ? "x64" : architecture}`) }),
  });
  process.stdout.write(`oci:${values.output}:${version} ${image.digest}\n`);
  for (const { architecture, digest, bytes } of image.platforms) {
    process.stdout.write(`  linux/${architecture} ${digest} ${(bytes / 1e6).toFixed(1)} MB\n`);
  }
}

function architectureOf(written: string): Architecture {
  const found = architectures.find((known) => known === written);
  if (found === undefined) throw new Error(`--platform ${written}: unknown (one of ${architectures.join(", ")})`);
  return found;
}

/** What is built on this machine for another one is in a folder of that one's name. */
function sensorIn(folder: string, architecture: Architecture): string {
  const native = process.arch === "arm64" ? "arm64" : "amd64";
  return join(
    folder,
    architecture === native ? "" : architecture === "amd64" ? "x86" : architecture,
    "bulkhead-sensor",
  );
}

function createdOf(written: string | undefined): string {
  const seconds = process.env.SOURCE_DATE_EPOCH ?? git("log", "-1", "--format=%ct") ?? "0";
  return (written === undefined ? new Date(Number(seconds) * 1_000) : new Date(written)).toISOString();
}

/** Undefined outside of a repository. */
function git(...words: readonly string[]): string | undefined {
  try {
    return execFileSync("git", words, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return undefined;
  }
}
