/** What our reader of Dockerfiles says of the image that comes out, beside the image that buildah makes of the file. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Buildah, buildahIn } from "../../buildah.ts";
import type { Differential, Reading } from "../differential.ts";
import { dockerfileFrom } from "./generate.ts";
import { readByUs, written } from "./ours.ts";

export const differential: Differential = {
  reader: "buildah",
  consumer: "buildah build",
  needs: ["buildah"],
  cases: { short: 4, soak: 300 },
  accepting: "harmless",
  generate: dockerfileFrom,
  async consume(cases) {
    const folder = mkdtempSync(join(tmpdir(), "bulkhead-buildah-"));
    try {
      const buildah = buildahIn(folder, { mirrors: {}, auths: {} });
      const readings: Reading[] = [];
      for (const bytes of cases) readings.push(await builtBy(buildah, folder, bytes));
      return readings;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  read: readByUs,
};

/** What buildah adds where a file states none; no Dockerfile of ours states this one. */
const DEFAULT_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Buildah leaves ports as they are written: `0080/tcp`, `22/TCP`, `8000-8002/tcp`. */
function portsOf(written: string): string[] {
  const [, first = "", last = first, protocol = ""] = /^0*(\d+)(?:-0*(\d+))?\/(.*)$/.exec(written) ?? [];
  const count = Number(last) - Number(first) + 1;
  return Array.from({ length: count }, (_, nth) => `${Number(first) + nth}/${protocol.toLowerCase()}`);
}

function splitAt(text: string, at: number): [string, string] {
  return [text.slice(0, at), text.slice(at + 1)];
}

interface Config {
  readonly User?: string;
  readonly Env?: readonly string[];
  readonly ExposedPorts?: Readonly<Record<string, unknown>>;
  readonly Labels?: Readonly<Record<string, string>>;
}

async function builtBy(buildah: Buildah, folder: string, bytes: Buffer): Promise<Reading> {
  const context = join(folder, "context");
  const layout = join(folder, "layout");
  for (const old of [context, layout]) rmSync(old, { recursive: true, force: true });
  mkdirSync(context);
  writeFileSync(join(context, "Dockerfile"), bytes);
  // Docker's format alone keeps ONBUILD. Without a label of buildah's own.
  const options = ["--format=docker", "--identity-label=false", "--no-cache"];
  const { code, said } = await buildah.build(context, `dir:${layout}`, ...options);
  // What it refuses before it reads an instruction says nothing of the file.
  if (said.includes('could not find "netavark"')) throw new Error(`buildah cannot build here: ${said.trim()}`);
  if (code !== 0) return { kind: "refused", why: said.trim().split("\n").at(-1) ?? "" };
  const read = (name: string): unknown => JSON.parse(readFileSync(join(layout, name), "utf8"));
  const { config } = read("manifest.json") as { config: { digest: string } };
  const { config: made = {} } = read(config.digest.replace("sha256:", "")) as { config?: Config };
  const env = (made.Env ?? []).filter((pair) => pair !== DEFAULT_PATH).map((pair) => splitAt(pair, pair.indexOf("=")));
  return {
    kind: "value",
    value: written({
      user: made.User ?? "",
      env: Object.fromEntries(env),
      ports: Object.keys(made.ExposedPorts ?? {}).flatMap(portsOf),
      labels: made.Labels ?? {},
    }),
  };
}
